import { strict as assert } from 'node:assert';
import { ACCOUNT_ID_PATTERN } from 'realtime-credits/contract';

/**
 * Takes the account out of what the host's `identify` returned.
 *
 * That is the host's code, and its mistakes are dangerous: an object where an id should be, or a system account. Both are
 * bugs of the host and end the request; neither reaches the ledger. The message names the id and the rule.
 */
export function readAccount(identity: { account: unknown }): string {
  const { account } = identity;
  const shown = typeof account === 'string' ? JSON.stringify(account.slice(0, 140)) : typeof account;
  assert(
    typeof account === 'string' && ACCOUNT_ID_PATTERN.test(account),
    `identify must return an account id of 1 to 128 characters A-Z a-z 0-9 _ . : - | @ + ~ =: got ${shown}.`,
  );
  assert(!account.startsWith('system:'), `identify must not return a system account: got ${shown}.`);
  return account;
}
