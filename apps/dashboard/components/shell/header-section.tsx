'use client';
import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';

import { findActive, toNavigation } from '@/components/shell/navigation';

/** The way back from a page inside a part of the dashboard; the part's own page needs none, its title says where it is. */
export function HeaderSection({ admin, demo }: { admin: boolean; demo: boolean }) {
  const path = usePathname();
  const t = useTranslations('shell.navigation');
  const active = findActive(toNavigation({ admin, demo }, t), path);
  if (active === undefined || active.href === path) return null;
  return (
    <Link
      href={active.href}
      className="hidden items-center gap-2 rounded-sm text-sm text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 lg:flex"
    >
      <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden /> {active.label}
    </Link>
  );
}
