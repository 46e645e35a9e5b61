'use client';
import { ArrowUpRight } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

import type { DocsGroup } from '@/lib/docs/document';
import { cn } from '@/lib/utils';

interface DocsNavigationProps {
  groups: readonly DocsGroup[];
  /** Called when a link is followed: closes the sheet on small screens. */
  onNavigate?: () => void;
}

const look =
  'flex min-h-9 items-center gap-2 rounded-md px-3 py-1.5 text-sm outline-none transition-colors focus-visible:ring-[3px] focus-visible:ring-ring/50';
const quiet = 'text-muted-foreground hover:bg-accent/60 hover:text-foreground';

/** All pages, the same beside the page and in the sheet. */
export function DocsNavigation({ groups, onNavigate }: DocsNavigationProps) {
  const path = usePathname();
  const follow = onNavigate === undefined ? {} : { onClick: onNavigate };
  return (
    <nav aria-label="Documentation" className="grid gap-6 px-3">
      <Link
        href="/docs"
        aria-current={path === '/docs' ? 'page' : undefined}
        {...follow}
        className={cn(look, path === '/docs' ? 'bg-accent font-medium' : quiet)}
      >
        Where to begin
      </Link>
      {groups.map(({ label, links }) => (
        <div key={label} className="grid gap-0.5">
          <p className="px-3 pb-1.5 text-xs font-medium text-muted-foreground">{label}</p>
          {links.map((link) =>
            link.href.startsWith('/docs') ? (
              <Link
                key={link.href}
                href={link.href}
                aria-current={path === link.href ? 'page' : undefined}
                {...follow}
                className={cn(look, path === link.href ? 'bg-accent font-medium' : quiet)}
              >
                {link.label}
              </Link>
            ) : (
              // Not a page of Next: the server answers it by itself.
              <a key={link.href} href={link.href} className={cn(look, quiet)}>
                {link.label} <ArrowUpRight className="size-3.5" aria-hidden />
              </a>
            ),
          )}
        </div>
      ))}
    </nav>
  );
}
