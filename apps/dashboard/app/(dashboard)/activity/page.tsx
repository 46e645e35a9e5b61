import type { Metadata } from 'next';
import type { HistoryPage } from 'realtime-credits';

import { ActivityList } from '@/components/credits/activity/activity-list';
import { PageHeader } from '@/components/shell/page-header';
import { readRoute } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Activity' };

const PAGE_SIZE = 50;

export default async function ActivityPage() {
  const { entries, next } = await readRoute<HistoryPage>(`/api/credits/history?limit=${PAGE_SIZE}`);
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-8">
      <PageHeader title="Activity">
        Everything that ever changed your balance, and why. Nothing here is ever edited or removed.
      </PageHeader>
      <ActivityList first={{ entries, next }} />
    </div>
  );
}
