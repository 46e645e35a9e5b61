import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { nameActor, Side } from '@/components/admin/transfer-table';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { translateReason } from '@/components/credits/messages';
import { Fact } from '@/components/fact';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Card } from '@/components/ui/card';
import type { AdminTransferAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-transactions');
  return { title: t('one.title') };
}

/** One transfer: the page that an operator can send somebody the address of. */
export default async function TransferPage({ params }: { params: Promise<{ id: string }> }) {
  await requireAdmin();
  const t = await getTranslations('admin-transactions');
  const { id } = await params;
  const { data } = await readRoute<AdminTransferAnswer>(`/api/admin/transfers/${encodeURIComponent(id)}`);
  const { group, from, to, amount, reason, by, reverses, hold, reversals } = data;
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-6 [&>*]:min-w-0">
      <div className="grid gap-4">
        <BackLink href="/admin/activity">{t('title')}</BackLink>
        <PageHeader title={reason === '' ? t(`groups.${group}`) : translateReason(reason)} />
      </div>
      <Card className="overflow-hidden">
        <div className="flex items-center justify-between gap-4 border-b px-5 py-5 sm:px-6">
          <p className="font-medium">{t(`groups.${group}`)}</p>
          <Amount amount={amount} className="text-2xl font-semibold" />
        </div>
        <dl className="grid divide-y text-sm">
          <Fact term={t('one.from')}>
            <Side side={from} />
          </Fact>
          <Fact term={t('one.to')}>
            <Side side={to} />
          </Fact>
          <Fact term={t('one.by')}>
            <bdi>{nameActor(by, t)}</bdi>
          </Fact>
          <Fact term={t('one.when')}>
            <LocalTime iso={data.created_at} style="full" />
          </Fact>
          {reverses === null ? null : (
            <Fact term={t('one.reverses')}>
              <TransferLink id={reverses} />
            </Fact>
          )}
          {reversals.length === 0 ? null : (
            <Fact term={t(reversals.length % 2 === 1 ? 'one.undone' : 'one.redone')}>
              <span className="flex flex-wrap justify-end gap-x-3">
                {reversals.map((reversal) => (
                  <TransferLink key={reversal} id={reversal} />
                ))}
              </span>
            </Fact>
          )}
          {hold === null ? null : (
            <Fact term={t('one.reservation')}>
              <bdi className="font-mono text-[0.8125rem]">{hold}</bdi>
            </Fact>
          )}
          <Fact term={t('one.reference')}>
            <bdi className="font-mono text-[0.8125rem]">{data.id}</bdi>
          </Fact>
        </dl>
      </Card>
    </div>
  );
}

function TransferLink({ id }: { id: string }) {
  return (
    <Link href={`/admin/activity/${id}`} className="font-mono text-[0.8125rem] underline underline-offset-4">
      <bdi>{id}</bdi>
    </Link>
  );
}
