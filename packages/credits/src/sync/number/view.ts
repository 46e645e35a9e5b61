import { CREDITS_MAX } from '../../contract/amount.ts';
import type { Balance } from '../../contract/balance.ts';
import type { SnapshotTime } from '../../contract/snapshot.ts';
import type { CreditsError } from '../../contract/error.ts';

/** What the ledger is known to have said. `version` and `epoch` are null on a host without versions. */
export interface Confirmed {
  balance: Balance;
  version: number | null;
  epoch: string | null;
  /** What time does to it. Absent where it does nothing. */
  time?: SnapshotTime;
}

/** An own command whose effect is not known to be in `confirmed` yet. */
export interface PendingOperation {
  id: string;
  /** Signed: what it will do to `available`. */
  delta: number;
  reason: string;
  /**
   * `open`: predicted without a request, or queued. `sent`: its request is in flight. `unknown`: no response arrived, the
   * outcome is being found out. `acknowledged`: accepted, and the balance that contains it has not arrived yet.
   */
  state: 'open' | 'sent' | 'unknown' | 'acknowledged';
}

export interface ConnectionState {
  /**
   * How updates arrive. `connecting`: the first request is in flight. `streaming`, `following`: within milliseconds, over
   * this tab's stream or another tab's. `polling`: by requests on a timer, with back-off while they
   * fail. `stopped`: the server refuses for good. `idle`: nothing is displayed.
   */
  state: 'idle' | 'connecting' | 'streaming' | 'following' | 'polling' | 'offline' | 'stopped' | 'signed-out';
  /** Why the last update failed; null after one succeeded. */
  error: CreditsError | null;
}

/** Everything a view can know. Immutable: every change is a new object. */
export interface CreditsState {
  /** Whose state this is; null when signed out or not known yet. */
  account: string | null;
  /** Null until first known: never a fake 0. */
  confirmed: Confirmed | null;
  pending: readonly PendingOperation[];
  /** What rates have taken since `confirmed`, by the ledger's clock. It grows by itself while the page is looked at. */
  accrued: number;
  /** Wall-clock milliseconds of the last confirmation; 0 before the first. */
  confirmedAt: number;
  /** Nothing was confirmed for 45 s, whatever the number. */
  stale: boolean;
  /** A request for the balance is in flight. */
  fetching: boolean;
  connection: ConnectionState;
}

/** What a client knows before anything happened, and what a server renders. */
export const INITIAL_STATE: CreditsState = Object.freeze<CreditsState>({
  account: null,
  confirmed: null,
  pending: [],
  accrued: 0,
  confirmedAt: 0,
  stale: false,
  fetching: false,
  connection: { state: 'idle', error: null },
});

/**
 * The only definition of the displayed number: confirmed available, less what has accrued since, plus all pending deltas;
 * null while unknown. Never stored, and not clamped: {@link selectView} says what may be painted.
 */
export function selectShown({
  confirmed,
  pending,
  accrued,
}: Pick<CreditsState, 'confirmed' | 'pending' | 'accrued'>): number | null {
  return confirmed && pending.reduce((sum, { delta }) => sum + delta, confirmed.balance.available - accrued);
}

/** What may be painted, how far it can be trusted, and what the user can do about it. */
export interface CreditsView {
  /** Whole credits from 0 to 2^53−1; null while nothing is known. */
  shown: number | null;
  /**
   * The worst that is true. `error`: nothing is known, and the last request failed. `stale`: known, but not confirmed for
   * 45 s, or updates have stopped. `pending`: known, and an own operation is undecided.
   */
  status: 'loading' | 'known' | 'pending' | 'stale' | 'error' | 'signed-out';
  /** How updates arrive right now. `failing`: the last update failed, and retries go on. */
  freshness: 'live' | 'polling' | 'connecting' | 'failing' | 'stale' | 'offline' | 'stopped' | 'signed-out';
  /** Why updates fail; null where they do not, or while a single refusal is being checked. */
  error: CreditsError | null;
  /** A manual refresh can help: nothing is known, or updates have stopped. */
  canRetry: boolean;
}

/** The one place that decides what a display may say about a state. */
export function selectView(state: CreditsState): CreditsView {
  const { state: connection, error: reason } = state.connection;
  const freshness = selectFreshness(state);
  if (connection === 'signed-out') {
    return { shown: null, status: 'signed-out', freshness, error: reason, canRetry: reason !== null };
  }
  const sum = selectShown(state);
  // One refusal is not a sign-out yet: the client checks it once more before anybody should read about a failure.
  const error = reason?.code === 'unauthenticated' || connection === 'offline' ? null : reason;
  const isCut = connection === 'offline' || connection === 'stopped';
  if (sum === null) {
    const status = isCut || error !== null ? 'error' : 'loading';
    return { shown: null, status, freshness, error, canRetry: error !== null };
  }
  return {
    shown: Math.min(Math.max(sum, 0), CREDITS_MAX),
    status: isCut || state.stale ? 'stale' : state.pending.length > 0 ? 'pending' : 'known',
    freshness,
    error,
    canRetry: connection === 'stopped',
  };
}

function selectFreshness({ stale, connection: { state, error } }: CreditsState): CreditsView['freshness'] {
  if (state === 'signed-out' || state === 'offline' || state === 'stopped') return state;
  if (error !== null) return 'failing';
  if (stale) return 'stale';
  if (state === 'streaming' || state === 'following') return 'live';
  return state === 'polling' ? 'polling' : 'connecting';
}
