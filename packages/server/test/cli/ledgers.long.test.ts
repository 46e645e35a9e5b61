import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { createLedgers, type Ledgers } from '../../src/ledgers/create-ledgers.ts';
import { by } from '../support/ledger.ts';
import { createFolder, runProgram } from './program.ts';

// What an operator does with several ledgers of one directory. The tests go on from where the ones before stopped.

// Each run is a process that opens a database: seconds, where processors are shared.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = createFolder();
const directory = folder.path('ledgers');
afterAll(() => folder.remove());

async function withLedgers<T>(work: (ledgers: Ledgers) => Promise<T>): Promise<T> {
  return withDatabase(async (database) => {
    const ledgers = await createLedgers({ database, schemas: ['credits', 'ledger_b'], recoverEveryMs: 0 });
    try {
      return await work(ledgers);
    } finally {
      await ledgers.close();
    }
  });
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openEmbedded({ directory });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const run = (command: string, ...words: string[]) => runProgram([command, ...words, '-d', directory]);
const verify = (...words: string[]) => run('verify', '--ledgers', ...words);

/** Accounts of the first ledger, and one of the second. */
let mover = '';
let holder = '';
let stranger = '';

beforeAll(async () => {
  await withLedgers(async (ledgers) => {
    const ids = Array.from({ length: 64 }, (_, index) => `user-${index}`);
    const places = await Promise.all(ids.map((id) => ledgers.schemaOf(id)));
    [mover = '', holder = ''] = ids.filter((_, index) => places[index] === 'credits');
    stranger = ids[places.indexOf('ledger_b')] ?? '';
    for (const account of [mover, holder, stranger]) {
      await ledgers.grant({ ...by('system:test'), account, amount: 100 });
    }
    await ledgers.spend({ ...by(mover), account: mover, amount: 30 });
    await ledgers.transfer({ ...by(mover), source: mover, destination: stranger, amount: 5 });
    await ledgers.hold({ ...by(holder), account: holder, amount: 1, expiresAfterMs: 86_400_000 });
  });
});

test('verify of one ledger checks that one, and of all of them the whole list', async () => {
  const one = await run('verify', '--schema', 'ledger_b', '--json');
  expect(one).toMatchObject({ code: 0 });
  const all = await verify('--json');
  expect(all).toMatchObject({ code: 0 });
  const { ok, entries, differences } = JSON.parse(all.output);
  expect({ ok, differences }).toEqual({ ok: true, differences: [] });
  expect(entries).toBeGreaterThan(JSON.parse(one.output).entries);
});

test('what cannot be moved is refused with a sentence and an exit code, and nothing is moved', async () => {
  const elsewhere = await run('move-account', mover, '--to', 'elsewhere');
  expect(elsewhere).toMatchObject({ code: 2, output: '' });
  expect(elsewhere.said).toContain('schema must be one of credits, ledger_b: got elsewhere.');
  const held = await run('move-account', holder, '--to', 'ledger_b');
  expect(held).toMatchObject({ code: 3, output: '' });
  expect(held.said).toContain(`Account ${holder} has open holds, which cannot be moved. Let them end first.`);
  const nobody = await run('move-account', 'nobody', '--to', 'ledger_b');
  expect(nobody).toMatchObject({ code: 3, output: '' });
  expect(nobody.said).toContain('Account nobody has no place yet.');
  expect(await run('move-account', mover)).toMatchObject({ code: 2, output: '' });
  const places = await withLedgers((ledgers) => Promise.all([mover, holder].map((id) => ledgers.schemaOf(id))));
  expect(places).toEqual(['credits', 'credits']);
});

test('move-account moves an account with its history, and a repetition changes nothing', async () => {
  const heads = await run('heads', '--ledgers');
  expect(heads.code).toBe(0);
  const before = await withLedgers((ledgers) => ledgers.history(mover));
  const moved = await run('move-account', mover, '--to', 'ledger_b', '--reason', 'More room');
  const version = before.snapshot.version + 2;
  expect(moved).toMatchObject({
    code: 0,
    output: `Account ${mover} moved from credits to ledger_b, and is at version ${version}.\n`,
  });
  const after = await withLedgers((ledgers) => ledgers.history(mover));
  expect(after.snapshot).toMatchObject({ version, balance: { posted: 65 } });
  expect(after.entries.slice(2)).toEqual(before.entries);
  expect(after.entries.slice(0, 2).map(({ reason }) => reason)).toEqual(['More room', 'More room']);

  const again = await run('move-account', mover, '--to', 'ledger_b', '--json');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.output)).toEqual({ account: mover, from: 'ledger_b', to: 'ledger_b', moved: false, version });
  expect(await withLedgers((ledgers) => ledgers.history(mover))).toEqual(after);

  // Hashes from before the move are those of the ledger that the account was on.
  const file = folder.write('heads.jsonl', heads.output);
  const compared = await verify('--heads', file);
  expect(compared).toMatchObject({ code: 0, output: expect.stringContaining('3 heads: no differences') });
});

test('verify of all ledgers finds a row that was changed, in the history before the move too', async () => {
  await withDatabase(({ pool }) =>
    pool.query(`UPDATE credits.journal SET reason = 'Something else'
      WHERE debit = (SELECT number FROM credits.accounts WHERE id = '${mover}')`),
  );
  for (const words of [[], ['--account', mover]]) {
    const found = await verify(...words);
    expect(found.code).toBe(1);
    expect(found.output).toContain(`On the ledger "credits": Account ${mover}`);
  }
  expect(await run('verify', '--schema', 'ledger_b')).toMatchObject({ code: 0 });
});

test('verify of all ledgers finds an account that is not where the list says, which no ledger alone can', async () => {
  await withDatabase(({ pool }) =>
    pool.query(`UPDATE credits_ledgers.placements SET position = 0 WHERE account = '${stranger}'`),
  );
  const found = await verify();
  expect(found.code).toBe(1);
  expect(found.output).toContain(`Account ${stranger} has credits on the ledger "ledger_b", and is on ledger 0`);
  expect(await run('verify', '--schema', 'ledger_b')).toMatchObject({ code: 0 });
});

test('a list that does not exist is refused, and not made', async () => {
  const refused = await verify('--schema', 'no_list');
  expect(refused).toMatchObject({ code: 2, output: '' });
  expect(refused.said).toContain('There is no list of ledgers in the schema "no_list"');
  const { rows } = await withDatabase(({ pool }) =>
    pool.query(`SELECT nspname FROM pg_namespace WHERE nspname = 'no_list'`),
  );
  expect(rows).toEqual([]);
});
