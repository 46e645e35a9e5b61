import type { Metadata } from 'next';

import { ApprovalsCard } from '@/components/admin/approvals-card';
import { AuditTable } from '@/components/admin/audit-table';
import { BurnCard } from '@/components/admin/burn-card';
import { CirculationCard } from '@/components/admin/circulation-card';
import { VerifyCard } from '@/components/admin/verify-card';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminApprovalsAnswer, AdminAuditAnswer, AdminBurnAnswer, AdminCirculationAnswer } from '@/lib/admin-api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Ledger' };

export default async function AdminPage() {
  await requireAdmin();
  const [{ data }, { data: burn }, { data: waiting }, audit] = await Promise.all([
    readRoute<AdminCirculationAnswer>('/api/admin/circulation'),
    readRoute<AdminBurnAnswer>('/api/admin/burn'),
    readRoute<AdminApprovalsAnswer>('/api/admin/approvals'),
    readRoute<AdminAuditAnswer>('/api/admin/audit'),
  ]);
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title="Ledger">Where all {UNIT.many} are, and whether the books are right.</PageHeader>
      <div className="grid gap-5">
        <ApprovalsCard waiting={waiting} />
        <CirculationCard circulation={data} />
        <BurnCard burn={burn} renderedAt={Date.now()} />
        <VerifyCard />
      </div>
      <section aria-labelledby="audit" className="grid gap-4 [&>*]:min-w-0">
        <h2 id="audit" className="font-semibold">
          What administrators did
        </h2>
        <AuditTable first={audit} />
      </section>
    </div>
  );
}
