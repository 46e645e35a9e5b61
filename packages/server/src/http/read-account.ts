import { strict as assert } from 'node:assert';
import { isUserAccount } from '../ledger/rules/parse.ts';

/**
 * Reads the account from what the host's `identify` returned.
 *
 * `identify` is the host's code. An object instead of an id, or a system account, is a bug there: it stops the request
 * and never reaches the ledger.
 */
export function readAccount(identity: { account: unknown }): string {
  const { account } = identity;
  assert(isUserAccount(account), 'identify must name the id of a user account.');
  return account;
}
