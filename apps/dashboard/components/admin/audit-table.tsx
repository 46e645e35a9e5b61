'use client';
import { CircleAlert, ScrollText } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

import { Change } from '@/components/credits/activity/amount';
import { joinPages, type Page } from '@/components/credits/activity/join-pages';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { put } from '@/components/i18n/put';
import type { Translator } from '@/i18n/translator';
import type { AdminAuditAnswer } from '@/lib/admin-api';
import { PROVIDER_NAMES } from '@/lib/provider-names';
import { UNIT } from '@/lib/unit';
import type { SocialProvider } from '@/server/auth/social';

type AuditRow = AdminAuditAnswer['data'][number];

/** What administrators did, newest first: who, whom, what, why, from where and when. */
export function AuditTable({ first }: { first: Pick<AdminAuditAnswer, 'data' | 'next'> }) {
  const t = useTranslations('admin.audit');
  const refusal = useRefusal();
  const [older, setOlder] = useState<Page<AuditRow> | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { items, next } = joinPages({ items: first.data, next: first.next }, older, ({ id }) => id);

  async function readOlder() {
    if (next === null) return;
    setPending(true);
    const result = await send<AdminAuditAnswer>('GET', `/api/admin/audit?before=${next}`);
    setPending(false);
    setError(result.ok ? null : refusal(result.failure));
    if (result.ok) setOlder({ items: [...items, ...result.answer.data], next: result.answer.next });
  }

  if (items.length === 0) {
    return (
      <Card>
        <EmptyState icon={ScrollText} title={t('empty')}>
          {t('emptyText')}
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-4 [&>*]:min-w-0">
      <Card className="overflow-hidden">
        <Table aria-label={t('label')}>
          <TableHeader>
            <TableRow>
              <TableHead>{t('what')}</TableHead>
              <TableHead className="text-end">{t('change')}</TableHead>
              <TableHead className="max-sm:hidden">{t('whom')}</TableHead>
              <TableHead className="max-sm:hidden">{t('who')}</TableHead>
              <TableHead className="max-sm:hidden">{t('from')}</TableHead>
              <TableHead className="max-sm:hidden">{t('when')}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {items.map((row) => (
              <TableRow key={row.id}>
                <TableCell className="whitespace-normal sm:min-w-56">
                  <p className="font-medium">{describe(row, t)}</p>
                  <p className="text-[0.8125rem] break-words text-muted-foreground">
                    <bdi>{row.reason}</bdi>
                  </p>
                  <p className="mt-1 text-[0.8125rem] break-words text-muted-foreground sm:hidden">
                    {t.rich('line', {
                      target: put(<bdi>{nameTarget(row, t)}</bdi>),
                      name: put(<bdi>{nameActor(row, t)}</bdi>),
                      address: put(<bdi>{row.address}</bdi>),
                      at: put(<LocalTime iso={row.at} style="instant" />),
                    })}
                  </p>
                </TableCell>
                <TableCell className="text-end">
                  {row.amount === null ? null : <Change amount={row.amount} />}
                </TableCell>
                <TableCell className="max-w-40 truncate max-sm:hidden">
                  <bdi>{nameTarget(row, t)}</bdi>
                </TableCell>
                <TableCell className="max-w-40 truncate max-sm:hidden">
                  <bdi>{nameActor(row, t)}</bdi>
                </TableCell>
                <TableCell className="font-mono text-xs text-muted-foreground max-sm:hidden">
                  <bdi>{row.address}</bdi>
                </TableCell>
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
          {t('older')}
        </SubmitButton>
      )}
    </div>
  );
}

function describe({ kind, details }: AuditRow, t: Translator<'admin.audit'>): string {
  if (kind === 'role') return t(details['role'] === 'admin' ? 'kinds.madeAdministrator' : 'kinds.madeUser');
  if (kind === 'second_factor') return t(details['on'] === true ? 'kinds.secondFactorOn' : 'kinds.secondFactorOff');
  if (kind === 'sign_in_way') return describeWay(String(details['way']), details['on'] === true, t);
  const key = `kinds.${kind}` as 'kinds.adjust';
  return t.has(key) ? t(key, { unit: UNIT.many }) : kind;
}

function describeWay(way: string, on: boolean, t: Translator<'admin.audit'>): string {
  if (way === 'passkey') return t(on ? 'kinds.passkeyAdded' : 'kinds.passkeyRemoved');
  const provider = way in PROVIDER_NAMES ? PROVIDER_NAMES[way as SocialProvider] : way;
  return t(on ? 'kinds.linked' : 'kinds.unlinked', { provider });
}

function nameActor(row: AuditRow, t: Translator<'admin.audit'>): string {
  if (row.actor_id === row.target_id) return t('self');
  return row.actor_id === OPERATOR ? t('operator') : row.actor;
}

/** What is no user is named by its id: `code:SUMMER26`. */
function nameTarget({ target, target_id: id }: AuditRow, t: Translator<'admin.audit'>): string {
  const [kind, name = ''] = id.split(':');
  if (kind === 'rewards') return t('targets.rewards');
  if (kind === 'event') return t('targets.event', { id: name.slice(0, 8) });
  if (kind === 'code') return t('targets.code', { code: name });
  return id === OPERATOR ? t('operator') : target;
}

/** The person at the terminal. */
const OPERATOR = 'system:operator';
