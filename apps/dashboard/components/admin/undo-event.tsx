'use client';
import { Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Arrow } from '@/components/admin/arrow';
import { useOutcome } from '@/components/admin/use-outcome';
import { Refusal } from '@/components/auth/refusal';
import { translateReason } from '@/components/credits/messages';
import { newKey, send, type SendResult } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/credits/ui/dialog';
import { Input } from '@/components/credits/ui/input';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Button } from '@/components/ui/button';
import { put } from '@/components/i18n/put';
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
  const router = useRouter();
  const t = useTranslations('admin-users.undo');
  const tOutcome = useTranslations('admin-shared.outcome');
  const toOutcome = useOutcome();
  const toRefusal = useRefusal();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  // One intended command, however often it is sent.
  const [key, setKey] = useState(newKey);
  if (!canUndo(item)) return null;
  const isHold = item.group === 'reserved';
  const change = isHold ? item.amount : -item.change;

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    if (reason.length < 3) {
      setRefusal(t('reasonWrong'));
      return;
    }
    setPending(true);
    const result: SendResult<AdminVoidAnswer | AdminAdjustAnswer> = isHold
      ? await send<AdminVoidAnswer>('POST', `/api/admin/holds/${item.reference}/void`, { reason }, key)
      : await send<AdminAdjustAnswer>(
          'POST',
          `/api/admin/users/${encodeURIComponent(user.id)}/coins`,
          { reverse: item.reference, reason },
          key,
        );
    setPending(false);
    if (!result.ok) {
      setRefusal(toRefusal(result.failure));
      return;
    }
    setOpen(false);
    setKey(newKey());
    showSuccess(
      'snapshot' in result.answer
        ? toOutcome(result.answer, { name: user.username, approved: true })
        : tOutcome('released'),
    );
    router.refresh();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setRefusal(null);
      }}
    >
      <DialogTrigger asChild>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t(isHold ? 'releaseLabel' : 'reverseLabel', { reason: translateReason(item.reason) })}
        >
          <Undo2 />
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={handleSubmit} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{t(isHold ? 'releaseTitle' : 'reverseTitle')}</DialogTitle>
            <DialogDescription>
              {t.rich('text', { reason: put(<bdi>{translateReason(item.reason)}</bdi>) })}
            </DialogDescription>
          </DialogHeader>
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
          <Field label={t('reason')} hint={t('reasonHint', { name: user.username })}>
            {(control) => <Input {...control} name="reason" autoComplete="off" maxLength={200} />}
          </Field>
          <Refusal message={refusal ?? undefined} cooldownMs={0} />
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">{t('cancel')}</Button>
            </DialogClose>
            <SubmitButton pending={pending}>{t(isHold ? 'release' : 'reverse')}</SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
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
