import { parseBalanceAmount } from '../../contract/amount.ts';
import type { CreditsError } from '../../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../../contract/snapshot.ts';

/** What a response of any route says about the balance. */
export interface BalanceResponse {
  snapshot?: Snapshot;
  /** `data.new_balance` or `user.coins`: both mean `available`. */
  available?: number;
  /** Whose `user` it was, when it says so. */
  account?: string;
  /** The response says `success: false`, whatever its status. */
  isRefused: boolean;
  /**
   * Why what it says about the balance cannot be read: `protocol` for a snapshot, `invalid_request` for a bare balance that
   * is not a whole number from 0 up. What else the response says still holds.
   */
  error?: CreditsError;
}

/**
 * Reads the body of a response: `snapshot`, else `data.new_balance`, else `user.coins`. A body without any balance is
 * fine. Never throws.
 */
export function readBalanceResponse(body: unknown): BalanceResponse {
  const { snapshot, data, user, success } = toRecord(body);
  const read: BalanceResponse = { isRefused: success === false };
  const { id, coins } = toRecord(user);
  if (typeof id === 'string' || typeof id === 'number') read.account = String(id);
  const balance = toRecord(data)['new_balance'];
  try {
    if (snapshot !== undefined && snapshot !== null) read.snapshot = parseSnapshot(snapshot);
    if (balance !== undefined) read.available = parseBalanceAmount(balance, 'data.new_balance');
    else if (coins !== undefined) read.available = parseBalanceAmount(coins, 'user.coins');
  } catch (error) {
    read.error = error as CreditsError; // nothing else is thrown there
  }
  return read;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
