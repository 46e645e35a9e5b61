'use client';
import { ScrollText } from 'lucide-react';

import { Change } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { ShowOlder, useOlderPages } from '@/components/admin/older-pages';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminAuditAnswer } from '@/lib/api';

type AuditRow = AdminAuditAnswer['data'][number];

const WHAT: Record<string, string> = {
  adjust: 'Adjusted credits',
  request_adjustment: 'Asked for an adjustment',
  approve_adjustment: 'Approved an adjustment',
  reject_adjustment: 'Rejected an adjustment',
  role: 'Changed the role',
  ban: 'Banned',
  unban: 'Ended the ban',
  password: 'Changed the password',
  email: 'Changed the address',
  close: 'Closed the account',
};

/** What administrators did, newest first: who, whom, what, why, from where and when. */
export function AuditTable({ first }: { first: Pick<AdminAuditAnswer, 'data' | 'next'> }) {
  const pages = useOlderPages(
    { items: first.data, next: first.next },
    (before) => send<AdminAuditAnswer>('GET', `/api/admin/audit?before=${before}`),
    ({ data, next }) => ({ items: data, next }),
  );

  if (pages.items.length === 0) {
    return (
      <Card>
        <EmptyState icon={ScrollText} title="Nothing yet">
          What administrators change about people and balances is listed here.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-4 [&>*]:min-w-0">
      <Card className="overflow-hidden">
        <Table aria-label="Audit log">
          <TableHeader>
            <TableRow>
              <TableHead>What and why</TableHead>
              <TableHead className="text-right">Change</TableHead>
              <TableHead className="max-sm:hidden">Whom</TableHead>
              <TableHead className="max-sm:hidden">Who</TableHead>
              <TableHead className="max-sm:hidden">From</TableHead>
              <TableHead className="max-sm:hidden">When</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {pages.items.map((row) => (
              <TableRow key={row.id}>
                <TableCell className="whitespace-normal sm:min-w-56">
                  <p className="font-medium">{describe(row)}</p>
                  <p className="text-[0.8125rem] break-words text-muted-foreground">{row.reason}</p>
                  <p className="mt-1 text-[0.8125rem] break-words text-muted-foreground sm:hidden">
                    {row.target} · by {nameActor(row)} from {row.address}, <LocalTime iso={row.at} style="instant" />
                  </p>
                </TableCell>
                <TableCell className="text-right">
                  {row.amount === null ? null : <Change amount={row.amount} />}
                </TableCell>
                <TableCell className="max-w-40 truncate max-sm:hidden">{row.target}</TableCell>
                <TableCell className="max-w-40 truncate max-sm:hidden">{nameActor(row)}</TableCell>
                <TableCell className="font-mono text-xs text-muted-foreground max-sm:hidden">{row.address}</TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                  <LocalTime iso={row.at} style="instant" />
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

function describe({ kind, details }: AuditRow): string {
  if (kind === 'role') return details['role'] === 'admin' ? 'Made an administrator' : 'Made a user';
  return WHAT[kind] ?? kind;
}

function nameActor({ actor_id: actorId, target_id: targetId, actor }: AuditRow): string {
  return actorId === targetId ? 'themself' : actor;
}
