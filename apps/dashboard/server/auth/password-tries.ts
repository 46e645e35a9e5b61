import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { createCounter, toNetwork, toRateLimited, type LimitStore } from '../http/rate-limit.ts';

/**
 * Bounds the guessing of one account's password, from however many addresses: after some wrong ones each further try has
 * to wait, twice as long each time.
 *
 * Addresses from which the account is signed in have a count of their own, or strangers could lock its owner out.
 */
export interface PasswordTries {
  /**
   * Runs one try, and counts it where the password was wrong.
   *
   * @param attempt - Resolves to whether the password was right.
   * @throws {CreditsError} `rate_limited`, before the attempt
   */
  guard<Result>(
    who: { email: string; address: string | null },
    attempt: () => Promise<{ right: boolean; result: Result }>,
  ): Promise<Result>;
}

/** Wrong passwords that cost no time. */
export const FREE_TRIES = 10;
const FIRST_WAIT_SECONDS = 15;
const WAIT_SECONDS_MAX = 15 * 60;
/** How long wrong passwords are remembered after the last one. */
const MEMORY_SECONDS = 24 * 3600;

export function createPasswordTries(pool: Pool, store: LimitStore): PasswordTries {
  const tries = createCounter(store, {
    id: 'password-tries',
    points: Number.MAX_SAFE_INTEGER,
    seconds: MEMORY_SECONDS,
  });
  const gate = createCounter(store, { id: 'password-gate', points: 1, seconds: FIRST_WAIT_SECONDS });

  async function isKnown(email: string, address: string): Promise<boolean> {
    const { rows } = await pool.query(
      `SELECT 1 FROM "session" s JOIN "user" u ON u.id = s."userId"
       WHERE u.email = $1 AND s."ipAddress" = $2 AND s."expiresAt" > now() LIMIT 1`,
      [email, toNetwork(address)],
    );
    return rows.length > 0;
  }

  async function toKey(email: string, address: string | null): Promise<string> {
    const account = email.trim().toLowerCase();
    const place = address !== null && (await isKnown(account, address)) ? toNetwork(address) : '';
    // Whatever was typed into the field; nobody reads it here again.
    return createHash('sha256').update(`${account} ${place}`).digest('base64url');
  }

  return Object.freeze({
    async guard<Result>(
      { email, address }: { email: string; address: string | null },
      attempt: () => Promise<{ right: boolean; result: Result }>,
    ) {
      const key = await toKey(email, address);
      // Counted before it runs: many at once are as many as one after the other.
      const { consumedPoints } = await tries.penalty(key);
      const beyond = consumedPoints - FREE_TRIES;
      if (beyond > 0) {
        const seconds = Math.min(WAIT_SECONDS_MAX, FIRST_WAIT_SECONDS * 2 ** Math.min(beyond - 1, 10));
        try {
          await gate.consume(key, 1, { customDuration: seconds });
        } catch (refusal) {
          // A refused try was none.
          await tries.reward(key);
          throw toRateLimited(refusal, 'There were too many wrong passwords for this account.');
        }
      }
      const { right, result } = await attempt();
      if (right) await Promise.all([tries.delete(key), gate.delete(key)]);
      return result;
    },
  });
}
