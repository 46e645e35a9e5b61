import type { Pool } from 'pg';
import type { Ledger } from 'realtime-credits-server';
import type { Audit, AuditAction } from '../administration/audit.ts';
import { DashboardError } from '../http/failure.ts';
import { isUniqueViolation } from '../payouts/payouts.ts';
import type { Profiles } from '../profiles.ts';

/**
 * User names that people choose themselves. What was is stored with accounts, so every list shows the new name at once. The
 * one that somebody left is kept for them: what is sent by habit must not reach a stranger.
 */
export interface UserNames {
  /**
   * Renames the actor. The name that they have already changes nothing.
   * @throws {DashboardError} `name_taken`, `name_changed_recently`
   */
  change(by: Omit<AuditAction, 'kind' | 'target' | 'reason'>, name: string): Promise<void>;
  /** Whether somebody left this name so lately that nobody else may have it. */
  isKept(name: string): Promise<boolean>;
  /** The names that somebody left are nobody's any more. */
  forget(userId: string): Promise<void>;
}

export interface UserNamesOptions {
  pool: Pool;
  ledger: Pick<Ledger, 'transaction'>;
  profiles: Pick<Profiles, 'read'>;
  audit: Audit;
  /** Milliseconds since 1970. */
  now: () => number;
}

const DAY_MS = 24 * 3_600_000;
/** Between two changes. Others have to find a person again. */
export const CHANGE_EVERY_MS = 30 * DAY_MS;
/** How long a name is kept for who left it: by then three changes were possible. */
export const KEPT_MS = 90 * DAY_MS;

/** From when on somebody may change their name again; null for who never did. */
export function nextChange(namedAt: string | null): string | null {
  return namedAt === null ? null : new Date(Date.parse(namedAt) + CHANGE_EVERY_MS).toISOString();
}

export function createUserNames({ pool, ledger, profiles, audit, now }: UserNamesOptions): UserNames {
  async function change(by: Omit<AuditAction, 'kind' | 'target' | 'reason'>, name: string): Promise<void> {
    const { actor } = by;
    const lower = name.toLowerCase();
    await profiles.read(actor);
    await ledger
      .transaction(async ({ client }) => {
        const { rows } = await client.query<{ username: string; shown: string; named_at: Date | string | null }>(
          `SELECT u.username, u."displayUsername" AS shown, p.named_at
         FROM dashboard_profiles p JOIN "user" u ON u.id = p.user_id WHERE p.user_id = $1 FOR UPDATE OF p, u`,
          [actor],
        );
        const [before] = rows;
        if (before === undefined || before.shown === name) return;
        const next = nextChange(before.named_at === null ? null : new Date(before.named_at).toISOString());
        if (next !== null && Date.parse(next) > now()) {
          throw new DashboardError(
            'name_changed_recently',
            `You changed your user name less than 30 days ago. You can choose another from ${next.slice(0, 10)} on.`,
          );
        }
        await client.query(
          `UPDATE "user" SET username = $2, "displayUsername" = $3, "updatedAt" = now() WHERE id = $1`,
          [actor, lower, name],
        );
        // Afterwards: the update has waited for who is just leaving the name.
        if (await isKept(lower, { client, exceptOf: actor })) throw taken(name);
        await client.query(`DELETE FROM dashboard_past_names WHERE name = $1`, [lower]);
        if (before.username !== lower) {
          await client.query(
            `INSERT INTO dashboard_past_names (name, user_id, left_at) VALUES ($1, $2, $3)
           ON CONFLICT (name) DO UPDATE SET user_id = excluded.user_id, left_at = excluded.left_at`,
            [before.username, actor, new Date(now())],
          );
        }
        await client.query(`UPDATE dashboard_profiles SET named_at = $2 WHERE user_id = $1`, [actor, new Date(now())]);
        // Without the names: nobody can delete a row of the log, and a closed account leaves none.
        await audit.record({ ...by, kind: 'username', target: actor, reason: '' }, client);
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? taken(name) : error;
      });
  }

  async function isKept(
    name: string,
    { client = pool, exceptOf = '' }: { client?: Pick<Pool, 'query'>; exceptOf?: string } = {},
  ): Promise<boolean> {
    const { rows } = await client.query(
      `SELECT 1 FROM dashboard_past_names WHERE name = $1 AND user_id <> $2 AND left_at > $3`,
      [name.toLowerCase(), exceptOf, new Date(now() - KEPT_MS)],
    );
    return rows.length > 0;
  }

  return Object.freeze({
    change,
    isKept: (name: string) => isKept(name),
    async forget(userId: string) {
      await pool.query(`DELETE FROM dashboard_past_names WHERE user_id = $1`, [userId]);
    },
  });
}

function taken(name: string): DashboardError {
  return new DashboardError('name_taken', `Somebody has the user name ${name}, or left it lately. Choose another.`);
}
