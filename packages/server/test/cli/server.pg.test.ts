import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/cli/doctor.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/database.ts';
import { runProgram, start } from './program.ts';

// The program on a Postgres server, where it works beside a running dashboard.

let server: PostgresDatabase;
beforeAll(async () => {
  server = await createPostgresDatabase();
});
afterAll(() => server.drop());

const rows = (count: number): string =>
  `id,coins\n${Array.from({ length: count }, (_, index) => `user-${index},${index % 5}\n`).join('')}`;

test(
  'two imports of the same rows at once pay everybody once, also when one is killed',
  { timeout: 300_000 },
  async () => {
    const words = ['import', '-', '--format', 'csv', '-d', server.url];
    const input = rows(10_000);
    const [first, second] = [start(words, { input }), start([...words, '--json'], { input })];
    await first.until('Writing 1,000 of');
    first.child.kill('SIGKILL');
    await first.ended;
    const run = await second.ended;
    expect(run.said).not.toContain('line ');
    expect(run.code).toBe(0);
    const report = JSON.parse(run.output);
    expect(report.imported + report.unchanged).toBe(10_000);
    const compared = await runProgram(['reconcile', '-', '--format', 'csv', '-d', server.url, '--json'], { input });
    expect(JSON.parse(compared.output)).toMatchObject({
      ok: true,
      equal: 10_000,
      hostTotal: 20_000,
      ledgerTotal: 20_000,
    });
    expect(await runProgram(['verify', '-d', server.url])).toMatchObject({ code: 0 });
  },
);

test('doctor looks at the server, and receives what another connection publishes', async () => {
  const run = await runProgram(['doctor', '--json'], { env: { DATABASE_URL: server.url } });
  expect(run.code).toBe(0);
  const { findings } = JSON.parse(run.output) as { findings: Finding[] };
  const about = (name: string): Finding[] => findings.filter((finding) => finding.about === name);
  expect(about('server')).toMatchObject([{ status: 'ok', message: expect.stringContaining('PostgreSQL ') }]);
  // The server of the tests runs without syncing, and that is said.
  expect(about('durability')[0]).toMatchObject({ status: 'warn', message: expect.stringContaining('fsync off') });
  expect(about('notifications')).toMatchObject([{ status: 'ok' }]);
});

test('a role without rights is told so in one sentence', async () => {
  const own = new URL(server.url);
  const database = await openDatabase({ url: server.url });
  const name = own.pathname.slice(1);
  await database.pool.query(`CREATE ROLE ${name}_guest LOGIN PASSWORD 'guest'`);
  own.username = `${name}_guest`;
  own.password = 'guest';
  const run = await runProgram(['verify', '-d', own.href]);
  await database.pool.query(`DROP ROLE ${name}_guest`);
  await database.close();
  expect(run).toMatchObject({ code: 3, output: '' });
  expect(run.said).toMatch(/^The database refused: permission denied for \w+ \w+ \(42501\)\.$/m);
});
