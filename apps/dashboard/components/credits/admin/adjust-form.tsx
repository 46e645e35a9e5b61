'use client';
import { CircleAlert, Hourglass } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';

import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import { formatChange, formatCredits } from '../format';
import { newKey, send, type SendFailure } from '../send';
import { translate as translateCommon, translateError } from '../messages';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { DialogClose, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { SubmitButton } from '../ui/submit-button';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { translate } from './messages';

/** Whose balance is changed. */
export interface AdjustableUser {
  id: string | number;
  username: string;
  /** What is available, in whole credits. */
  coins: number;
  /** The version of the balance. Without it there is no exact form, which would not know what it was decided on. */
  version?: number;
}

/** What was available before a change and after it, in whole credits. */
export interface Adjustment {
  before: number;
  after: number;
}

interface AdjustAnswer {
  message?: string;
  /** Without it, the change waits for somebody's approval. */
  data?: { balance_before: number; balance_after: number } | null;
}

type Mode = 'by' | 'to';

const REASON_LENGTH_MAX = 200;
const REASON_LENGTH_MIN = 3;

/** What the dialog is filled in with. Closes by `onDone` once it was done. */
export function AdjustForm({
  user: opened,
  onAnswer,
  onDone,
}: {
  user: AdjustableUser;
  onAnswer: ((adjustment: Adjustment | null) => void) | undefined;
  onDone: () => void;
}) {
  // Stays what the form was opened with while it is filled in: the version says what the decision was based on.
  const [user, setUser] = useState(opened);
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [mode, setMode] = useState<Mode>('by');
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<{ amount?: string; reason?: string }>({});
  const [failure, setFailure] = useState<SendFailure | null>(null);
  const [pending, setPending] = useState(false);
  const [waiting, setWaiting] = useState<string | null>(null);
  // One key for what the form says now: sending it again after a lost answer does not do it twice.
  const command = useRef<{ body: string; key: string } | null>(null);
  const value = parseSigned(amount, mode);

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    // The dialog is drawn elsewhere, but React hands its events to whatever form it was opened from.
    event.stopPropagation();
    if (pending) return;
    const found = check(value, mode, reason);
    setWrong(found);
    if (value === null || Object.keys(found).length > 0) return;
    const body =
      mode === 'by'
        ? { amount: value, reason: reason.trim() }
        : { balance: value, expected_version: user.version, reason: reason.trim() };
    const written = JSON.stringify(body);
    if (command.current?.body !== written) command.current = { body: written, key: newKey() };
    setPending(true);
    const path = `/api/admin/users/${encodeURIComponent(String(user.id))}/coins`;
    const result = await send<AdjustAnswer>('POST', path, body, command.current.key);
    setPending(false);
    if (!result.ok) {
      setFailure(result.failure);
      onAnswer?.(null);
      if (result.failure.code === 'version_conflict') {
        const now = await send<{ user: AdjustableUser }>('GET', `${path}?limit=1`);
        if (now.ok) setUser(now.answer.user);
      }
      return;
    }
    const { data, message } = result.answer;
    await syncCreditsAfterApiCall(result.answer);
    if (data === undefined || data === null) {
      setFailure(null);
      setWaiting(message ?? translate('waits'));
      onAnswer?.(null);
      return;
    }
    onAnswer?.({ before: data.balance_before, after: data.balance_after });
    onDone();
  }

  if (waiting !== null) {
    return (
      <div className="grid gap-5">
        <Alert role="status">
          <Hourglass aria-hidden />
          <p>{waiting}</p>
        </Alert>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">{translateCommon('close')}</Button>
          </DialogClose>
        </DialogFooter>
      </div>
    );
  }

  const after = value === null ? null : mode === 'by' ? user.coins + value : value;
  return (
    <form onSubmit={handleSubmit} noValidate className="grid gap-5">
      <Tabs
        value={mode}
        onValueChange={(next) => {
          setMode(next === 'to' ? 'to' : 'by');
          setWrong({});
          setFailure(null);
        }}
      >
        {user.version === undefined ? null : (
          <TabsList aria-label={translate('adjustHow')}>
            <TabsTrigger value="by">{translate('adjustBy')}</TabsTrigger>
            <TabsTrigger value="to">{translate('adjustTo')}</TabsTrigger>
          </TabsList>
        )}
        <TabsContent value={mode}>
          <Field
            label={mode === 'by' ? translate('amount') : translate('newBalance')}
            hint={
              after === null
                ? `${mode === 'by' ? translate('lessTakes') : ''}${describeNow(user)}`
                : describeAfter(user, after)
            }
            error={wrong.amount}
          >
            {(control) => (
              <Input
                {...control}
                name="amount"
                inputMode={mode === 'by' ? 'text' : 'numeric'}
                autoComplete="off"
                className="tabular-nums"
                value={amount}
                onChange={(event) => {
                  setAmount(event.target.value);
                  setWrong({});
                }}
              />
            )}
          </Field>
        </TabsContent>
      </Tabs>
      <Field label={translate('reason')} hint={translate('reasonHint')} error={wrong.reason}>
        {(control) => (
          <Input
            {...control}
            name="reason"
            autoComplete="off"
            maxLength={REASON_LENGTH_MAX}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
              setWrong({});
            }}
          />
        )}
      </Field>
      {failure === null ? null : (
        <Alert role="alert" variant="destructive">
          <CircleAlert aria-hidden />
          <div>
            <p className="font-medium">
              {failure.code === 'version_conflict' ? translate('moved') : translate('notChanged')}
            </p>
            <p>{failure.code === 'version_conflict' ? describeConflict(failure.details) : translateError(failure)}</p>
          </div>
        </Alert>
      )}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{translate('cancel')}</Button>
        </DialogClose>
        <SubmitButton pending={pending}>{translate('adjust')}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

function parseSigned(text: string, mode: Mode): number | null {
  const trimmed = text.trim().replace('−', '-');
  if (!(mode === 'by' ? /^[+-]?\d{1,15}$/ : /^\d{1,15}$/).test(trimmed)) return null;
  const value = Number(trimmed);
  return mode === 'by' && value === 0 ? null : value;
}

function check(value: number | null, mode: Mode, reason: string): { amount?: string; reason?: string } {
  return {
    ...(value === null ? { amount: mode === 'by' ? translate('wrongChange') : translate('wrongBalance') } : {}),
    ...(reason.trim().length < REASON_LENGTH_MIN ? { reason: translate('wrongReason') } : {}),
  };
}

function describeConflict(details: unknown): string {
  const { expected, actual } = (details ?? {}) as { expected?: number; actual?: number };
  const next = translate('decideAgain');
  if (expected === undefined || actual === undefined) return translate('conflictUnknown', { next });
  return translate('conflict', { expected, actual, next });
}

function describeNow({ coins, version }: AdjustableUser): string {
  const amount = formatCredits(coins);
  return version === undefined ? translate('now', { amount }) : translate('nowAt', { amount, version });
}

function describeAfter({ coins, version }: AdjustableUser, available: number): string {
  const numbers = {
    before: formatCredits(coins),
    after: formatCredits(available),
    change: formatChange(available - coins),
  };
  return version === undefined ? translate('becomes', numbers) : translate('becomesFrom', { ...numbers, version });
}
