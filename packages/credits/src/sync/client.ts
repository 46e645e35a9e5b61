import type { Balance } from '../contract/balance.ts';
import type { CreditsError } from '../contract/error.ts';
import type { Snapshot } from '../contract/snapshot.ts';

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
export function selectShown(state: CreditsState): number | null {
  if (state.confirmed === null) return null;
  let shown = state.confirmed.balance.available;
  for (const operation of state.pending) shown += operation.delta;
  return shown;
}

/** An operation that was opened without a request (section 4a of the sync model). */
export interface OperationHandle {
  /** Send it as `Idempotency-Key` to make the operation exact in milliseconds. */
  readonly id: string;
  /** The server said yes: pass what it answered. */
  settle(result?: unknown): Promise<void>;
  /** The server said no, or the request was never made. */
  cancel(): void;
}

export interface Mutation<Answer> {
  /** Signed prediction of what the request does to `available`; 0 when unknown. */
  delta: number;
  reason: string;
  /** Sends the request. Called again with the same id when the outcome is unknown. */
  request: (context: { id: string; headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;
  /** Reads the answer of a request that was accepted. @default response.json() */
  parse?: (response: Response) => Promise<Answer>;
}

export interface CreditsClient {
  getState(): CreditsState;
  subscribe(listener: (state: CreditsState) => void): () => void;
  /** Starts following the balance; reference-counted: the last stop ends it. Returns the stop. */
  start(): () => void;
  /** Asks the server now; a call within 5 s of another is one trailing request, never dropped. */
  refresh(options?: { force?: boolean }): Promise<void>;
  /** Sign-in, sign-out (null) or account switch: clears at once, in every tab. */
  setAccount(account: string | null): void;
  /** Server-rendered first state. */
  seed(snapshot: Snapshot): void;
  /** One call that does all of it: shows the prediction, sends, retries the same id, settles. */
  mutate<Answer = unknown>(mutation: Mutation<Answer>): Promise<Answer>;
  /** Opens an operation without a request (4a). Returns at once. */
  open(delta: number, reason?: string): OperationHandle;
  /** What an API answered after a credit-affecting call: ends the oldest open operation, takes its snapshot or balance, else asks. */
  settle(result?: unknown): Promise<void>;
  /** Something outside hints that the balance may have moved (4.6): verified by a fetch. */
  hint(): void;
  /** Frames and answers as they arrive, for people who want to look: newest last. */
  onFrame(
    listener: (frame: {
      at: number;
      via: 'stream' | 'fetch' | 'answer' | 'tab';
      snapshot: Snapshot | null;
      accepted: boolean;
    }) => void,
  ): () => void;
  /** Ends everything: no timers, no streams, no channel. */
  close(): void;
}
