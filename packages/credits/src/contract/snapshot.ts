import { CreditsError, isErrorCode, type CreditsErrorCode } from './error.ts';
import type { Balance } from './balance.ts';

/**
 * The state of one account at one version: what every frame, read and command answer carries.
 *
 * Two snapshots of one account with the same epoch and version are equal in `balance`. `applied` names **every**
 * operation that the account itself asked for and that was committed in `(from, version]`; where that list would be too
 * long, `from` moves up to where it is complete. Operations that were asked about by id are listed whatever their version.
 */
export interface Snapshot {
  /** Whose state this is; a client drops what is not its own (account fence). */
  account: string;
  /** Names one generation of the database. Another epoch means that it was restored or recreated, and versions start afresh. */
  epoch: string;
  /** Gapless counter of the account: +1 for each entry. */
  version: number;
  balance: Balance;
  /** `applied` is complete for the versions after this one. */
  from: number;
  applied: string[];
  /** Operations that can never be applied any more. Only ever answers to a question by id. */
  rejected?: { id: string; code: CreditsErrorCode }[];
}

/**
 * Reads a snapshot that came over a wire.
 *
 * @throws {CreditsError} `protocol` — a field is missing or not of its kind, or the balance does not add up.
 */
export function parseSnapshot(value: unknown): Snapshot {
  const s = value as Snapshot;
  const whole = Number.isSafeInteger;
  const valid =
    typeof s === 'object' &&
    s !== null &&
    typeof s.account === 'string' &&
    typeof s.epoch === 'string' &&
    whole(s.version) &&
    s.version >= 0 &&
    whole(s.from) &&
    s.from >= 0 &&
    s.from <= s.version &&
    typeof s.balance === 'object' &&
    s.balance !== null &&
    whole(s.balance.posted) &&
    whole(s.balance.held) &&
    s.balance.held >= 0 &&
    whole(s.balance.available) &&
    s.balance.available === s.balance.posted - s.balance.held &&
    Array.isArray(s.applied) &&
    s.applied.every((id) => typeof id === 'string') &&
    (s.rejected === undefined ||
      (Array.isArray(s.rejected) && s.rejected.every((r) => typeof r?.id === 'string' && isErrorCode(r.code))));
  if (!valid) throw new CreditsError('protocol', 'The server sent a snapshot that we cannot read.');
  return s;
}
