import type { Metadata } from 'next';

import { CodeDialog } from '@/components/admin/code-dialog';
import { CodeTable } from '@/components/admin/code-table';
import { Pager } from '@/components/admin/pager';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminCodesAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Codes' };

interface CodesPageProps {
  searchParams: Promise<{ before?: string | string[] }>;
}

export default async function CodesPage({ searchParams }: CodesPageProps) {
  await requireAdmin();
  const { before } = await searchParams;
  const isPage = typeof before === 'string' && /^\d{1,15}$/.test(before);
  const { data, next } = await readRoute<AdminCodesAnswer>(`/api/admin/codes${isPage ? `?before=${before}` : ''}`);
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title="Codes" actions={<CodeDialog />}>
        Words that players redeem for credits: for events, newsletters and streams.
      </PageHeader>
      <div className="grid gap-4 [&>*]:min-w-0">
        <CodeTable codes={data} at={Date.now()} />
        <Pager newest={isPage ? '/admin/codes' : null} older={next === null ? null : `/admin/codes?before=${next}`} />
      </div>
    </div>
  );
}
