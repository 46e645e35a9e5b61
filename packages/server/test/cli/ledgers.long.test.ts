import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';
import { createLedgers, type Ledgers } from '../../src/ledgers/create-ledgers.ts';
import { createFolder, runProgram } from './program.ts';

// What an operator does with several ledgers of one database.

// Each run is a process that opens a database: seconds, where processors are shared.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = createFolder();
const directory = folder.path('ledgers');
const SCHEMAS = ['credits', 'ledger_b'];
let home: string;
let other: string;
afterAll(() => folder.remove());

async function withLedgers<T>(work: (ledgers: Ledgers, query: (sql: string) => Promise<unknown>) => Promise<T>) {
  const database = await openEmbedded({ directory });
  const ledgers = await createLedgers({ database, schemas: SCHEMAS });
  try {
    return await work(ledgers, (sql) => database.pool.query(sql));
  } finally {
    await ledgers.close();
    await database.close();
  }
}

const by = (account: string, amount: number) => ({ account, amount, actor: account, reason: 'A test' });
const move = (account: string, to: string) => runProgram(['move-account', account, '--to', to, '-d', directory]);
const verify = (...words: string[]) => runProgram(['verify', '-d', directory, ...words]);

beforeAll(async () => {
  await withLedgers(async (ledgers) => {
    await ledgers.grant({ ...by('mara', 100), idempotencyKey: 'grant' });
    await ledgers.spend({ ...by('mara', 30), idempotencyKey: 'spend' });
    await ledgers.grant({ ...by('held', 100), idempotencyKey: 'grant' });
    await ledgers.hold({ ...by('held', 10), idempotencyKey: 'hold', expiresAfterMs: 86_400_000 });
    home = await ledgers.schemaOf('mara');
    other = SCHEMAS.find((schema) => schema !== home) ?? '';
  });
});

test('an account is moved with its history, once', async () => {
  expect(await move('mara', other)).toMatchObject({
    code: 0,
    output: `Account mara moved from ${home} to ${other}, and is at version 4.\n`,
  });
  expect(await move('mara', other)).toMatchObject({ code: 0, output: `Account mara is on ${other} already.\n` });
  await withLedgers(async (ledgers) => {
    expect(await ledgers.schemaOf('mara')).toBe(other);
    expect(await ledgers.balance('mara')).toMatchObject({ balance: { available: 70 }, version: 4 });
    const { entries } = await ledgers.history('mara');
    expect(entries.slice(-2).map(({ verb, amount }) => [verb, amount])).toEqual([
      ['spend', 30],
      ['grant', 100],
    ]);
  });
  expect(await verify('--ledgers')).toMatchObject({ code: 0, output: expect.stringMatching(/no differences\.\n$/) });
});

test('what cannot be moved is refused with its code, and nothing changes', async () => {
  for (const [account, to] of [
    ['mara', 'ledger_of_nobody'],
    ['nobody', other],
  ] as const) {
    const run = await move(account, to);
    expect(run).toMatchObject({ output: '', said: expect.stringContaining(account === 'nobody' ? account : to) });
    expect(run.code).not.toBe(0);
  }
  const from = await withLedgers((ledgers) => ledgers.schemaOf('held'));
  const run = await move('held', SCHEMAS.find((schema) => schema !== from) ?? '');
  expect(run.code).not.toBe(0);
  expect(run.said).toMatch(/hold/);
  await withLedgers(async (ledgers) => expect(await ledgers.schemaOf('held')).toBe(from));
});

test('one verification covers all ledgers: a changed balance on any of them is found', async () => {
  expect((await verify('--ledgers', '--schema', 'no_list')).code).not.toBe(0);
  await withLedgers(async (_ledgers, query) => {
    await query(`UPDATE ${other}.accounts SET posted = posted + 1 WHERE id = 'mara'`);
  });
  const run = await verify('--ledgers');
  expect(run.code).toBe(1);
  expect(run.output).toMatch(/mara/);
});
