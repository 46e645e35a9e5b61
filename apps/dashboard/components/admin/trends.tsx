import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { FlowChart } from '@/components/admin/flow-chart';
import { formatDay } from '@/components/admin/format-day';
import { ReferralFunnelCard } from '@/components/admin/referral-funnel-card';
import { TimeChart } from '@/components/balance/balance-chart';
import { toChartShape } from '@/components/balance/chart-shape';
import { PeriodLinks } from '@/components/balance/period-links';
import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Card, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { put } from '@/components/i18n/put';
import type { AdminTrendsAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';

/** Periods that can be shown; the second one is shown first. */
export const TREND_PERIODS = [
  { id: '7', days: 7 },
  { id: '30', days: 30 },
  { id: '90', days: 90 },
] as const;
export type TrendPeriod = (typeof TREND_PERIODS)[number]['id'];

type Data = AdminTrendsAnswer['data'];

/** How everything together went: what circulates, what comes and goes, who moved most, and whom referrals brought. */
export function Trends({ trends, period, nowMs }: { trends: Data; period: TrendPeriod; nowMs: number }) {
  const t = useTranslations('admin.trends');
  const { from, circulating_before: before, days } = trends;
  const points = [
    { created_at: from, available: before },
    ...days.map(({ ends_at: at, circulating }) => ({ created_at: at, available: circulating })),
  ];
  const shape = toChartShape(points, { fromMs: Date.parse(from), nowMs });
  return (
    <section aria-labelledby="trends" className="grid min-w-0 gap-4 [&>*]:min-w-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="trends" className="font-semibold">
          {t('title')}
        </h2>
        <PeriodLinks
          periods={TREND_PERIODS.map(({ id, days: count }) => ({ id, label: t('days', { count }) }))}
          current={period}
          toHref={(id) => (id === '30' ? '/admin' : `/admin?days=${id}`)}
        />
      </div>
      <div className="grid gap-5 xl:grid-cols-2 [&>*]:min-w-0">
        <Card>
          <CardHeader className="pb-6">
            <CardTitle>{t('circulating')}</CardTitle>
            <CardDescription>{t('circulatingText')}</CardDescription>
          </CardHeader>
          {shape === null ? null : (
            <div className="mt-auto">
              <TimeChart shape={shape} />
            </div>
          )}
        </Card>
        <Card>
          <CardHeader className="pb-4">
            <CardTitle>{t('flow')}</CardTitle>
            <CardDescription>{t('flowText')}</CardDescription>
          </CardHeader>
          <FlowChart days={days} />
        </Card>
        <Movers movers={trends.movers} from={from} />
        <ReferralFunnelCard funnel={trends.referrals} />
      </div>
      <Figures days={days} />
    </section>
  );
}

function Movers({ movers: { people, since }, from }: { movers: Data['movers']; from: string }) {
  const t = useTranslations('admin.movers');
  return (
    <Card className="overflow-hidden">
      <CardHeader className="pb-5">
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>
          {since === from ? t('text') : t.rich('since', { at: put(<LocalTime iso={since} style="instant" />) })}
        </CardDescription>
      </CardHeader>
      {people.length === 0 ? (
        <p className="px-5 pt-2 pb-6 text-sm text-muted-foreground sm:px-6">{t('nothing')}</p>
      ) : (
        <ul className="divide-y border-t">
          {people.map(({ user_id: id, username, in: added, out, transfers }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 px-5 py-3 text-sm sm:px-6"
            >
              <span className="min-w-0">
                <Link
                  href={`/admin/users/${encodeURIComponent(id)}`}
                  className="font-medium wrap-anywhere underline decoration-border underline-offset-4"
                >
                  <bdi>{username}</bdi>
                </Link>{' '}
                <span className="text-muted-foreground">{t('transfers', { count: transfers })}</span>
              </span>
              <span className="flex gap-4 tabular-nums">
                <Change amount={added} />
                <Change amount={-out} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The same as the two charts, to read. */
function Figures({ days }: { days: Data['days'] }) {
  const t = useTranslations('admin.trends');
  return (
    <details className="group rounded-xl border bg-card text-sm">
      <summary className="cursor-pointer rounded-xl px-5 py-3 font-medium outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50 sm:px-6">
        {t('figures')}
      </summary>
      <div className="max-h-96 overflow-y-auto border-t">
        <Table aria-label={t('figuresLabel', { unit: UNIT.title })}>
          <TableHeader>
            <TableRow>
              <TableHead>{t('day')}</TableHead>
              <TableHead className="text-end">{t('issued')}</TableHead>
              <TableHead className="text-end">{t('spent')}</TableHead>
              <TableHead className="text-end">{t('expired')}</TableHead>
              <TableHead className="text-end">{t('circulating')}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {days.toReversed().map(({ day, issued, spent, expired, circulating }) => (
              <TableRow key={day}>
                <TableCell className="whitespace-nowrap">{formatDay(day, 'date')}</TableCell>
                {[issued, spent, expired].map((amount, index) => (
                  <TableCell key={['issued', 'spent', 'expired'][index]} className="text-end">
                    {formatSigned(amount)}
                  </TableCell>
                ))}
                <TableCell className="text-end font-medium">{formatCredits(circulating)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </details>
  );
}

/** Less than 0 where more was taken back than given. */
function formatSigned(amount: number): string {
  return `${amount < 0 ? '−' : ''}${formatCredits(Math.abs(amount))}`;
}
