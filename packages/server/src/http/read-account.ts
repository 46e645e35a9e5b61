import { strict as assert } from 'node:assert';

/**
 * Takes the account out of what the host's resolver answered.
 *
 * The resolver is the host's code, and its mistakes are the dangerous kind: an object where an id should be, or a house
 * account. Both are bugs of the host and stop the request; neither is ever asked of the ledger.
 */
export function readAccount(identity: { account: unknown }): string {
  const { account } = identity;
  assert(typeof account === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(account), 'identify must name an account id.');
  assert(!account.startsWith('house:'), 'identify must not name a house account.');
  return account;
}
