import type { Receipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import type { Journal } from './journal.ts';
import type { BatchState, KnownKey, Locks } from './state.ts';

/** What rules work with: one batch at one instant. */
export interface Batch {
  readonly state: BatchState;
  readonly journal: Journal;
  readonly nowMs: number;
  /** Which slot of the system accounts this process uses. */
  readonly slot: number;
  /** Makes the id of a hold. */
  readonly createId: () => string;
}

/** One command: everything that the ledger knows about it. */
export interface CommandRule<Command, Intent extends IntentBase & { readonly kind: string }, Result extends Receipt> {
  /**
   * Reads the command of a caller. Its fields come from requests, so each is checked as if it could be anything.
   * @throws {CreditsError} `invalid_request` — a field is missing or not of its shape. `details.field` names it.
   */
  parse(command: Command): Intent;
  /** What to lock and read. The command's key and claim key are added by `collectLocks`. */
  locks(intent: Intent, slot: number): Locks;
  /**
   * Carries the command out. All refusals come before the first change, so a refused command changes nothing.
   * @throws {CreditsError} the refusals that `Ledger` documents
   */
  apply(intent: Intent, batch: Batch): KnownKey;
  /** The receipt, from what is stored under the command's key. First calls and repetitions build it the same way. */
  receipt(known: KnownKey): Result;
}
