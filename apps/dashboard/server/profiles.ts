import type { Pool } from 'pg';
import { GroupedReads } from 'realtime-credits-server';
import { generateCode } from './codes/code-text.ts';

/** What the dashboard keeps of a person beside the account of better-auth. */
export interface Profile {
  firstName: string;
  lastName: string;
  referralCode: string;
  /** Credits that their referrals have paid them so far. */
  referralEarnings: number;
  /** Whether they are told by e-mail when their credits run low. */
  balanceMessages: boolean;
  /** When they last chose another user name, as an ISO instant; null: never. */
  namedAt: string | null;
}

export interface Profiles {
  /** The profile of a user, made on first touch. */
  read(userId: string): Promise<Profile>;
  /** Changes what is given. */
  update(userId: string, change: ProfileChange): Promise<Profile>;
  /** Forgets the names of a person. */
  forget(userId: string): Promise<void>;
  /** Whose referral code this is; null when nobody's. */
  findByReferralCode(code: string): Promise<string | null>;
}

export interface ProfileChange {
  firstName?: string | undefined;
  lastName?: string | undefined;
  balanceMessages?: boolean | undefined;
}

const CODE_LENGTH = 8;
const COLUMNS = `first_name, last_name, referral_code, balance_messages, named_at,
  (SELECT coalesce(sum(amount), 0) FROM dashboard_payouts p
    WHERE p.user_id = dashboard_profiles.user_id AND p.kind = 'referral') AS earned`;

interface ProfileRow {
  first_name: string;
  last_name: string;
  referral_code: string;
  balance_messages: boolean;
  named_at: Date | string | null;
  earned: string;
}

export function createProfiles(pool: Pool): Profiles {
  const found = new GroupedReads(async (userIds: readonly string[]) => {
    const { rows } = await pool.query<ProfileRow & { user_id: string }>(
      `SELECT user_id, ${COLUMNS} FROM dashboard_profiles WHERE user_id = ANY($1)`,
      [userIds],
    );
    const byUser = new Map(rows.map((row) => [row.user_id, toProfile(row)]));
    return userIds.map((userId) => byUser.get(userId) ?? null);
  });

  async function read(userId: string): Promise<Profile> {
    // A code that is taken already (about once in 10^12) conflicts like a row made by another request: look again.
    for (;;) {
      const known = await found.read(userId);
      if (known !== null) return known;
      await pool.query(
        `INSERT INTO dashboard_profiles (user_id, referral_code) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        [userId, generateCode(CODE_LENGTH)],
      );
    }
  }

  async function update(userId: string, change: ProfileChange): Promise<Profile> {
    await read(userId);
    const { rows } = await pool.query<ProfileRow>(
      `UPDATE dashboard_profiles SET first_name = coalesce($2, first_name), last_name = coalesce($3, last_name),
         balance_messages = coalesce($4, balance_messages)
       WHERE user_id = $1 RETURNING ${COLUMNS}`,
      [userId, change.firstName ?? null, change.lastName ?? null, change.balanceMessages ?? null],
    );
    return rows[0] === undefined ? read(userId) : toProfile(rows[0]);
  }

  async function findByReferralCode(code: string): Promise<string | null> {
    const { rows } = await pool.query<{ user_id: string }>(
      `SELECT user_id FROM dashboard_profiles WHERE referral_code = $1`,
      [code.toUpperCase()],
    );
    return rows[0]?.user_id ?? null;
  }

  async function forget(userId: string): Promise<void> {
    await pool.query(`UPDATE dashboard_profiles SET first_name = '', last_name = '' WHERE user_id = $1`, [userId]);
  }

  return Object.freeze({ read, update, forget, findByReferralCode });
}

function toProfile(row: ProfileRow): Profile {
  return {
    firstName: row.first_name,
    lastName: row.last_name,
    referralCode: row.referral_code,
    referralEarnings: Number(row.earned),
    balanceMessages: row.balance_messages,
    namedAt: row.named_at === null ? null : new Date(row.named_at).toISOString(),
  };
}
