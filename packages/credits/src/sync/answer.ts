import { parseBalanceAmount } from '../contract/amount.ts';
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
}

/**
 * Reads what a route answered: `snapshot`, else `data.new_balance`, else `user.coins`. An answer that says nothing of a
 * balance is fine.
 *
 * @throws {CreditsError} `invalid_request` — a balance that is not a whole number from 0 up.
 * @throws {CreditsError} `protocol` — a snapshot that cannot be read.
 */
export function readAnswer(body: unknown): Answer {
  const { snapshot, data, user, success } = toRecord(body);
  const answer: Answer = { refused: success === false };
  const { id, coins } = toRecord(user);
  if (typeof id === 'string' || typeof id === 'number') answer.account = String(id);
  if (snapshot !== undefined && snapshot !== null) answer.snapshot = parseSnapshot(snapshot);
  const balance = toRecord(data)['new_balance'];
  if (balance !== undefined) answer.available = parseBalanceAmount(balance, 'data.new_balance');
  else if (coins !== undefined) answer.available = parseBalanceAmount(coins, 'user.coins');
  return answer;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
