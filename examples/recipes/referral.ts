import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { repeatWhole } from './repeat-whole.ts';

/**
 * Pays both sides of a referral, or neither. Each newcomer is referred once, by whomever; repeated, it pays nothing more.
 *
 * Call it when the newcomer has done something that takes effort: sign-ups alone can be farmed.
 *
 * @throws {CreditsError} `already_claimed` — somebody else referred them; `invalid_request` — themselves
 */
export async function payReferral(
  ledger: Ledger,
  { referrer, newcomer }: { referrer: string; newcomer: string },
): Promise<void> {
  if (referrer === newcomer) throw new CreditsError('invalid_request', `${newcomer} cannot refer themselves.`);
  const pair = `${referrer}>${newcomer}`; // no id of an account has that character in it
  const by = { actor: 'system:referrals', metadata: { referrer, newcomer } };
  await repeatWhole(() =>
    ledger.transaction(async ({ client, ledger: joined }) => {
      // One referral at a time: two that cross would lock their accounts in opposite orders, and wait for each other.
      await client.query(`SELECT pg_advisory_xact_lock(hashtext('referrals'))`);
      await joined.openAccount(referrer);
      await joined.openAccount(newcomer);
      const welcome = { account: newcomer, amount: 50, reason: 'Welcome: you were invited', once: 'referred' };
      await joined.grant({ ...by, ...welcome, idempotencyKey: `welcome:${pair}` });
      const reward = { account: referrer, amount: 100, reason: 'Referral reward', once: `referral:${newcomer}` };
      await joined.grant({ ...by, ...reward, idempotencyKey: `reward:${pair}` });
    }),
  );
}
