import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';

/**
 * The key that signs sessions, when the operator gave none: made once, and kept where the data is, so that a restart
 * signs nobody out and instances that share a Postgres agree.
 */
export async function readOrCreateSecret(where: { directory: string } | { pool: Pool }): Promise<string> {
  const fresh = randomBytes(32).toString('base64url');
  return 'pool' in where ? keepInTable(where.pool, fresh) : keepInFile(where.directory, fresh);
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

async function keepInFile(directory: string, fresh: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'session-secret');
  try {
    // Only the first process creates it, readable by its own user alone.
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${fresh}\n`);
    } finally {
      await file.close();
    }
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const kept = (await readFile(path, 'utf8')).trim();
  if (kept.length < 32) throw new Error(`${path} is damaged: delete it, and everybody signs in again.`);
  return kept;
}
