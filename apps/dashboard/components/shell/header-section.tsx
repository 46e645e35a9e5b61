'use client';
import { usePathname } from 'next/navigation';

import { findActive, toNavigation } from '@/components/shell/navigation';

/** Says which part of the dashboard this is, on screens that have the room. */
export function HeaderSection({ admin, demo }: { admin: boolean; demo: boolean }) {
  const active = findActive(toNavigation({ admin, demo }), usePathname());
  return <span className="hidden text-sm text-muted-foreground lg:block">{active?.label}</span>;
}
