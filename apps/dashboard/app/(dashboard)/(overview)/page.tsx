import type { Metadata } from 'next';
import type { HistoryPage } from 'realtime-credits';

import { RecentActivity } from '@/components/activity/recent-activity';
import { BalanceCard } from '@/components/balance/balance-card';
import { DailyBonusCard } from '@/components/earn/daily-bonus-card';
import { ServersCard } from '@/components/servers/servers-card';
import { PageHeader } from '@/components/shell/page-header';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Overview' };

/** Enough to find the shown ones among them: charging what was reserved changes nothing that can be spent. */
const ENTRIES_READ = 20;
const ENTRIES_SHOWN = 6;

export default async function OverviewPage() {
  const { user, snapshot } = await requireViewer();
  const runtime = getRuntime();
  const [daily, { servers }, history] = await Promise.all([
    runtime.readDaily(user.id),
    runtime.readServers(user.id),
    readRoute<HistoryPage>(`/api/credits/history?limit=${ENTRIES_READ}`),
  ]);
  const recent = history.entries.filter(({ before, after }) => before.available !== after.available);
  return (
    <div className="grid gap-8">
      <PageHeader title={`Hello, ${user.display_name}`}>
        Your credits, your servers, and what changed lately.
      </PageHeader>
      <div className="grid items-stretch gap-5 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)] [&>*]:min-w-0">
        <BalanceCard initial={snapshot} />
        <DailyBonusCard daily={daily} renderedAt={Date.now()} />
        <RecentActivity entries={recent.slice(0, ENTRIES_SHOWN)} />
        <ServersCard servers={servers} />
      </div>
    </div>
  );
}
