'use client';
import { Activity } from 'lucide-react';

import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { ShowOlder, useOlderPages } from '@/components/admin/older-pages';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminEntriesAnswer } from '@/lib/api';
import { send } from '@/components/credits/send';
import { formatCredits } from '@/lib/format';

type AdminEntry = AdminEntriesAnswer['entries'][number];

interface EntryTableProps {
  userId: string;
  first: Pick<AdminEntriesAnswer, 'entries' | 'next'>;
}

/** Everything that changed a user's balance, with who caused it. */
export function EntryTable({ userId, first }: EntryTableProps) {
  const pages = useOlderPages(
    { items: first.entries, next: first.next },
    (before) => {
      const path = `/api/admin/users/${encodeURIComponent(userId)}/coins?before=${before}&limit=50`;
      return send<AdminEntriesAnswer>('GET', path);
    },
    ({ entries, next }) => ({ items: entries, next }),
  );

  if (pages.items.length === 0) {
    return (
      <Card>
        <EmptyState icon={Activity} title="No entries">
          Nothing has changed this balance yet.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-4 [&>*]:min-w-0">
      <Card className="overflow-hidden">
        <Table aria-label="Entries">
          <TableHeader>
            <TableRow>
              <TableHead className="hidden text-right sm:table-cell">Version</TableHead>
              <TableHead className="hidden sm:table-cell">When</TableHead>
              <TableHead className="max-sm:pl-5">What and why</TableHead>
              <TableHead className="text-right">Change</TableHead>
              <TableHead className="text-right">Available</TableHead>
              <TableHead className="text-right">Reserved</TableHead>
              <TableHead>Caused by</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {pages.items.map((entry) => (
              <TableRow key={entry.id}>
                <TableCell className="hidden text-right text-muted-foreground tabular-nums sm:table-cell">
                  {entry.id}
                </TableCell>
                <TableCell className="hidden whitespace-nowrap text-muted-foreground sm:table-cell">
                  <LocalTime iso={entry.created_at} style="instant" />
                </TableCell>
                <TableCell className="min-w-48 max-sm:pl-5 sm:min-w-56">
                  <p className="font-medium">{entry.message}</p>
                  {/* On a phone what and how much stand side by side, and when comes with what. */}
                  <p className="text-[0.8125rem] text-muted-foreground tabular-nums sm:hidden">
                    {entry.id} · <LocalTime iso={entry.created_at} style="instant" />
                  </p>
                  <p className="text-[0.8125rem] text-muted-foreground">
                    {[entry.source_category, entry.source_action, describeOther(entry)]
                      .filter((word) => word !== '')
                      .join(' · ')}
                  </p>
                </TableCell>
                <TableCell className="text-right">
                  <Change amount={entry.delta} />
                </TableCell>
                <TableCell className="text-right whitespace-nowrap tabular-nums">
                  <span className="text-muted-foreground">{formatCredits(entry.balance_before)} → </span>
                  {formatCredits(entry.balance_after)}
                </TableCell>
                <TableCell className="text-right text-muted-foreground tabular-nums">
                  {formatCredits(entry.held_after)}
                </TableCell>
                <TableCell className="max-w-40 truncate font-mono text-xs text-muted-foreground" title={entry.actor}>
                  {entry.actor === userId ? 'the user' : entry.actor}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Card>
      <ShowOlder pages={pages} />
    </div>
  );
}

function describeOther({ counterparty, delta }: AdminEntry): string {
  return counterparty === null ? '' : `${delta < 0 ? 'to' : 'from'} ${counterparty}`;
}
