import type { Metadata } from 'next';

import { ReferralsPanel } from '@/components/referrals/referrals-panel';
import { PageHeader } from '@/components/shell/page-header';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Referrals' };

export default async function ReferralsPage() {
  const { user } = await requireViewer();
  return (
    <div className="grid gap-8">
      <PageHeader title="Referrals">
        Bring people along. A sign-up counts once its person has come back or claimed a bonus of their own.
      </PageHeader>
      <ReferralsPanel initial={await getRuntime().readReferrals(user.id)} />
    </div>
  );
}
