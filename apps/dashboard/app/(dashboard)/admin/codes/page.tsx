import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { CodeDialog } from '@/components/admin/code-dialog';
import { CodeTable } from '@/components/admin/code-table';
import { Pager } from '@/components/admin/pager';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminCodesAnswer } from '@/lib/admin-api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-codes');
  return { title: t('title') };
}

interface CodesPageProps {
  searchParams: Promise<{ before?: string | string[] }>;
}

export default async function CodesPage({ searchParams }: CodesPageProps) {
  await requireAdmin();
  const t = await getTranslations('admin-codes');
  const { before } = await searchParams;
  const isPage = typeof before === 'string' && /^\d{1,15}$/.test(before);
  const { data, next } = await readRoute<AdminCodesAnswer>(`/api/admin/codes${isPage ? `?before=${before}` : ''}`);
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader
        title={t('title')}
        actions={
          <Messages areas={['admin-codes', 'admin-shared', 'errors']}>
            <CodeDialog />
          </Messages>
        }
      >
        {t('text', { unit: UNIT.many })}
      </PageHeader>
      <div className="grid gap-4 [&>*]:min-w-0">
        <CodeTable codes={data} at={Date.now()} />
        <Pager newest={isPage ? '/admin/codes' : null} older={next === null ? null : `/admin/codes?before=${next}`} />
      </div>
    </div>
  );
}
