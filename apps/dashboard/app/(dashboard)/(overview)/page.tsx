import { getTranslations } from 'next-intl/server';
import type { Metadata } from 'next';

import { RecentActivity } from '@/components/activity/recent-activity';
import { BalanceCard } from '@/components/balance/balance-card';
import { BurnSummary } from '@/components/balance/burn-summary';
import { BalanceChart } from '@/components/balance/balance-chart';
import { CHART_RANGES, toChartShape } from '@/components/balance/chart-shape';
import { DailyBonusCard } from '@/components/earn/daily-bonus-card';
import { Messages } from '@/components/i18n/messages';
import { ServersCard } from '@/components/servers/servers-card';
import { PageHeader } from '@/components/shell/page-header';
import type { ActivityAnswer, BalancesAnswer } from '@/lib/api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('overview');
  return { title: t('title') };
}

const ITEMS_SHOWN = 6;

const DAY_MS = 24 * 60 * 60 * 1_000;

interface OverviewPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function OverviewPage({ searchParams }: OverviewPageProps) {
  const t = await getTranslations('overview');
  const asked = (await searchParams)['range'];
  const range = CHART_RANGES.find(({ id }) => id === asked) ?? CHART_RANGES[1];
  const nowMs = Date.now();
  const fromMs = range.days === null ? null : nowMs - range.days * DAY_MS;
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const [daily, { servers, burn }, activity, balances] = await Promise.all([
    runtime.readDaily(user.id),
    runtime.readServers(user.id),
    readRoute<ActivityAnswer>(`/api/activity?limit=${ITEMS_SHOWN}`),
    readRoute<BalancesAnswer>(
      `/api/activity/balances${fromMs === null ? '' : `?from=${new Date(fromMs).toISOString()}`}`,
    ),
  ]);
  return (
    <Messages areas={['overview', 'earn', 'errors']}>
      <div className="grid gap-8">
        <PageHeader title={t('hello', { name: user.display_name })}>{t('text', { unit: UNIT.many })}</PageHeader>
        <div className="grid items-stretch gap-5 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)] [&>*]:min-w-0">
          <BalanceCard initial={snapshot}>
            <BurnSummary burn={burn} servers={servers} renderedAt={nowMs} />
          </BalanceCard>
          <DailyBonusCard daily={daily} renderedAt={nowMs} />
          <div className="lg:col-span-2">
            <BalanceChart
              shape={toChartShape(balances.data.points, {
                fromMs,
                nowMs,
                exhaustsAtMs: burn.exhausts_at === null ? null : Date.parse(burn.exhausts_at),
              })}
              range={range.id}
            />
          </div>
          <RecentActivity items={activity.data.items} />
          <ServersCard servers={servers} />
        </div>
      </div>
    </Messages>
  );
}
