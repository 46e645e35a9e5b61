import type { Pool } from 'pg';
import type { ReferralFunnel } from '../../lib/admin-api.ts';
import type { ReferralsAnswer } from '../../lib/api.ts';
import type { Day } from '../daily/day.ts';
import { SHOWN_NAME } from '../names.ts';
import type { Eligibility, PayoutRules } from '../payouts/eligibility.ts';
import { hashPrivately, toMailbox } from '../payouts/mailbox.ts';
import type { Rewards } from '../payouts/rewards.ts';
import type { Profiles } from '../profiles.ts';

/**
 * Referrals: who brought whom, what it earns, and when it may be claimed.
 *
 * A sign-up earns its reward with the new user's **first daily claim**, or the first on a later day: an address that
 * nobody ever comes back to is worth nothing. Each referred person counts once, by their mailbox, even when the account is
 * made again; the same mailbox as the referrer's does not count at all. A click counts once per visitor; both are capped
 * per day.
 */
export interface Referrals {
  /** Notes a visit by a referral link. Returns whether the code is somebody's, and so worth remembering. */
  recordClick(code: string, visitor: { address: string; userId: string | null }): Promise<boolean>;
  /** Notes that a new user came by a referral link. */
  recordSignup(user: { id: string; email: string }, code: string): Promise<void>;
  /** The referred user made their first daily claim: their referrer's reward opens. */
  qualify(userId: string): Promise<void>;
  /** What the referrals page shows. */
  read(userId: string): Promise<ReferralsAnswer['data']>;
  /** Of everybody, from a day and the instant at which it begins. */
  readFunnel(from: { day: string; instant: string }): Promise<ReferralFunnel>;
}

/** Per referrer and day; more are counted, and earn nothing. The operator says how many sign-ups. */
export const REWARDED_CLICKS_PER_DAY_MAX = 10;

/** Bounds what one link can write per day, rewarded or not. */
const CLICKS_PER_DAY_MAX = 1_000;
const SIGNUPS_SHOWN_MAX = 100;

export interface ReferralsOptions {
  pool: Pool;
  profiles: Profiles;
  /** Makes visitors' addresses unreadable. */
  secret: string;
  day: Day;
  /** Wall-clock milliseconds. */
  now: () => number;
  /** The origin of the links. */
  publicUrl: string;
  rules: Pick<PayoutRules, 'referralLaterDay' | 'referralsPerDay'>;
  eligibility: Pick<Eligibility, 'shareAddress'>;
  rewards: Pick<Rewards, 'read'>;
}

export function createReferrals(options: ReferralsOptions): Referrals {
  const { pool, profiles, secret, day, now, publicUrl, rules, eligibility, rewards } = options;

  async function recordClick(code: string, visitor: { address: string; userId: string | null }): Promise<boolean> {
    const referrerId = await profiles.findByReferralCode(code);
    if (referrerId === null || referrerId === visitor.userId) return false;
    const { click } = await rewards.read();
    await pool.query(
      `INSERT INTO dashboard_referral_clicks (referrer_id, visitor, day, reward)
       SELECT $1, $2, $3, CASE WHEN count(*) FILTER (WHERE reward > 0) < ${REWARDED_CLICKS_PER_DAY_MAX} THEN $4::bigint ELSE 0 END
       FROM dashboard_referral_clicks WHERE referrer_id = $1 AND day = $3
       HAVING count(*) < ${CLICKS_PER_DAY_MAX}
       ON CONFLICT DO NOTHING`,
      [referrerId, hashPrivately(secret, visitor.address), day.of(now()), click],
    );
    return true;
  }

  async function recordSignup(user: { id: string; email: string }, code: string): Promise<void> {
    const referrerId = await profiles.findByReferralCode(code);
    if (referrerId === null || referrerId === user.id) return;
    const { rows } = await pool.query<{ email: string }>(`SELECT email FROM "user" WHERE id = $1`, [referrerId]);
    const referrer = rows[0];
    if (referrer === undefined || toMailbox(referrer.email) === toMailbox(user.email)) return;
    const reward = (await eligibility.shareAddress(user.id, referrerId)) ? 0 : (await rewards.read()).signup;
    await pool.query(
      `INSERT INTO dashboard_referral_signups (referred_id, referrer_id, email_key, reward, created_at)
       SELECT $1, $2, $3, CASE WHEN count(*) FILTER (WHERE reward > 0) < $6 THEN $4::bigint ELSE 0 END, $5::timestamptz
       FROM dashboard_referral_signups WHERE referrer_id = $2 AND created_at > $5::timestamptz - interval '1 day'
       ON CONFLICT DO NOTHING`,
      [
        user.id,
        referrerId,
        hashPrivately(secret, toMailbox(user.email)),
        reward,
        new Date(now()).toISOString(),
        rules.referralsPerDay,
      ],
    );
  }

  async function qualify(userId: string): Promise<void> {
    if (rules.referralLaterDay) {
      const { rows } = await pool.query<{ created_at: Date | string }>(
        `SELECT created_at FROM dashboard_referral_signups WHERE referred_id = $1 AND qualified_at IS NULL`,
        [userId],
      );
      if (rows[0] === undefined || day.of(new Date(rows[0].created_at).getTime()) === day.of(now())) return;
    }
    await pool.query(
      `UPDATE dashboard_referral_signups SET qualified_at = $2 WHERE referred_id = $1 AND qualified_at IS NULL`,
      [userId, new Date(now()).toISOString()],
    );
  }

  async function read(userId: string): Promise<ReferralsAnswer['data']> {
    const [profile, clicks, signups, open, { signup, click }] = await Promise.all([
      profiles.read(userId),
      pool.query<{ clicks: string; open: string }>(
        `SELECT count(*) AS clicks, coalesce(sum(reward) FILTER (WHERE claimed_by IS NULL), 0) AS open
         FROM dashboard_referral_clicks WHERE referrer_id = $1`,
        [userId],
      ),
      pool.query<{ username: string; created_at: Date | string; reward: string; claimed: boolean }>(
        `SELECT ${SHOWN_NAME} AS username, s.created_at, s.reward,
                s.claimed_by IS NOT NULL AS claimed
         FROM dashboard_referral_signups s JOIN "user" u ON u.id = s.referred_id
         WHERE s.referrer_id = $1 ORDER BY s.created_at DESC LIMIT ${SIGNUPS_SHOWN_MAX}`,
        [userId],
      ),
      pool.query<{ open: string }>(
        `SELECT coalesce(sum(reward), 0) AS open FROM dashboard_referral_signups
         WHERE referrer_id = $1 AND claimed_by IS NULL AND qualified_at IS NOT NULL`,
        [userId],
      ),
      rewards.read(),
    ]);
    const claimableClicks = Number(clicks.rows[0]?.open ?? 0);
    const claimableSignups = Number(open.rows[0]?.open ?? 0);
    return {
      code: profile.referralCode,
      link: `${publicUrl}/sign-up?ref=${profile.referralCode}`,
      reward_per_signup: signup,
      reward_per_click: click,
      clicks: Number(clicks.rows[0]?.clicks ?? 0),
      signups: signups.rows.map((row) => ({
        username: row.username,
        created_at: new Date(row.created_at).toISOString(),
        reward: Number(row.reward),
        claimed: row.claimed,
      })),
      claimable: { clicks: claimableClicks, signups: claimableSignups, total: claimableClicks + claimableSignups },
      total_earned: profile.referralEarnings,
    };
  }

  async function readFunnel({ day: firstDay, instant }: { day: string; instant: string }): Promise<ReferralFunnel> {
    const [clicks, signups] = await Promise.all([
      pool.query<{ opened: string }>(`SELECT count(*) AS opened FROM dashboard_referral_clicks WHERE day >= $1`, [
        firstDay,
      ]),
      pool.query<Record<Exclude<keyof ReferralFunnel, 'opened'>, string>>(
        `SELECT count(*) AS signed_up, count(qualified_at) AS returned, count(claimed_by) AS paid,
           coalesce(sum(reward) FILTER (WHERE claimed_by IS NOT NULL), 0) AS amount
         FROM dashboard_referral_signups WHERE created_at >= $1`,
        [instant],
      ),
    ]);
    const [row] = signups.rows;
    return {
      opened: Number(clicks.rows[0]?.opened ?? 0),
      signed_up: Number(row?.signed_up ?? 0),
      returned: Number(row?.returned ?? 0),
      paid: Number(row?.paid ?? 0),
      amount: Number(row?.amount ?? 0),
    };
  }

  return Object.freeze({ recordClick, recordSignup, qualify, read, readFunnel });
}
