import type { Metadata } from 'next';

import { CirculationCard } from '@/components/admin/circulation-card';
import { VerifyCard } from '@/components/admin/verify-card';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminCirculationAnswer } from '@/lib/api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Ledger' };

export default async function AdminPage() {
  await requireAdmin();
  const { data } = await readRoute<AdminCirculationAnswer>('/api/admin/circulation');
  return (
    <div className="grid gap-8">
      <PageHeader title="Ledger">Where all credits are, and whether the books are right.</PageHeader>
      <div className="grid gap-5">
        <CirculationCard circulation={data} />
        <VerifyCard />
      </div>
    </div>
  );
}
