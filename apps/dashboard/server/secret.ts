import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { keepInFile } from './keep-in-file.ts';

/**
 * The key that signs sessions, when the operator gave none. It is made once and stored beside the data: a restart
 * signs nobody out and instances that share a Postgres agree.
 */
export async function readOrCreateSecret(where: { directory: string } | { pool: Pool }): Promise<string> {
  const fresh = randomBytes(32).toString('base64url');
  if ('pool' in where) return keepInTable(where.pool, fresh);
  const kept = await keepInFile(where.directory, 'session-secret', fresh);
  if (kept.length < 32) {
    throw new Error(`${where.directory}/session-secret is damaged: delete it, and everybody signs in again.`);
  }
  return kept;
}

async function keepInTable(pool: Pool, fresh: string): Promise<string> {
  await pool.query(`INSERT INTO dashboard_settings (key, value) VALUES ('session_secret', $1) ON CONFLICT DO NOTHING`, [
    fresh,
  ]);
  const { rows } = await pool.query<{ value: string }>(
    `SELECT value FROM dashboard_settings WHERE key = 'session_secret'`,
  );
  return rows[0]?.value ?? fresh;
}
