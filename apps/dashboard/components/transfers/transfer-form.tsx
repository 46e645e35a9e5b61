'use client';
import { Send } from 'lucide-react';
import type { Snapshot } from 'realtime-credits';
import { isCreditsError } from 'realtime-credits';
import { useState, type FormEvent } from 'react';

import { useBalance } from '@/components/balance/use-balance';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
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
  const { shown } = useBalance(snapshot);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [wrong, setWrong] = useState<Wrong>({});
  const { mutate, isPending } = useCreditsMutation<TransferAnswer, { to: string; amount: number; note: string }>({
    amount: ({ amount }) => -amount,
    reason: ({ to }) => `Sent to ${to}`,
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
    const found = check(to, amount, shown, username);
    setWrong(found);
    if (amount === null || Object.keys(found).length > 0) return;
    try {
      const { transfer } = await mutate({ to, amount, note: draft.note.trim() });
      showSuccess(`${formatCreditsWithUnit(transfer.amount)} sent`, `To ${transfer.to_username}.`);
      setDraft(EMPTY);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'Something broke on our side.';
      if (isCreditsError(error) && error.code === 'account_not_found') setWrong({ to: message });
      else if (isCreditsError(error) && error.code === 'insufficient_credits') setWrong({ amount: message });
      showError('Nothing was sent', message);
    }
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Send {UNIT.many}</CardTitle>
          <CardDescription>Transfers are instant and final.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5">
          <Field label="To" hint="Their user name" error={wrong.to}>
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
            label="Amount"
            hint={
              amount !== null && amount <= shown && !isPending
                ? `You keep ${formatCreditsWithUnit(shown - amount)}.`
                : `You have ${formatCreditsWithUnit(shown)}.`
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
          <Field label="Note" hint="Optional. They see it." error={wrong.note}>
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
            <Send /> {amount === null ? 'Send' : `Send ${formatCreditsWithUnit(amount)}`}
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

function check(to: string, amount: number | null, shown: number, username: string): Wrong {
  return {
    ...(to === '' ? { to: 'Choose a recipient.' } : {}),
    ...(to.toLowerCase() === username.toLowerCase() ? { to: `You cannot send ${UNIT.many} to yourself.` } : {}),
    ...(amount === null ? { amount: 'Enter a whole number, such as 50.' } : {}),
    ...(amount !== null && amount > shown ? { amount: `You have ${formatCreditsWithUnit(shown)}.` } : {}),
  };
}
