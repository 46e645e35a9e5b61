'use client';
import { Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

import { Arrow } from '@/components/admin/arrow';
import { ReasonDialog } from '@/components/admin/reason-dialog';
import { useOutcome } from '@/components/admin/use-outcome';
import { translateReason } from '@/components/credits/messages';
import { send } from '@/components/credits/send';
import { put } from '@/components/i18n/put';
import { Button } from '@/components/ui/button';
import type { AdminAdjustAnswer, AdminUser, AdminVoidAnswer } from '@/lib/admin-api';
import type { ActivityItem } from '@/lib/api';
import { formatChange, formatCredits, formatCreditsWithUnit } from '@/lib/format';
import { showSuccess } from '@/lib/toast';

/** What has an opposite: a transfer that was not reversed before, or an open reservation. */
export function canUndo({ group, reversed_by: reversedBy, reference }: ActivityItem): boolean {
  return reference !== null && reversedBy === null && group !== 'released' && group !== 'expired';
}

/** Undoes one event: reverses a transfer, or releases what is reserved. Says beforehand what that does to the balance. */
export function UndoEvent({ item, user }: { item: ActivityItem; user: AdminUser }) {
  const t = useTranslations('admin-users.undo');
  const tOutcome = useTranslations('admin-shared.outcome');
  const toOutcome = useOutcome();
  if (!canUndo(item)) return null;
  const isHold = item.group === 'reserved';
  const change = isHold ? item.amount : -item.change;
  return (
    <ReasonDialog<AdminVoidAnswer | AdminAdjustAnswer>
      trigger={
        <Button
          variant="ghost"
          size="icon"
          aria-label={t(isHold ? 'releaseLabel' : 'reverseLabel', { reason: translateReason(item.reason) })}
        >
          <Undo2 />
        </Button>
      }
      title={t(isHold ? 'releaseTitle' : 'reverseTitle')}
      text={t.rich('text', { reason: put(<bdi>{translateReason(item.reason)}</bdi>) })}
      hint={t('reasonHint', { name: user.username })}
      action={t(isHold ? 'release' : 'reverse')}
      onSubmit={(reason, key) =>
        isHold
          ? send('POST', `/api/admin/holds/${item.reference}/void`, { reason }, key)
          : send(
              'POST',
              `/api/admin/users/${encodeURIComponent(user.id)}/coins`,
              { reverse: item.reference, reason },
              key,
            )
      }
      onDone={(answer) =>
        showSuccess(
          'snapshot' in answer ? toOutcome(answer, { name: user.username, approved: true }) : tOutcome('released'),
        )
      }
    >
      <dl className="grid gap-2 rounded-lg border px-4 py-3 text-sm tabular-nums">
        <Line term={t(change > 0 ? 'gets' : 'loses', { name: user.username })}>{formatChange(change)}</Line>
        <Line term={t('then')}>
          {formatCredits(user.coins)} <Arrow /> {formatCredits(user.coins + change)}
        </Line>
        {item.other === null || isHold ? null : (
          <Line term={t(change > 0 ? 'loses' : 'gets', { name: item.other })}>{formatChange(-change)}</Line>
        )}
      </dl>
      {user.coins + change < 0 ? (
        <p className="text-sm text-destructive">
          {t('tooLittle', { name: user.username, amount: formatCreditsWithUnit(user.coins) })}
        </p>
      ) : null}
    </ReasonDialog>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}
