import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { RewardChanges } from '@/components/admin/reward-changes';
import { RewardsForm } from '@/components/admin/rewards-form';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminRewardsAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-rewards');
  return { title: t('title') };
}

export default async function RewardsPage() {
  await requireAdmin();
  const t = await getTranslations('admin-rewards');
  const { data } = await readRoute<AdminRewardsAnswer>('/api/admin/rewards');
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title={t('title')}>{t('text')}</PageHeader>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem] [&>*]:min-w-0">
        <Messages areas={['admin-rewards', 'admin-shared', 'errors']}>
          <RewardsForm key={data.rewards.version} rewards={data.rewards} />
        </Messages>
        <Card className="overflow-hidden">
          <CardHeader className="pb-3">
            <CardTitle>{t('changes.title')}</CardTitle>
          </CardHeader>
          <RewardChanges changes={data.changes} />
        </Card>
      </div>
    </div>
  );
}
