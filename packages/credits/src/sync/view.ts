import type { Balance } from '../contract/balance.ts';
import type { CreditsError } from '../contract/error.ts';

/** What the ledger is known to have said. `version` is null on a host without versions. */
export interface Confirmed {
  balance: Balance;
  version: number | null;
  epoch: string | null;
}

/** One own command whose effect is not known to be in `confirmed` yet. */
export interface PendingOperation {
  id: string;
  /** Signed: what it will do to `available`. */
  delta: number;
  reason: string;
  /**
   * `open`: not sent by us (4a), or waiting for its turn. `sent`: its request is out. `unknown`: its outcome is being
   * found out. `acknowledged`: the server said yes, and the balance that contains it is on its way.
   */
  state: 'open' | 'sent' | 'unknown' | 'acknowledged';
}

export interface ConnectionState {
  /** How news comes in: over the stream (own or another tab's), by polling, or not at all. */
  state: 'idle' | 'connecting' | 'streaming' | 'following' | 'polling' | 'offline' | 'signed-out' | 'stopped';
  /** Why the last attempt to hear from the server failed; null once one succeeded. */
  error: CreditsError | null;
}

/** Everything a view can know. Immutable: a change is a new object. */
export interface CreditsState {
  /** Key fence (S9): whose state this is; null when signed out. */
  account: string | null;
  /** Null until first known: never a fake 0. */
  confirmed: Confirmed | null;
  pending: readonly PendingOperation[];
  /** Wall-clock milliseconds of the last confirmation; 0 before the first. */
  confirmedAt: number;
  /** Nothing was confirmed for 45 s (S10), whatever the number. */
  stale: boolean;
  /** A GET of the balance is under way. */
  fetching: boolean;
  connection: ConnectionState;
}

/** The only definition of the number shown (S1): confirmed available + Σ pending; null while unknown. Never stored, not clamped. */
export function selectShown(state: Pick<CreditsState, 'confirmed' | 'pending'>): number | null {
  if (state.confirmed === null) return null;
  let shown = state.confirmed.balance.available;
  for (const operation of state.pending) shown += operation.delta;
  return shown;
}
