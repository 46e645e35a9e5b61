import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';

/** To the list that a page is one entry of. On wide screens the header has it, see `HeaderSection`. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <Link
      href={href}
      className="flex w-fit items-center gap-2 rounded-sm text-sm text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 lg:hidden"
    >
      <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden /> {children}
    </Link>
  );
}
