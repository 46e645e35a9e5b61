'use client';
import { useTranslations } from 'next-intl';
import { ChevronDown, CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import { selectView } from 'realtime-credits/client';
import { useCreditsState } from 'realtime-credits/react';
import { useEffect, useId, useState } from 'react';

import { wrap } from '@/components/i18n/put';
import { SumLine } from '@/components/balance/sum-line';
import { UNKNOWN } from '@/components/credits/use-credits-view';
import { useRefresh } from '@/components/earn/use-refresh';
import { Card } from '@/components/ui/card';
import { ACTIVITY_GROUPS, type ActivityGroup } from '@/lib/activity';
import type { ActivityTotalsAnswer } from '@/lib/api';
import { formatChange, formatCredits } from '@/lib/format';
import { cn } from '@/lib/utils';
import { creditsClient } from '@/stores/credits-store';

/** What is counted before what is reserved, in the order in which people think of it. */
const BOOKED: readonly ActivityGroup[] = ACTIVITY_GROUPS.filter(
  (group) => group !== 'reserved' && group !== 'released',
);

/** Other changes have the page read again sooner than this. */
const REFRESH_MS = 2_000;

/**
 * The sums that make the balance, added up in front of the reader and compared with the number that is shown.
 *
 * @param totals - Of everything. They are read again whenever the balance changes.
 */
export function ExplainBalance({ totals }: { totals: ActivityTotalsAnswer['data'] }) {
  const t = useTranslations('activity.explain');
  const [open, setOpen] = useState(false);
  const id = useId();
  const state = useCreditsState(creditsClient, UNKNOWN);
  const sums = new Map(totals.groups.map((sum) => [sum.group, sum]));
  const inAccount = BOOKED.reduce((total, group) => total + (sums.get(group)?.change ?? 0), 0);
  const reserved = sums.get('reserved');
  const pending = state.confirmed === null ? [] : state.pending;
  const { accrued } = state;
  const result = [...pending.map(({ delta }) => delta), reserved?.change ?? 0, -accrued].reduce(
    (a, b) => a + b,
    inAccount,
  );
  // The number on the page: the server's, until the browser has one of its own.
  const shown = selectView(state).shown ?? totals.balance.available;
  const isCurrent = state.confirmed === null || state.confirmed.version === totals.version;
  useRefreshWhile(!isCurrent);
  return (
    <Card className="overflow-hidden">
      <h2 className="text-[0.9375rem] font-semibold">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex w-full items-center justify-between gap-3 px-5 py-4 text-start outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50 focus-visible:ring-inset lg:hidden"
        >
          {t('title')}
          <ChevronDown
            aria-hidden
            className={cn('size-4 text-muted-foreground transition-transform', open && 'rotate-180')}
          />
        </button>
        <span className="hidden px-5 pt-5 lg:block">{t('title')}</span>
      </h2>
      <div id={id} className={cn('px-5 pb-5 lg:block lg:pt-3', open ? 'block' : 'hidden')}>
        <dl className="grid text-sm tabular-nums">
          {BOOKED.map((group) => {
            const sum = sums.get(group);
            return sum === undefined ? null : (
              <SumLine key={group} value={formatChange(sum.change)}>
                <GroupLink group={group} count={sum.count} />
              </SumLine>
            );
          })}
          {reserved === undefined && pending.length === 0 && accrued === 0 ? null : (
            <SumLine value={formatCredits(inAccount)} isSum>
              {t('inAccount')}
            </SumLine>
          )}
          {reserved === undefined ? null : (
            <SumLine value={formatChange(reserved.change)}>
              <GroupLink group="reserved" count={reserved.count} />
            </SumLine>
          )}
          {accrued === 0 ? null : (
            <SumLine value={formatChange(-accrued)}>
              {t('hourly')}
              <span className="ms-1.5 text-muted-foreground">{t('notSettled')}</span>
            </SumLine>
          )}
          {pending.map((operation) => (
            <SumLine key={operation.id} value={formatChange(operation.delta)}>
              {operation.reason === '' ? t('yourChange') : operation.reason}
              <span className="ms-1.5 text-muted-foreground">{t('notConfirmed')}</span>
            </SumLine>
          ))}
          <SumLine value={formatCredits(result)} isSum>
            {t('available')}
          </SumLine>
        </dl>
        <p role="status" className="mt-4 flex items-start gap-2 text-[0.8125rem] text-muted-foreground">
          {!isCurrent ? (
            <>
              <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-spin motion-reduce:animate-none" />
              {t('adding')}
            </>
          ) : Math.max(0, result) === shown ? (
            <>
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
              <span>
                {t.rich('right', {
                  amount: formatCredits(shown),
                  strong: wrap(<strong className="font-medium text-foreground" />),
                })}
              </span>
            </>
          ) : (
            <span className="flex gap-2 text-destructive">
              <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
              {t('wrong', { amount: formatCredits(shown) })}
            </span>
          )}
        </p>
      </div>
    </Card>
  );
}

/** What rates were charged is no reason to read a page again, but these sums need it. */
function useRefreshWhile(isBehind: boolean): void {
  const refresh = useRefresh();
  useEffect(() => {
    if (!isBehind) return;
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [isBehind, refresh]);
}

function GroupLink({ group, count }: { group: ActivityGroup; count: number }) {
  const t = useTranslations('activity');
  return (
    <>
      <Link
        href={`/activity?type=${group}`}
        scroll={false}
        className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50"
      >
        {t(`groups.${group}`)}
      </Link>
      <span className="ms-1.5 text-[0.8125rem] text-muted-foreground">{t('explain.times', { count })}</span>
    </>
  );
}
