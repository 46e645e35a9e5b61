import { CREDITS_MAX } from '../../contract/amount.ts';
import { CreditsError } from '../../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../../contract/snapshot.ts';

/** What a response of any route says about the balance. */
export interface BalanceResponse {
  snapshot?: Snapshot;
  /** `data.new_balance` or `user.coins`: both mean `available`. The whole part, from 0 up, of what is a number. */
  available?: number;
  /** Whose `user` it was, when it says so. */
  account?: string;
  /** The response says `success: false`, whatever its status. */
  isRefused: boolean;
  /**
   * What is wrong with what it says about the balance: `protocol` for a snapshot that cannot be read, `invalid_request` for
   * a bare balance that is not a whole number from 0 up, also where `available` is its whole part.
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
  const bare = balance === undefined ? coins : balance;
  try {
    if (snapshot !== undefined && snapshot !== null) read.snapshot = parseSnapshot(snapshot);
    const whole = toWhole(bare);
    if (whole !== undefined) read.available = whole;
    if (bare !== whole) {
      const name = balance === undefined ? 'user.coins' : 'data.new_balance';
      throw new CreditsError('invalid_request', `${name} must be a whole number from 0 to ${CREDITS_MAX}.`);
    }
  } catch (error) {
    read.error = error as CreditsError; // nothing else is thrown there
  }
  return read;
}

/** The whole credits of what a host without a ledger calls a balance; undefined for anything but a number. */
function toWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number <= CREDITS_MAX ? Math.max(0, Math.trunc(number)) : undefined;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
