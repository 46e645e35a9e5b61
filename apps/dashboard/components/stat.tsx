import type { ReactNode } from 'react';

import { cn } from '@/lib/utils';

interface StatProps {
  label: string;
  children: ReactNode;
  note?: ReactNode;
  className?: string;
}

/** One figure with its name. Several stand in a `dl`. */
export function Stat({ label, children, note, className }: StatProps) {
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <dt className="text-sm text-muted-foreground">{label}</dt>
      <dd className="text-2xl leading-8 font-semibold tracking-tight tabular-nums">{children}</dd>
      {note === undefined ? null : <dd className="text-[0.8125rem] text-muted-foreground">{note}</dd>}
    </div>
  );
}
