'use client';
import { useTranslations } from 'next-intl';
import { useState, type PointerEvent } from 'react';

import { formatDay } from '@/components/admin/format-day';
import { AmountAxis } from '@/components/balance/amount-axis';
import { roundUp } from '@/components/balance/chart-shape';
import type { AdminTrendsAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { cn } from '@/lib/utils';

type Days = AdminTrendsAnswer['data']['days'];

const ISSUED = 'bg-credits-large';
const SPENT = 'bg-foreground/60';

/** What was issued and what was spent, one pair of bars for each day. Its figures are in a table beside it. */
export function FlowChart({ days }: { days: Days }) {
  const t = useTranslations('admin.trends');
  const [at, setAt] = useState<number | null>(null);
  const max = roundUp(Math.max(...days.flatMap(({ issued, spent }) => [issued, spent])));
  const shown = at === null ? undefined : days[at];
  // What was taken back is more than what was given: the table has it, a bar cannot.
  const toHeight = (amount: number) => `${(Math.max(0, amount) / max) * 100}%`;

  function handlePointer(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * days.length);
    setAt(Math.min(days.length - 1, Math.max(0, place)));
  }

  return (
    <div aria-hidden className="px-5 pb-5 sm:px-6">
      <ul className="mb-4 flex gap-5 text-[0.8125rem] text-muted-foreground">
        <Legend colour={ISSUED} label={t('issued')} />
        <Legend colour={SPENT} label={t('spent')} />
      </ul>
      {/* Time runs from left to right in every language. */}
      <div dir="ltr" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <AmountAxis max={max} />
        <div
          className="relative flex h-44 touch-pan-y items-stretch border-b"
          onPointerMove={handlePointer}
          onPointerDown={handlePointer}
          onPointerLeave={() => setAt(null)}
        >
          <div className="pointer-events-none absolute inset-0 flex flex-col justify-between">
            <div className="border-t" />
            <div className="border-t" />
            <div />
          </div>
          {days.map(({ day, issued, spent }, index) => (
            <div
              key={day}
              className={cn('relative flex min-w-0 flex-1 items-end justify-center px-px', index === at && 'bg-accent')}
            >
              <div className={cn('max-w-3 flex-1 rounded-t-xs', ISSUED)} style={{ height: toHeight(issued) }} />
              <div className={cn('max-w-3 flex-1 rounded-t-xs', SPENT)} style={{ height: toHeight(spent) }} />
            </div>
          ))}
          {at === null || shown === undefined ? null : (
            <div
              className={cn(
                'pointer-events-none absolute top-0 rounded-md border bg-popover px-2.5 py-1.5 text-xs whitespace-nowrap shadow-sm',
                at >= days.length / 2 ? '-translate-x-[calc(100%+0.5rem)]' : 'translate-x-2',
              )}
              style={{ left: `${((at + (at >= days.length / 2 ? 0 : 1)) / days.length) * 100}%` }}
            >
              <span dir="auto" className="block text-muted-foreground">
                {formatDay(shown.day, 'date')}
              </span>
              <span dir="auto" className="block font-semibold tabular-nums">
                {t('amountIssued', { amount: formatCredits(shown.issued) })}
              </span>
              <span dir="auto" className="block font-semibold tabular-nums">
                {t('amountSpent', { amount: formatCredits(shown.spent) })}
              </span>
            </div>
          )}
        </div>
        <div className="col-start-2 mt-2.5 flex justify-between text-xs text-muted-foreground tabular-nums">
          {[...new Set([0, Math.floor((days.length - 1) / 2), days.length - 1])].map((index) => (
            <span key={index} dir="auto" suppressHydrationWarning>
              {formatDay(days[index]?.day ?? '', 'short')}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

function Legend({ colour, label }: { colour: string; label: string }) {
  return (
    <li className="flex items-center gap-2">
      <span className={cn('size-2.5 rounded-xs', colour)} />
      {label}
    </li>
  );
}
