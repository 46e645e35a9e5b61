import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { ApprovalsCard } from '@/components/admin/approvals-card';
import { AuditTable } from '@/components/admin/audit-table';
import { BurnCard } from '@/components/admin/burn-card';
import { CirculationCard } from '@/components/admin/circulation-card';
import { TREND_PERIODS, Trends } from '@/components/admin/trends';
import { VerifyCard } from '@/components/admin/verify-card';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import type {
  AdminApprovalsAnswer,
  AdminAuditAnswer,
  AdminBurnAnswer,
  AdminCirculationAnswer,
  AdminTrendsAnswer,
} from '@/lib/admin-api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin');
  return { title: t('title') };
}

interface AdminPageProps {
  searchParams: Promise<{ days?: string | string[] }>;
}

export default async function AdminPage({ searchParams }: AdminPageProps) {
  const { days } = await searchParams;
  const { id: period } = TREND_PERIODS.find(({ id }) => id === days) ?? TREND_PERIODS[1];
  await requireAdmin();
  const [{ data }, { data: trends }, { data: burn }, { data: waiting }, audit] = await Promise.all([
    readRoute<AdminCirculationAnswer>('/api/admin/circulation'),
    readRoute<AdminTrendsAnswer>(`/api/admin/trends?days=${period}`),
    readRoute<AdminBurnAnswer>('/api/admin/burn'),
    readRoute<AdminApprovalsAnswer>('/api/admin/approvals'),
    readRoute<AdminAuditAnswer>('/api/admin/audit'),
  ]);
  const t = await getTranslations('admin');
  const nowMs = Date.now();
  return (
    <Messages areas={['admin', 'admin-shared', 'overview', 'errors']}>
      <div className="grid gap-8 [&>*]:min-w-0">
        <PageHeader title={t('title')}>{t('text', { unit: UNIT.many })}</PageHeader>
        <div className="grid gap-5">
          <ApprovalsCard waiting={waiting} />
          <CirculationCard circulation={data} />
          <Trends trends={trends} period={period} nowMs={nowMs} />
          <BurnCard burn={burn} renderedAt={nowMs} />
          <VerifyCard />
        </div>
        <section aria-labelledby="audit" className="grid gap-4 [&>*]:min-w-0">
          <h2 id="audit" className="font-semibold">
            {t('audit.title')}
          </h2>
          <AuditTable first={audit} />
        </section>
      </div>
    </Messages>
  );
}
