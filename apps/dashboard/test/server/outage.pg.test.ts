import { openDatabase, type Database } from 'realtime-credits-server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { administer } from '../../../../packages/server/test/support/administer.ts';
import { startOwnPostgres, type OwnPostgresServer } from '../../../../packages/server/test/support/postgres.ts';
import { openTestDashboard, PASSWORD, type Person, type Reply, type TestDashboard } from './support/dashboard.ts';

// A real server that goes away and comes back, and one that turns read-only.

let server: OwnPostgresServer;
let database: Database;
let dashboard: TestDashboard;
let user: Person;
let nowMs = 0;

beforeAll(async () => {
  server = await startOwnPostgres({ durable: false });
  database = await openDatabase({ url: server.url });
  dashboard = await openTestDashboard({ database, monotonicNow: () => nowMs });
  user = await dashboard.signUp('somebody');
  await dashboard.send('/api/user/me', { as: user });
});
afterAll(async () => {
  await dashboard?.end();
  await database?.close();
  await server?.stop();
});

const SIGN_IN = { email: 'somebody@example.test', password: PASSWORD };

async function readStatuses(): Promise<number[]> {
  nowMs += 10_000; // neither readiness nor sessions are remembered for so long
  const replies = [
    await dashboard.send('/api/health/ready'),
    await dashboard.send('/api/user/me', { as: user }),
    await dashboard.send('/api/credits', { as: user }),
    await dashboard.send('/api/auth/sign-in/email', { body: SIGN_IN }),
  ];
  const isComplete = ({ status, headers }: Reply<unknown>) => status === 200 || Number(headers.get('retry-after')) > 0;
  expect(replies.every(isComplete)).toBe(true);
  return replies.map(({ status }) => status);
}

test('A9: a killed server is 503 on every route and one line in the log; it works again once the server is back', async () => {
  expect(await readStatuses()).toEqual([200, 200, 200, 200]);
  dashboard.warnings.length = 0;
  await server.kill();
  for (let round = 0; round < 20; round += 1) expect(await readStatuses()).toEqual([503, 503, 503, 503]);
  const messages = dashboard.warnings.filter((part) => typeof part === 'string');
  expect(messages).toHaveLength(1);
  await server.start();
  await vi.waitFor(async () => expect(await readStatuses()).toEqual([200, 200, 200, 200]), { timeout: 60_000 });
});

test('A9: a server that turned read-only is not ready, reads on, and refuses to sign in with 503', async () => {
  const { pathname } = new URL(server.url);
  const name = pathname.slice(1);
  await administer(
    server.url,
    `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  );
  await vi.waitFor(async () => expect(await readStatuses()).toEqual([503, 200, 200, 503]), { timeout: 60_000 });
});
