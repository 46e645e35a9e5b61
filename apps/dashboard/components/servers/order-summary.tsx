'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import type { Snapshot } from 'realtime-credits';
import type { ReactNode } from 'react';

import { put, wrap } from '@/components/i18n/put';
import { Amount } from '@/components/credits/activity/amount';
import { useBalance } from '@/components/balance/use-balance';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { toTotal } from '@/components/servers/order';
import { toSpending } from '@/components/servers/power';
import { Runway, useNow } from '@/components/servers/runway';
import { Alert } from '@/components/ui/alert';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import type { Burn, Plan } from '@/lib/api';
import { MONTH_DAYS, runwayWith, toMonthly } from '@/lib/runway';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';
import { UNIT } from '@/lib/unit';

interface OrderSummaryProps {
  plan: Plan | undefined;
  snapshot: Snapshot;
  burn: Burn;
  renderedAt: number;
  /** The button. `missing` is how many credits are not there, 0 when all are. */
  children: (missing: number) => ReactNode;
}

/** Cost, part by part, and what remains of the live balance. Another tab's purchase counts at once. */
export function OrderSummary({ plan, snapshot, burn, renderedAt, children }: OrderSummaryProps) {
  const t = useTranslations('servers.order');
  const { shown } = useBalance(snapshot);
  const now = useNow(renderedAt);
  if (plan === undefined) return null;
  const total = toTotal(plan);
  const missing = Math.max(0, total - shown);
  const perHour = burn.per_hour + (plan.per_hour ?? 0);
  const spending = toSpending(burn, shown);
  const until = plan.per_hour === null || missing > 0 ? null : runwayWith(spending, plan.per_hour, now);
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('cost')}</CardTitle>
      </CardHeader>
      <dl className="grid gap-2.5 px-5 pt-4 text-sm sm:px-6">
        {plan.per_hour === null ? (
          <>
            <Line term={t('planOnce', { plan: plan.name })}>{formatCredits(plan.plan_cost)}</Line>
            <Line term={t('setupFee')}>{formatCredits(plan.setup_fee)}</Line>
          </>
        ) : (
          <>
            <Line term={t('planPerHour', { plan: plan.name })}>{formatCredits(plan.per_hour)}</Line>
            <Line term={t('inDays', { days: MONTH_DAYS })}>{formatCredits(toMonthly(plan.per_hour))}</Line>
          </>
        )}
        <div className="my-1 border-t" />
        <Line term={t(plan.per_hour === null ? 'total' : 'firstHour')} strong>
          <Amount amount={total} className="text-lg font-semibold" />
        </Line>
        <Line term={t('have')}>{formatCredits(shown)}</Line>
        <Line term={t('after')}>{missing > 0 ? '–' : formatCredits(shown - total)}</Line>
      </dl>
      <div className="grid gap-4 px-5 pt-5 pb-5 sm:px-6 sm:pb-6">
        {missing > 0 ? (
          <Alert role="status" className="flex-col gap-1">
            <p className="font-medium">{t('short', { amount: formatCreditsWithUnit(missing) })}</p>
            <p className="text-muted-foreground">
              {t.rich('smaller', {
                link: wrap(<Link href="/earn" className="text-foreground underline underline-offset-4" />),
              })}
            </p>
          </Alert>
        ) : null}
        {until === null ? null : (
          <p className="rounded-md bg-muted/60 px-4 py-3 text-sm">
            {t.rich('willLast', {
              unit: UNIT.many,
              runway: put(
                <span className="font-medium">
                  <Runway until={until} renderedAt={renderedAt} />
                </span>,
              ),
            })}
            {burn.per_hour > 0 ? ` ${t('together', { amount: formatCredits(perHour) })}` : null}
          </p>
        )}
        {children(missing)}
        <p className="text-[0.8125rem] leading-snug text-muted-foreground">
          {plan.per_hour === null ? t('once', { unit: UNIT.many, Unit: UNIT.title }) : t('hourly')}
        </p>
      </div>
    </Card>
  );
}

/** On screens where the summary is at the end of the page: the cost and the button, always in view. */
export function OrderBar({ plan, snapshot }: Pick<OrderSummaryProps, 'plan' | 'snapshot'>) {
  const t = useTranslations('servers');
  const { shown } = useBalance(snapshot);
  if (plan === undefined) return null;
  const total = toTotal(plan);
  return (
    <div className="sticky bottom-0 z-20 -mx-4 flex items-center justify-between gap-4 border-t bg-background/95 px-4 py-3 backdrop-blur sm:-mx-8 sm:px-8 lg:hidden">
      <p className="text-sm leading-tight">
        <Amount amount={plan.per_hour ?? total} className="text-lg font-semibold" />{' '}
        {plan.per_hour === null ? UNIT.many : t('order.perHour')}
        <span className="block text-[0.8125rem] text-muted-foreground">
          {total > shown
            ? t('order.short', { amount: formatCredits(total - shown) })
            : t('order.left', { amount: formatCredits(shown - total) })}
        </span>
      </p>
      <SubmitButton pending={false} disabled={total > shown}>
        {t('create.submit')}
      </SubmitButton>
    </div>
  );
}

function Line({ term, strong = false, children }: { term: string; strong?: boolean; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className={strong ? 'font-medium' : 'text-muted-foreground'}>{term}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
