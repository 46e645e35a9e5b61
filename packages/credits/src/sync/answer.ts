import { parseBalanceAmount } from '../contract/amount.ts';
import type { CreditsError } from '../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';

/** What an answer of any route says about the balance. */
export interface Answer {
  snapshot?: Snapshot;
  /** `data.new_balance` or `user.coins`: both mean `available`. */
  available?: number;
  /** Whose `user` it was, when it says so. */
  account?: string;
  /** The answer says `success: false`, whatever its status. */
  refused: boolean;
  /**
   * Why what it says of the balance cannot be read: `protocol` for a snapshot, `invalid_request` for a bare balance that is
   * not a whole number from 0 up. What else the answer says still holds.
   */
  error?: CreditsError;
}

/**
 * Reads what a route answered: `snapshot`, else `data.new_balance`, else `user.coins`. An answer that says nothing of a
 * balance is fine. Never throws.
 */
export function readAnswer(body: unknown): Answer {
  const { snapshot, data, user, success } = toRecord(body);
  const answer: Answer = { refused: success === false };
  const { id, coins } = toRecord(user);
  if (typeof id === 'string' || typeof id === 'number') answer.account = String(id);
  const balance = toRecord(data)['new_balance'];
  try {
    if (snapshot !== undefined && snapshot !== null) answer.snapshot = parseSnapshot(snapshot);
    if (balance !== undefined) answer.available = parseBalanceAmount(balance, 'data.new_balance');
    else if (coins !== undefined) answer.available = parseBalanceAmount(coins, 'user.coins');
  } catch (error) {
    answer.error = error as CreditsError; // nothing else is thrown there
  }
  return answer;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
