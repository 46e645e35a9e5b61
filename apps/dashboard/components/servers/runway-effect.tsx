'use client';
import { useTranslations } from 'next-intl';
import { ArrowRight } from 'lucide-react';

import { useTimeZone } from '@/components/credits/activity/local-time';
import { formatCredits } from '@/lib/format';
import { formatRunway } from '@/lib/runway';
import { UNIT } from '@/lib/unit';

interface RunwayEffectProps {
  perHour: { before: number; after: number };
  /** When credits run out, in milliseconds since 1970; null: nothing uses them. */
  until: { before: number | null; after: number | null };
  now: number;
}

/** What a decision does to the cost per hour and to how long credits last, before it is taken. */
export function RunwayEffect({ perHour, until, now }: RunwayEffectProps) {
  const t = useTranslations('servers.effect');
  const timeZone = useTimeZone();
  const write = (ms: number | null) => (ms === null ? t('never') : formatRunway(ms, now, timeZone));
  return (
    <dl className="grid gap-2.5 rounded-md bg-muted/60 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
        <dt className="text-muted-foreground">{t('perHour')}</dt>
        <dd className="flex items-center gap-2 tabular-nums">
          {formatCredits(perHour.before)}
          <ArrowRight className="size-3.5 text-muted-foreground rtl:-scale-x-100" aria-label={t('becomes')} />
          <span className="font-medium">{formatCredits(perHour.after)}</span>
        </dd>
      </div>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
        <dt className="text-muted-foreground">{t('now', { unit: UNIT.many, Unit: UNIT.title })}</dt>
        <dd className="tabular-nums" suppressHydrationWarning>
          {write(until.before)}
        </dd>
      </div>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
        <dt className="text-muted-foreground">{t('then')}</dt>
        <dd className="font-medium tabular-nums" suppressHydrationWarning>
          {write(until.after)}
        </dd>
      </div>
    </dl>
  );
}
