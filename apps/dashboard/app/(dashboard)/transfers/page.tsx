import { ArrowLeftRight } from 'lucide-react';
import type { Metadata } from 'next';
import type { HistoryPage } from 'realtime-credits';

import { EntryRow } from '@/components/credits/activity/entry-row';
import { PageHeader } from '@/components/shell/page-header';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { TransferForm } from '@/components/transfers/transfer-form';
import { Card, CardHeader, CardTitle } from '@/components/ui/card';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Transfers' };

const ENTRIES_READ = 100;
const ENTRIES_SHOWN = 8;

export default async function TransfersPage() {
  const { user, snapshot } = await requireViewer();
  const { entries } = await readRoute<HistoryPage>(`/api/credits/history?limit=${ENTRIES_READ}`);
  const transfers = entries.filter(({ verb }) => verb === 'transfer').slice(0, ENTRIES_SHOWN);
  return (
    <div className="grid gap-8">
      <PageHeader title="Transfers">
        Send {UNIT.many} to another player{' '}
        <span className="whitespace-nowrap">
          (your own user name is <span className="font-medium text-foreground">{user.username}</span>)
        </span>
        .
      </PageHeader>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)] [&>*]:min-w-0">
        <TransferForm snapshot={snapshot} username={user.username} />
        <Card>
          <CardHeader className="pb-4">
            <CardTitle>Latest transfers</CardTitle>
          </CardHeader>
          {transfers.length === 0 ? (
            <EmptyState icon={ArrowLeftRight} title="None so far" className="pt-6">
              What you send and what others send you is listed here.
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
  );
}
