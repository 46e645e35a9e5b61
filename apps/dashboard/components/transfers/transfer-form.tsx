'use client';
import { useTranslations } from 'next-intl';
import { Send } from 'lucide-react';
import type { Snapshot } from 'realtime-credits';
import { isCreditsError } from 'realtime-credits';
import { useState, type FormEvent } from 'react';

import { useBalance } from '@/components/balance/use-balance';
import { translateReason } from '@/components/credits/messages';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import type { Translator } from '@/i18n/translator';
import type { TransferAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

interface Draft {
  to: string;
  amount: string;
  note: string;
}

type Wrong = Partial<Record<keyof Draft, string>>;

const EMPTY: Draft = { to: '', amount: '', note: '' };
const NOTE_LENGTH_MAX = 140;

/** Sends credits to another person, by user name. */
export function TransferForm({ snapshot, username }: { snapshot: Snapshot; username: string }) {
  const t = useTranslations('transfers.form');
  const refusal = useRefusal();
  const { shown } = useBalance(snapshot);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [wrong, setWrong] = useState<Wrong>({});
  const { mutate, isPending } = useCreditsMutation<TransferAnswer, { to: string; amount: number; note: string }>({
    amount: ({ amount }) => -amount,
    reason: ({ to }) => translateReason(`Sent to ${to}`),
    request: ({ headers, signal }, { to, amount, note }) =>
      fetch('/api/transfers', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ to_username: to, amount, ...(note === '' ? {} : { note }) }),
        signal,
      }),
  });

  const amount = parseWhole(draft.amount);
  const change = (changes: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...changes }));
    setWrong({});
  };

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (isPending) return;
    const to = draft.to.trim().replace(/^@/, '');
    const found = check({ to, amount, shown, username }, t);
    setWrong(found);
    if (amount === null || Object.keys(found).length > 0) return;
    try {
      const { transfer } = await mutate({ to, amount, note: draft.note.trim() });
      showSuccess(
        t('sent', { amount: formatCreditsWithUnit(transfer.amount) }),
        t('sentTo', { name: transfer.to_username }),
      );
      setDraft(EMPTY);
    } catch (error) {
      const message = refusal(error);
      if (isCreditsError(error) && error.code === 'account_not_found') setWrong({ to: message });
      else if (isCreditsError(error) && error.code === 'insufficient_credits') setWrong({ amount: message });
      showError(t('failed'), message);
    }
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('title', { unit: UNIT.many })}</CardTitle>
          <CardDescription>{t('text')}</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5">
          <Field label={t('to')} hint={t('toHint')} error={wrong.to}>
            {(control) => (
              <Input
                {...control}
                name="to"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={draft.to}
                onChange={(event) => change({ to: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={t('amount')}
            hint={
              amount !== null && amount <= shown && !isPending
                ? t('keep', { amount: formatCreditsWithUnit(shown - amount) })
                : t('have', { amount: formatCreditsWithUnit(shown) })
            }
            error={wrong.amount}
          >
            {(control) => (
              <Input
                {...control}
                name="amount"
                inputMode="numeric"
                autoComplete="off"
                className="tabular-nums"
                value={draft.amount}
                onChange={(event) => change({ amount: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('note')} hint={t('noteHint')} error={wrong.note}>
            {(control) => (
              <Input
                {...control}
                name="note"
                autoComplete="off"
                maxLength={NOTE_LENGTH_MAX}
                value={draft.note}
                onChange={(event) => change({ note: event.target.value })}
              />
            )}
          </Field>
        </CardContent>
        <CardFooter>
          <SubmitButton pending={isPending} className="w-full">
            <Send /> {amount === null ? t('send') : t('sendAmount', { amount: formatCreditsWithUnit(amount) })}
          </SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}

function parseWhole(text: string): number | null {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return value > 0 ? value : null;
}

function check(
  { to, amount, shown, username }: { to: string; amount: number | null; shown: number; username: string },
  t: Translator<'transfers.form'>,
): Wrong {
  return {
    ...(to === '' ? { to: t('chooseTo') } : {}),
    ...(to.toLowerCase() === username.toLowerCase() ? { to: t('yourself', { unit: UNIT.many }) } : {}),
    ...(amount === null ? { amount: t('whole') } : {}),
    ...(amount !== null && amount > shown ? { amount: t('have', { amount: formatCreditsWithUnit(shown) }) } : {}),
  };
}
