import type { Pool } from 'pg';
import { readClientAddress } from '../http/client-address.ts';
import { DashboardError } from '../http/failure.ts';
import { toNetwork } from '../http/rate-limit.ts';
import { hashPrivately, toMailbox } from './mailbox.ts';

/** What the operator asks of an account before it is paid. */
export interface PayoutRules {
  /** Its address has to be verified. */
  verifiedEmail: boolean;
  /** Between signing up and the first payout. */
  waitHours: number;
  /** Of the accounts that one address makes within a day, so many are paid; 0: all. */
  accountsPerAddress: number;
  /** A referral is paid for what the new user does on a later day than that of signing up. */
  referralLaterDay: boolean;
  /** Referrals of one referrer that are paid, in any 24 hours. */
  referralsPerDay: number;
}

/**
 * Whether an account may be paid for being here. Accounts that the operator made have no sign-up and no rule.
 *
 * Owns `dashboard_signups`: where an account came from, in a form that tells nobody.
 */
export interface Eligibility {
  recordSignup(user: { id: string; email: string }, headers: Headers | null): Promise<void>;
  /** Null, or why the account is not paid. */
  check(userId: string): Promise<Ineligible | null>;
  /** Whether two accounts were made from one address, where the operator limits these. */
  shareAddress(one: string, other: string): Promise<boolean>;
  /** Forgets the address of an account. Its mailbox stays: an older account of it may have been paid. */
  forget(userId: string): Promise<void>;
}

export interface Ineligible {
  /** A sentence for the person. */
  message: string;
  /** Milliseconds; null where waiting does not help. */
  opensAt: number | null;
  /** What the person can do about it now. */
  action: 'verify_email' | null;
}

export interface EligibilityOptions {
  pool: Pool;
  secret: string;
  rules: PayoutRules;
  /** Wall-clock milliseconds. */
  now: () => number;
}

interface Row {
  verified: boolean;
  created_at: Date | string | null;
  mailbox_before: string;
  address_before: string;
}

const HOUR_MS = 3_600_000;

export function createEligibility({ pool, secret, rules, now }: EligibilityOptions): Eligibility {
  return Object.freeze({
    async recordSignup({ id, email }: { id: string; email: string }, headers: Headers | null) {
      const address = headers === null ? null : readClientAddress(headers);
      await pool.query(
        `INSERT INTO dashboard_signups (user_id, address_key, mailbox_key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING`,
        [
          id,
          address === null ? null : hashPrivately(secret, toNetwork(address)),
          hashPrivately(secret, toMailbox(email)),
          new Date(now()).toISOString(),
        ],
      );
    },
    async check(userId: string) {
      const { rows } = await pool.query<Row>(
        `SELECT u."emailVerified" AS verified, s.created_at,
           (SELECT count(*) FROM dashboard_signups o WHERE o.mailbox_key = s.mailbox_key
              AND (o.created_at, o.user_id) < (s.created_at, s.user_id)) AS mailbox_before,
           (SELECT count(*) FROM dashboard_signups o WHERE o.address_key = s.address_key
              AND o.created_at > s.created_at - interval '1 day'
              AND (o.created_at, o.user_id) < (s.created_at, s.user_id)) AS address_before
         FROM "user" u JOIN dashboard_signups s ON s.user_id = u.id WHERE u.id = $1`,
        [userId],
      );
      return rows[0] === undefined ? null : judge(rows[0], rules, now());
    },
    async shareAddress(one: string, other: string) {
      if (rules.accountsPerAddress === 0) return false;
      const { rows } = await pool.query(
        `SELECT 1 FROM dashboard_signups a JOIN dashboard_signups b ON a.address_key = b.address_key
         WHERE a.user_id = $1 AND b.user_id = $2`,
        [one, other],
      );
      return rows.length > 0;
    },
    async forget(userId: string) {
      await pool.query(`UPDATE dashboard_signups SET address_key = NULL WHERE user_id = $1`, [userId]);
    },
  });
}

/** @throws {DashboardError} `not_eligible` */
export function assertEligible(ineligible: Ineligible | null): void {
  if (ineligible === null) return;
  const { message, opensAt } = ineligible;
  const opens = opensAt === null ? '' : ` This one earns from ${new Date(opensAt).toISOString()} on.`;
  throw new DashboardError('not_eligible', message + opens);
}

function judge(row: Row, rules: PayoutRules, at: number): Ineligible | null {
  if (rules.verifiedEmail && !row.verified) {
    return {
      message: 'Verify your e-mail address first: the link is in your mailbox.',
      opensAt: null,
      action: 'verify_email',
    };
  }
  if (Number(row.mailbox_before) > 0) {
    return { message: 'An older account has the same mailbox. Only that one earns.', opensAt: null, action: null };
  }
  if (rules.accountsPerAddress > 0 && Number(row.address_before) >= rules.accountsPerAddress) {
    return {
      message: 'Too many accounts were made where this one was made. It earns nothing.',
      opensAt: null,
      action: null,
    };
  }
  // Without a wait the clock is not asked: the instance that made the account may be ahead of this one.
  if (rules.waitHours === 0 || row.created_at === null) return null;
  const opensAt = new Date(row.created_at).getTime() + rules.waitHours * HOUR_MS;
  if (opensAt <= at) return null;
  const hours = rules.waitHours === 1 ? 'hour' : `${rules.waitHours} hours`;
  return { message: `New accounts earn nothing in their first ${hours}.`, opensAt, action: null };
}
