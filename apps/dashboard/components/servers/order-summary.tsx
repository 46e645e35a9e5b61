'use client';
import Link from 'next/link';
import type { Snapshot } from 'realtime-credits';
import type { ReactNode } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { useBalance } from '@/components/balance/use-balance';
import { toTotal } from '@/components/servers/order';
import { Alert } from '@/components/ui/alert';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import type { Plan } from '@/lib/api';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';

interface OrderSummaryProps {
  plan: Plan | undefined;
  snapshot: Snapshot;
  /** The button. `missing` is how many credits are not there, 0 when all are. */
  children: (missing: number) => ReactNode;
}

/** What it costs, part by part, and what remains of the live balance. Another tab's purchase counts at once. */
export function OrderSummary({ plan, snapshot, children }: OrderSummaryProps) {
  const { shown } = useBalance(snapshot);
  if (plan === undefined) return null;
  const total = toTotal(plan);
  const missing = Math.max(0, total - shown);
  return (
    <Card>
      <CardHeader>
        <CardTitle>What it costs</CardTitle>
      </CardHeader>
      <dl className="grid gap-2.5 px-5 pt-4 text-sm sm:px-6">
        <Line term={`${plan.name}, first month`}>{formatCredits(plan.plan_cost)}</Line>
        <Line term="Setup, once">{formatCredits(plan.setup_fee)}</Line>
        <div className="my-1 border-t" />
        <Line term="Together" strong>
          <Amount amount={total} className="text-lg font-semibold" />
        </Line>
        <Line term="You have">{formatCredits(shown)}</Line>
        <Line term="Remains after">{missing > 0 ? '—' : formatCredits(shown - total)}</Line>
      </dl>
      <div className="grid gap-4 px-5 pt-5 pb-5 sm:px-6 sm:pb-6">
        {missing > 0 ? (
          <Alert role="status" className="flex-col gap-1">
            <p className="font-medium">{formatCreditsWithUnit(missing)} short</p>
            <p className="text-muted-foreground">
              Choose a smaller plan, or{' '}
              <Link href="/earn" className="text-foreground underline underline-offset-4">
                earn some more
              </Link>
              .
            </p>
          </Alert>
        ) : null}
        {children(missing)}
        <p className="text-[0.8125rem] leading-snug text-muted-foreground">
          The credits are reserved while it is set up, and only taken once it runs. If that fails, you get them back.
        </p>
      </div>
    </Card>
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
