'use client';
import { Activity, CircleAlert } from 'lucide-react';
import { useState } from 'react';

import { joinPages, type Page } from '@/components/credits/activity/join-pages';
import { Change } from '@/components/credits/activity/amount';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminEntriesAnswer } from '@/lib/api';
import { formatCredits } from '@/lib/format';
import { send } from '@/components/credits/send';

type AdminEntry = AdminEntriesAnswer['entries'][number];

interface EntryTableProps {
  userId: string;
  first: Pick<AdminEntriesAnswer, 'entries' | 'next'>;
}

/** Everything that changed a user's balance, with who caused it. */
export function EntryTable({ userId, first }: EntryTableProps) {
  const [older, setOlder] = useState<Page<AdminEntry> | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { items: entries, next } = joinPages({ items: first.entries, next: first.next }, older, ({ id }) => id);

  async function readOlder() {
    if (next === null) return;
    setPending(true);
    const path = `/api/admin/users/${encodeURIComponent(userId)}/coins?before=${next}&limit=50`;
    const result = await send<AdminEntriesAnswer>('GET', path);
    setPending(false);
    setError(result.ok ? null : result.failure.message);
    if (!result.ok) return;
    setOlder({ items: [...entries, ...result.answer.entries], next: result.answer.next });
  }

  if (entries.length === 0) {
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
            {entries.map((entry) => (
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
      {error === null ? null : (
        <Alert role="alert" variant="destructive">
          <CircleAlert aria-hidden />
          <p>{error}</p>
        </Alert>
      )}
      {next === null ? null : (
        <SubmitButton
          type="button"
          variant="outline"
          className="justify-self-center"
          pending={pending}
          onClick={() => void readOlder()}
        >
          Show older
        </SubmitButton>
      )}
    </div>
  );
}

function describeOther({ counterparty, delta }: AdminEntry): string {
  return counterparty === null ? '' : `${delta < 0 ? 'to' : 'from'} ${counterparty}`;
}
