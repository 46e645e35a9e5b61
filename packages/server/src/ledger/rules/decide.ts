import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import type { Receipt } from '../commands.ts';
import { COMMANDS, UPKEEP, type CommandIntent, type Intent } from './command-table.ts';
import type { IntentBase } from './intent.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { subjectOf } from './journal-views.ts';
import type { Batch, CommandRule } from './rule.ts';
import { toClaimId, type BatchChanges, type BatchState } from './state.ts';

/** What one intent of a batch came to. Upkeep has no receipt. */
export type Outcome = { readonly receipt: Receipt | null } | { readonly error: CreditsError };

export interface Decision {
  /** One per intent, in their order. */
  readonly outcomes: Outcome[];
  readonly changes: BatchChanges;
}

export interface DecideOptions {
  nowMs: number;
  /** Which slot of the system accounts to use: the one that `collectLocks` was called with. */
  slot: number;
  /** Makes the id of a hold. */
  createId: () => string;
  /** What events the host wants. @default none */
  events?: JournalOptions['events'];
}

/**
 * Decides a batch in order of arrival: what each command is answered, and what all of them write. Changes the state as
 * it goes. Uses no database, no clock and no waiting, so the rules can be read and tested alone.
 */
export function decide(intents: readonly Intent[], state: BatchState, options: DecideOptions): Decision {
  const { nowMs, slot, createId, events } = options;
  const journal = new Journal(state, { nowMs, slot, ...(events === undefined ? {} : { events }) });
  const batch: Batch = { state, journal, nowMs, slot, createId };
  journal.settle();
  const outcomes = intents.map((intent) => decideOne(intent, batch));
  journal.finish();
  return { outcomes, changes: journal.changes };
}

function decideOne(intent: Intent, batch: Batch): Outcome {
  try {
    if ('keyDigest' in intent) return { receipt: decideCommand(intent, batch) };
    UPKEEP[intent.kind].apply(intent as never, batch);
    return { receipt: null };
  } catch (error) {
    if (isCreditsError(error)) return { error };
    throw error;
  }
}

/** Returns the first receipt of the key again, or carries the command out and records it under its key. */
function decideCommand(intent: CommandIntent, batch: Batch): Receipt {
  const rule = COMMANDS[intent.kind] as CommandRule<never, IntentBase & { kind: string }, Receipt>;
  const { state, journal } = batch;
  const { key, keyDigest, claimKey } = intent;
  const known = state.keys.get(keyDigest);
  if (known !== undefined) {
    if (known.row.fingerprint === null) {
      throw new CreditsError('operation_abandoned', `Operation ${key} was abandoned before it arrived.`);
    }
    if (known.row.fingerprint !== intent.fingerprint) {
      throw new CreditsError('idempotency_key_reused', `The key ${key} was used for a different command.`);
    }
    return { ...rule.receipt(known), replayed: true };
  }
  const applied = rule.apply(intent, batch);
  state.keys.set(keyDigest, applied);
  if (claimKey !== null) {
    const account = journal.findAccount(subjectOf(applied.row).id);
    state.claims.set(toClaimId(account.id, claimKey), applied.row);
    journal.changes.claims.push({ account: { id: account.id, number: account.number }, claimKey, keyDigest });
  }
  return rule.receipt(applied);
}
