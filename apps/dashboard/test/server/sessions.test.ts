import { createHash, createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Pool } from 'pg';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { recordQueries } from '../../../../packages/server/test/support/record-queries.ts';
import { openTestDashboard } from './support/dashboard.ts';

const SECRET = 'only-for-tests-only-for-tests-only-for-tests';
const PEOPLE = 500;

/** A dashboard with people who are signed in, and the statements that it has sent so far. */
async function openCrowd() {
  const database = await openEmbedded({ memory: true });
  const sent: string[] = [];
  const pool = recordQueries(database.pool, ({ text }) => sent.push(text)) as Pool;
  const dashboard = await openTestDashboard({ database: { ...database, pool } });
  onTestFinished(async () => {
    await dashboard.end();
    await database.close();
  });
  await database.pool.query(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", username, "displayUsername", role)
     SELECT 'person-' || n, 'Person ' || n, n || '@example.test', true, now(), now(), 'person' || n, 'person' || n, 'user'
     FROM generate_series(1, $1::int) n`,
    [PEOPLE],
  );
  const tokens = Array.from({ length: PEOPLE }, (_, index) => `token-of-${index + 1}`);
  const hashes = tokens.map((token) => `sha256:${createHash('sha256').update(token).digest('hex')}`);
  await database.pool.query(
    `INSERT INTO "session" (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
     SELECT 'session-' || n, token, 'person-' || n, now() + interval '30 days', now(), now()
     FROM unnest($1::text[]) WITH ORDINALITY AS t(token, n)`,
    [hashes],
  );
  const cookies = tokens.map((token) => {
    const signature = createHmac('sha256', SECRET).update(token).digest('base64');
    return `dashboard.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
  });
  const read = (cookie: string) => dashboard.sessions.read(new Headers({ cookie }));
  return { dashboard, database, sent, cookies, read };
}

test('sessions that are asked for at once share queries, and each is its own', async () => {
  const { sent, cookies, read } = await openCrowd();
  sent.length = 0;
  const users = await Promise.all(cookies.map(read));
  expect(users.map((user) => user?.id)).toEqual(cookies.map((_, index) => `person-${index + 1}`));
  // One by one they would be two for each of them.
  expect(sent.length).toBeLessThanOrEqual(PEOPLE / 10);
});

test('a session that was ended, expired, forged or whose owner was banned is nobody’s, beside others that are valid', async () => {
  const { database, cookies, read } = await openCrowd();
  const [valid = '', ended = '', expired = '', banned = ''] = cookies;
  const end = (id: string) => database.pool.query(`DELETE FROM "session" WHERE id = $1`, [id]);
  await end('session-2');
  await database.pool.query(`UPDATE "session" SET "expiresAt" = now() - interval '1 second' WHERE id = 'session-3'`);
  await database.pool.query(`UPDATE "user" SET banned = true WHERE id = 'person-4'`);
  const forged = valid.replace('token-of-1', 'token-of-5');
  const users = await Promise.all([valid, ended, expired, banned, forged].map(read));
  expect(users.map((user) => user?.id ?? null)).toEqual(['person-1', null, null, null, null]);
  // better-auth deletes what has expired, as before.
  const { rows } = await database.pool.query(`SELECT id FROM "session" WHERE id = 'session-3'`);
  expect(rows).toEqual([]);
});
