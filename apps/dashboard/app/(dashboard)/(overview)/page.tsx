import type { Metadata } from 'next';

import { RecentActivity } from '@/components/activity/recent-activity';
import { BalanceCard } from '@/components/balance/balance-card';
import { DailyBonusCard } from '@/components/earn/daily-bonus-card';
import { ServersCard } from '@/components/servers/servers-card';
import { PageHeader } from '@/components/shell/page-header';
import type { ActivityAnswer } from '@/lib/api';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Overview' };

const ITEMS_SHOWN = 6;

export default async function OverviewPage() {
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const [daily, { servers }, activity] = await Promise.all([
    runtime.readDaily(user.id),
    runtime.readServers(user.id),
    readRoute<ActivityAnswer>(`/api/activity?limit=${ITEMS_SHOWN}`),
  ]);
  return (
    <div className="grid gap-8">
      <PageHeader title={`Hello, ${user.display_name}`}>
        Your credits, your servers, and what changed lately.
      </PageHeader>
      <div className="grid items-stretch gap-5 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)] [&>*]:min-w-0">
        <BalanceCard initial={snapshot} />
        <DailyBonusCard daily={daily} renderedAt={Date.now()} />
        <RecentActivity items={activity.data.items} />
        <ServersCard servers={servers} />
      </div>
    </div>
  );
}
