import type { Metadata } from 'next';
import Link from 'next/link';

import { Side } from '@/components/admin/transfer-table';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Fact } from '@/components/fact';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Card } from '@/components/ui/card';
import type { AdminTransferAnswer } from '@/lib/admin-api';
import { TRANSFER_LABELS } from '@/lib/transfers';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Transaction' };

/** One transfer: the page that an operator can send somebody the address of. */
export default async function TransferPage({ params }: { params: Promise<{ id: string }> }) {
  await requireAdmin();
  const { id } = await params;
  const { data } = await readRoute<AdminTransferAnswer>(`/api/admin/transfers/${encodeURIComponent(id)}`);
  const { group, from, to, amount, reason, by, reverses, hold, reversals } = data;
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-6 [&>*]:min-w-0">
      <div className="grid gap-4">
        <BackLink href="/admin/activity">All transactions</BackLink>
        <PageHeader title={reason === '' ? TRANSFER_LABELS[group] : reason} />
      </div>
      <Card className="overflow-hidden">
        <div className="flex items-center justify-between gap-4 border-b px-5 py-5 sm:px-6">
          <p className="font-medium">{TRANSFER_LABELS[group]}</p>
          <Amount amount={amount} className="text-2xl font-semibold" />
        </div>
        <dl className="grid divide-y text-sm">
          <Fact term="From">
            <Side side={from} />
          </Fact>
          <Fact term="To">
            <Side side={to} />
          </Fact>
          <Fact term="By">{by}</Fact>
          <Fact term="When">
            <LocalTime iso={data.created_at} style="full" />
          </Fact>
          {reverses === null ? null : (
            <Fact term="Reverses">
              <TransferLink id={reverses} />
            </Fact>
          )}
          {reversals.length === 0 ? null : (
            <Fact term={reversals.length % 2 === 1 ? 'Undone by' : 'Undone and redone by'}>
              <span className="flex flex-wrap justify-end gap-x-3">
                {reversals.map((reversal) => (
                  <TransferLink key={reversal} id={reversal} />
                ))}
              </span>
            </Fact>
          )}
          {hold === null ? null : (
            <Fact term="Reservation">
              <span className="font-mono text-[0.8125rem]">{hold}</span>
            </Fact>
          )}
          <Fact term="Reference">
            <span className="font-mono text-[0.8125rem]">{data.id}</span>
          </Fact>
        </dl>
      </Card>
    </div>
  );
}

function TransferLink({ id }: { id: string }) {
  return (
    <Link href={`/admin/activity/${id}`} className="font-mono text-[0.8125rem] underline underline-offset-4">
      {id}
    </Link>
  );
}
