'use client';
import { CircleAlert, ScrollText } from 'lucide-react';
import { useState } from 'react';

import { Change } from '@/components/credits/activity/amount';
import { joinPages, type Page } from '@/components/credits/activity/join-pages';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminAuditAnswer } from '@/lib/admin-api';
import { PROVIDER_NAMES } from '@/lib/provider-names';
import { UNIT } from '@/lib/unit';
import type { SocialProvider } from '@/server/auth/social';

type AuditRow = AdminAuditAnswer['data'][number];

const WHAT: Record<string, string> = {
  adjust: `Adjusted ${UNIT.many}`,
  request_adjustment: 'Asked for an adjustment',
  approve_adjustment: 'Approved an adjustment',
  reject_adjustment: 'Rejected an adjustment',
  void: 'Released a reservation',
  role: 'Changed the role',
  ban: 'Banned',
  unban: 'Ended the ban',
  password: 'Changed the password',
  email: 'Changed the address',
  username: 'Changed the user name',
  show_link: 'Looked at a link',
  close: 'Closed the account',
  create_code: 'Created a code',
  edit_code: 'Changed a code',
  replay_event: 'Sent an event again',
  edit_rewards: 'Changed rewards',
};

/** What administrators did, newest first: who, whom, what, why, from where and when. */
export function AuditTable({ first }: { first: Pick<AdminAuditAnswer, 'data' | 'next'> }) {
  const [older, setOlder] = useState<Page<AuditRow> | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { items, next } = joinPages({ items: first.data, next: first.next }, older, ({ id }) => id);

  async function readOlder() {
    if (next === null) return;
    setPending(true);
    const result = await send<AdminAuditAnswer>('GET', `/api/admin/audit?before=${next}`);
    setPending(false);
    setError(result.ok ? null : result.failure.message);
    if (result.ok) setOlder({ items: [...items, ...result.answer.data], next: result.answer.next });
  }

  if (items.length === 0) {
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
            {items.map((row) => (
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

function describe({ kind, details }: AuditRow): string {
  if (kind === 'role') return details['role'] === 'admin' ? 'Made an administrator' : 'Made a user';
  if (kind === 'second_factor')
    return details['on'] === true ? 'Set up a second factor' : 'Turned the second factor off';
  if (kind === 'sign_in_way') return describeWay(String(details['way']), details['on'] === true);
  return WHAT[kind] ?? kind;
}

function describeWay(way: string, on: boolean): string {
  if (way === 'passkey') return on ? 'Added a passkey' : 'Removed a passkey';
  const name = way in PROVIDER_NAMES ? PROVIDER_NAMES[way as SocialProvider] : way;
  return on ? `Linked an account of ${name}` : `Unlinked an account of ${name}`;
}

function nameActor({ actor_id: actorId, target_id: targetId, actor }: AuditRow): string {
  return actorId === targetId ? 'themself' : actor;
}
