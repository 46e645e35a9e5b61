import { getTranslations } from 'next-intl/server';
import { ArrowLeftRight } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { HistoryPage } from 'realtime-credits';

import { put, wrap } from '@/components/i18n/put';
import { Messages } from '@/components/i18n/messages';
import { EntryRow } from '@/components/credits/activity/entry-row';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { TransferForm } from '@/components/transfers/transfer-form';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('transfers');
  return { title: t('title') };
}

const ENTRIES_READ = 100;
const ENTRIES_SHOWN = 8;

export default async function TransfersPage() {
  const t = await getTranslations('transfers');
  const { user, snapshot } = await requireViewer();
  const { entries } = await readRoute<HistoryPage>(`/api/credits/history?limit=${ENTRIES_READ}`);
  const transfers = entries.filter(({ verb }) => verb === 'transfer').slice(0, ENTRIES_SHOWN);
  return (
    <Messages areas={['transfers', 'errors']}>
      <div className="grid gap-8">
        <PageHeader title={t('title')}>
          {t.rich('text', {
            unit: UNIT.many,
            own: wrap(<span className="whitespace-nowrap" />),
            name: put(
              <Link
                href="/settings#user-name"
                className="rounded-sm font-medium text-foreground underline decoration-border underline-offset-4 hover:decoration-foreground"
              >
                <bdi>{user.username}</bdi>
              </Link>,
            ),
          })}
        </PageHeader>
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)] [&>*]:min-w-0">
          <TransferForm snapshot={snapshot} username={user.username} />
          <Card>
            <CardHeader className="pb-4">
              <CardTitle>{t('latest')}</CardTitle>
            </CardHeader>
            {transfers.length === 0 ? (
              <EmptyState icon={ArrowLeftRight} title={t('none')} className="pt-6">
                {t('noneText')}
              </EmptyState>
            ) : (
              <ul className="divide-y border-t">
                {transfers.map((entry) => (
                  <EntryRow key={entry.version} entry={entry} time="instant" />
                ))}
              </ul>
            )}
          </Card>
        </div>
      </div>
    </Messages>
  );
}
