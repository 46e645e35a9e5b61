import type { Metadata } from 'next';

import { RewardChanges } from '@/components/admin/reward-changes';
import { RewardsForm } from '@/components/admin/rewards-form';
import { PageHeader } from '@/components/shell/page-header';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminRewardsAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Rewards' };

export default async function RewardsPage() {
  await requireAdmin();
  const { data } = await readRoute<AdminRewardsAnswer>('/api/admin/rewards');
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title="Rewards">
        What the daily bonus and referrals pay. A change holds at once, for everybody.
      </PageHeader>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem] [&>*]:min-w-0">
        <RewardsForm key={data.rewards.version} rewards={data.rewards} />
        <Card className="overflow-hidden">
          <CardHeader className="pb-3">
            <CardTitle>Changes</CardTitle>
          </CardHeader>
          <RewardChanges changes={data.changes} />
        </Card>
      </div>
    </div>
  );
}
