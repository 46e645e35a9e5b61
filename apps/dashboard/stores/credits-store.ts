import { create } from 'zustand';
import { parseAmount, parseBalanceAmount } from 'realtime-credits';
import { createCreditsClient, selectView, type CreditsState } from 'realtime-credits/client';
import { createPredictions, type OperationHandle } from 'realtime-credits/compat';
import { useAuthStore } from '@/stores/user-store';

/**
 * The credits of the signed-in user, as the host's components read them.
 *
 * A projection: the one owner of the number is `creditsClient` (confirmed balance + own pending operations); nothing
 * here is remembered, restored or added up. Needs no provider, starts nothing on a server, and polls or streams only
 * while someone is signed in and something is displayed (or `startPolling` was called).
 */
export interface CreditsStore {
  /** The number to paint, in whole credits: finite, never below 0. 0 while unknown: see `lastFetch`. */
  credits: number;
  /** The balance is being asked for. */
  isLoading: boolean;
  /** Why the last update failed; null once one succeeded. `credits` stays what was last known. */
  error: string | null;
  /** Updates arrive on their own: over the stream, from another tab, or every 30 seconds. */
  isPolling: boolean;
  /** Wall-clock milliseconds of the last confirmation; 0 means that the balance is not known yet. */
  lastFetch: number;
  /** Asks the server. Within 5 seconds of the last request it becomes one trailing request, never dropped. */
  fetchCredits(): Promise<void>;
  /**
   * Predicts that the balance is about to be exactly this, and verifies it.
   *
   * @throws {CreditsError} `invalid_request` — not a whole number of credits from 0 up.
   */
  updateCredits(amount: number, reason?: string): OperationHandle | null;
  /**
   * Predicts what a server call is about to add, or takes an earlier `subtractCredits` of the same amount back.
   *
   * @throws {CreditsError} `invalid_request` — not a whole number of credits from 1 up.
   */
  addCredits(amount: number, reason?: string): OperationHandle;
  /**
   * Predicts what a server call is about to take.
   *
   * @throws {CreditsError} `invalid_request` — not a whole number of credits from 1 up.
   */
  subtractCredits(amount: number, reason?: string): OperationHandle;
  /** For hosts that load something themselves: shown until the client's next update. */
  setLoading(isLoading: boolean): void;
  /** For hosts that failed themselves: shown until the client's next update. */
  setError(error: string | null): void;
  startPolling(): void;
  /** Takes `startPolling` back. Displays follow the balance by themselves, so this never silences one. */
  stopPolling(): void;
}

/**
 * The one client of the balance on this page. Without a ledger behind it, `/api/user/me` is all that it needs; a host that
 * has no such route is asked at `/api/credits`.
 */
export const creditsClient = createCreditsClient({
  balanceUrl: '/api/user/me',
  onWarning: (message) => console.warn(message),
});

/** What the documented calls around a plain `fetch` predict. */
export const creditsPredictions = createPredictions(creditsClient);

let stopFollowing: (() => void) | null = null;

export const useCreditsStore = create<CreditsStore>()((set) => ({
  ...project(creditsClient.getState()),

  fetchCredits: () => creditsClient.refresh(),

  updateCredits: (amount, reason) => creditsPredictions.predict(parseBalanceAmount(amount, 'credits'), reason),

  addCredits: (amount, reason) => creditsPredictions.open(parseAmount(amount), reason),

  subtractCredits: (amount, reason) => creditsPredictions.open(-parseAmount(amount), reason),

  setLoading: (isLoading) => set({ isLoading }),

  setError: (error) => set({ error }),

  startPolling: () => {
    stopFollowing ??= creditsClient.start();
  },

  stopPolling: () => {
    stopFollowing?.();
    stopFollowing = null;
  },
}));

type Projection = Pick<CreditsStore, 'credits' | 'isLoading' | 'error' | 'isPolling' | 'lastFetch'>;

function project(state: CreditsState): Projection {
  const { state: connection, error } = state.connection;
  return {
    credits: selectView(state).shown ?? 0,
    isLoading: state.fetching,
    error: error?.message ?? null,
    isPolling:
      connection === 'connecting' ||
      connection === 'streaming' ||
      connection === 'following' ||
      connection === 'polling',
    lastFetch: state.confirmed === null ? 0 : state.confirmedAt,
  };
}

type Auth = ReturnType<typeof useAuthStore.getState>;

/** Hosts number their users or name them: the account is the same words either way. */
function accountOf({ isAuthenticated, currentUser }: Auth): string | null {
  return isAuthenticated && currentUser !== null ? String(currentUser.id) : null;
}

/** Ties the projection to the client, and the client to the signed-in user, both ways. */
function connect(): void {
  let written: Pick<CreditsState, 'confirmed' | 'confirmedAt'> = creditsClient.getState();

  creditsClient.subscribe((state) => {
    useCreditsStore.setState(project(state));
    if (
      state.confirmed === null ||
      (state.confirmed === written.confirmed && state.confirmedAt === written.confirmedAt)
    ) {
      return;
    }
    written = state;
    const auth = useAuthStore.getState();
    const coins = state.confirmed.balance.available;
    if (accountOf(auth) === state.account && auth.currentUser?.coins !== coins) auth.updateUserData({ coins });
  });

  useAuthStore.subscribe((auth, before) => {
    const account = accountOf(auth);
    const { account: followed, connection, confirmed } = creditsClient.getState();
    // The same user after an expired session is a new sign-in too.
    const signedInAgain = connection.state === 'signed-out' && auth.currentUser !== before.currentUser;
    if (account !== followed || (account !== null && signedInAgain)) {
      creditsClient.setAccount(account);
    } else if (
      // What is confirmed already is our own echo, or needs no verification.
      auth.currentUser !== null &&
      auth.currentUser.coins !== before.currentUser?.coins &&
      // Some hosts keep fractions, or less than nothing: the whole part is what is displayed.
      Math.max(0, Math.trunc(auth.currentUser.coins)) !== confirmed?.balance.available
    ) {
      creditsClient.hint();
    }
  });

  // A persisted session is there before anyone can subscribe, and no change announces it.
  creditsClient.setAccount(accountOf(useAuthStore.getState()));
}

if (typeof window !== 'undefined') connect();
