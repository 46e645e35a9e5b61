import { CreditsError, isCreditsError, toBalance } from 'realtime-credits/contract';
import { applyCommand, type Batch } from './apply-command.ts';
import { scopedKey, type BatchChanges, type BatchState, type KnownOperation } from './batch-state.ts';
import type { Receipt } from './command.ts';
import type { Intent, KeyedIntent } from './intent.ts';
import { createJournal } from './journal.ts';

/**
 * Decides a batch: what each command answers, and what all of them write. No database, no clock and no waiting, so that
 * the rules can be read in one place and tested alone. Commands take effect in order of arrival.
 */

/** What one command of a batch came to. Upkeep has no receipt. */
export type Outcome = { receipt: Receipt | null } | { error: CreditsError };

export interface Decision {
  outcomes: Outcome[];
  changes: BatchChanges;
}

/** Decides all intents on the state, which it changes as it goes. */
export function decide(
  intents: readonly Intent[],
  state: BatchState,
  { nowMs, createId }: { nowMs: number; createId: () => string },
): Decision {
  const journal = createJournal(state, { now: new Date(nowMs).toISOString(), createId });
  const batch: Batch = { state, journal, nowMs, createId };
  for (const hold of state.holds.values()) {
    if (hold.remaining > 0 && Date.parse(hold.expiresAt) <= nowMs) journal.release(null, hold, 'expired');
  }
  return { outcomes: intents.map((intent) => decideOne(intent, batch)), changes: journal.changes };
}

function decideOne(intent: Intent, batch: Batch): Outcome {
  try {
    if (intent.kind === 'expire') return { receipt: null }; // done already, as for every account of the batch
    if (intent.kind !== 'abandon') return { receipt: answer(intent, batch) };
    batch.journal.findAccount(intent.account);
    for (const key of intent.operations) abandon(intent.account, key, batch);
    return { receipt: null };
  } catch (error) {
    if (isCreditsError(error)) return { error };
    throw error;
  }
}

/** Answers a command: the first answer again, or a new one, which is remembered under its key (L-6). */
function answer(intent: KeyedIntent, batch: Batch): Receipt {
  const { state, journal } = batch;
  const scoped = scopedKey(intent.actor, intent.key);
  const known = state.operations.get(scoped);
  if (known !== undefined) return replay(intent, known);
  const { account, transfer, hold } = applyCommand(intent, batch);
  const { id, version, posted, held } = account;
  const receipt: Receipt = {
    idempotencyKey: intent.key,
    account: id,
    version,
    balance: toBalance(posted, held),
    transfer,
    hold,
    replayed: false,
  };
  state.operations.set(scoped, { fingerprint: intent.fingerprint, receipt });
  if (intent.once !== null) {
    state.claims.set(scopedKey(id, intent.once), transfer?.id ?? hold?.id ?? intent.key);
  }
  journal.changes.operations.push({
    actor: intent.actor,
    key: intent.key,
    fingerprint: intent.fingerprint,
    account: id,
    version,
    posted,
    held,
    transfer: transfer?.id ?? null,
    hold: hold?.id ?? null,
    holdRemaining: hold?.remaining ?? null,
    holdState: hold?.state ?? null,
    holdExpiresAt: hold?.expiresAt ?? null,
    once: intent.once,
  });
  return receipt;
}

function replay(intent: KeyedIntent, known: KnownOperation): Receipt {
  if (known.receipt === null) {
    throw new CreditsError('operation_abandoned', `Operation ${intent.key} was given up before it arrived.`);
  }
  if (known.fingerprint !== intent.fingerprint) {
    throw new CreditsError('idempotency_key_reused', `The key ${intent.key} was used for a different command.`);
  }
  return { ...known.receipt, replayed: true };
}

/** Makes an operation that has not been seen impossible, by keeping its key without an answer. */
function abandon(id: string, key: string, { state, journal }: Batch): void {
  const scoped = scopedKey(id, key);
  if (state.operations.has(scoped)) return;
  state.operations.set(scoped, { fingerprint: null, receipt: null });
  const { version, posted, held } = journal.findAccount(id);
  const nothing = { transfer: null, hold: null, holdRemaining: null, holdState: null, holdExpiresAt: null, once: null };
  journal.changes.operations.push({
    actor: id,
    key,
    fingerprint: null,
    account: id,
    version,
    posted,
    held,
    ...nothing,
  });
}
