import { selectShown, type CreditsState } from '../sync/number/view.ts';

/**
 * What an element says of its number. `pending`: an own operation is under way. `stale`: nothing was confirmed for 45 s, or
 * nothing will be for now. `error`: nothing is known, and the last question failed.
 */
export type BalanceState = 'loading' | 'known' | 'pending' | 'stale' | 'error' | 'signed-out';

/** Everything that an element paints, worked out once. */
export interface BalanceView {
  state: BalanceState;
  /** Null while nothing is known. Never below 0: a number that is painted, not one to reckon with. */
  shown: number | null;
  /** Beside the number, in English; a host writes its own words into the slot that is named after the state. */
  word: string;
  /** Asking again by hand is of use: nothing is known, or the follower has stopped asking by itself. */
  retryable: boolean;
}

/**
 * Says in one word how far the number may be trusted. A failure alone does not make a number old: the next question may
 * be answered, and S10 counts from the last confirmation.
 */
export function toBalanceView(credits: CreditsState): BalanceView {
  const { connection } = credits;
  const sum = selectShown(credits);
  const shown = sum === null ? null : Math.max(0, sum);
  const isCut = connection.state === 'offline' || connection.state === 'stopped';
  const { code } = connection.error ?? {};
  // One refusal is no sign-out yet: the follower asks once more, and whoever waits for that should not read of a failure.
  const isDenied = code === 'unauthenticated' || code === 'forbidden';
  const isFailing = code !== undefined && !isDenied && connection.state !== 'offline';
  if (connection.state === 'signed-out') {
    return { state: 'signed-out', shown: null, word: 'signed out', retryable: false };
  }
  if (shown === null) {
    return isCut || isFailing
      ? { state: 'error', shown, word: isFailing ? 'unavailable' : 'offline', retryable: isFailing }
      : { state: 'loading', shown, word: 'loading', retryable: false };
  }
  if (isCut || credits.stale) {
    const word = connection.state === 'offline' ? 'offline' : 'not up to date';
    return { state: 'stale', shown, word, retryable: connection.state === 'stopped' };
  }
  return credits.pending.length > 0
    ? { state: 'pending', shown, word: 'pending', retryable: false }
    : { state: 'known', shown, word: '', retryable: false };
}

/**
 * Whether a change is worth reading aloud: an own operation has come to its end, or the number can be trusted less or
 * again. Changes from elsewhere are not: a balance that talks all day is worse than a silent one.
 */
export function isWorthSaying(before: CreditsState, after: CreditsState): boolean {
  if (before.account !== null && after.account !== null && before.account !== after.account) return false;
  const trust = [toBalanceView(before).state, toBalanceView(after).state].map((state) =>
    state === 'pending' || state === 'loading' ? 'known' : state,
  );
  if (trust[0] !== trust[1]) return true;
  return before.pending.some(({ id }) => after.pending.every((operation) => operation.id !== id));
}
