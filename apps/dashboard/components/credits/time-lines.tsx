'use client';

import { useEffect, useState } from 'react';
import type { SnapshotTime } from 'realtime-credits';
import { cn } from '@/lib/utils';
import { translate, translateReason } from './messages';
import { formatCredits, formatDelta, formatLeft, formatSpan, formatUntil } from './format';

/** Rates that are listed by name. */
const SHOWN = 3;
/** Credits that end sooner than this are a warning. */
const SOON_MS = 24 * 60 * 60 * 1_000;

const RATES = { hour: 'rateHour', day: 'rateDay', week: 'rateWeek', month: 'rateMonth' } as const;

/** What time does to the balance: what is charged and why, how long the credits last, what expires and what arrives. */
export function TimeLines({ time }: { time: SnapshotTime }) {
  const now = useNow(time);
  const { rates, exhaustsAt, expires, refills } = time;
  const left = exhaustsAt === null ? null : Date.parse(exhaustsAt) - now;
  return (
    <dl aria-label={translate('overTime')} className="grid grid-cols-1 gap-2 border-t pt-3 tabular-nums">
      {rates.slice(0, SHOWN).map(({ resource, amount, per }, index) => (
        <Line
          key={index}
          name={translateReason(resource)}
          value={translate(RATES[per], { amount: formatDelta(-amount) })}
        />
      ))}
      {rates.length > SHOWN && <Line name={translate('moreRates', { amount: rates.length - SHOWN })} value="" />}
      {left !== null && (
        <Line
          name={translate('lasts')}
          value={formatUntil(now + left, now)}
          note={formatLeft(left)}
          tone={left < SOON_MS ? 'text-destructive' : undefined}
        />
      )}
      {expires !== null && (
        <Line
          name={translate('expires')}
          value={translate('inTime', {
            amount: formatCredits(expires.amount),
            span: formatSpan(Date.parse(expires.at) - now, 'daysIn'),
          })}
        />
      )}
      {refills !== null && (
        <Line
          name={translate('refills')}
          value={translate('inTime', {
            amount: formatDelta(refills.amount),
            span: formatSpan(Date.parse(refills.at) - now, 'daysIn'),
          })}
        />
      )}
    </dl>
  );
}

/** The present on the ledger's clock, which may differ from this device's, from the instant that was read. */
function useNow({ at }: SnapshotTime): number {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const since = performance.now();
    const timer = setInterval(() => setPassed(performance.now() - since), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Date.parse(at) + passed;
}

function Line({ name, note, value, tone }: { name: string; note?: string; value: string; tone?: string | undefined }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="min-w-0 wrap-anywhere">{name}</dt>
      <dd className={cn('shrink-0 text-end', tone)}>
        {value}
        {note !== undefined && <span className="block text-xs text-muted-foreground">{note}</span>}
      </dd>
    </div>
  );
}
