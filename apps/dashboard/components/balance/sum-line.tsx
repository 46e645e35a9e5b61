import type { ReactNode } from 'react';

import { cn } from '@/lib/utils';

interface SumLineProps {
  value: ReactNode;
  /** Whether it is the sum of the lines above. */
  isSum?: boolean;
  children: ReactNode;
}

/** One line of a list of numbers that add up, inside a `dl`. */
export function SumLine({ value, isSum = false, children }: SumLineProps) {
  return (
    <div
      className={cn('flex items-baseline justify-between gap-4 py-1.5', isSum && 'mt-1 border-t pt-2.5 font-semibold')}
    >
      <dt className="min-w-0 wrap-anywhere">{children}</dt>
      <dd className="shrink-0">{value}</dd>
    </div>
  );
}
