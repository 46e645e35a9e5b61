import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { KeepFresh } from '@/components/admin/keep-fresh';
import { TransferFilters } from '@/components/admin/transfer-filters';
import { TransferTable } from '@/components/admin/transfer-table';
import { Pager } from '@/components/admin/pager';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminTransfersAnswer } from '@/lib/admin-api';
import { readTransferQuery, writeTransferQuery } from '@/lib/transfers';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-transactions');
  return { title: t('title') };
}

interface AllActivityPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AllActivityPage({ searchParams }: AllActivityPageProps) {
  await requireAdmin();
  const t = await getTranslations('admin-transactions');
  const params = await searchParams;
  const query = readTransferQuery(params);
  const text = writeTransferQuery(query);
  const asked = params['before'];
  const before = typeof asked === 'string' && /^[\d.]{1,60}$/.test(asked) ? asked : undefined;
  const toSearch = (position: string | undefined) => {
    const search = new URLSearchParams(text);
    if (position !== undefined) search.set('before', position);
    return search.toString();
  };
  const { data } = await readRoute<AdminTransfersAnswer>(`/api/admin/transfers?${toSearch(before)}`);
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      {before === undefined ? <KeepFresh /> : null}
      <PageHeader title={t('title')}>{t('text', { unit: UNIT.many })}</PageHeader>
      <div className="grid gap-4 [&>*]:min-w-0">
        <Messages areas={['admin-transactions', 'activity']}>
          <TransferFilters key={text} query={query} />
        </Messages>
        <TransferTable page={data} query={query} />
        <Pager
          newest={before === undefined ? null : `/admin/activity${text === '' ? '' : `?${text}`}`}
          older={data.next === null ? null : `/admin/activity?${toSearch(data.next)}`}
        />
      </div>
    </div>
  );
}
