import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createLedgerMigrations } from '../../src/ledger/postgres/schema.ts';
import { readCsv } from '../../src/cli/csv.ts';
import { collect, createFolder, runProgram } from './program.ts';

// What an operator does with a ledger that is there: one directory, with some history, that the tests only read.

// Each run is a process that opens a database: seconds, where processors are shared.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = createFolder();
const directory = folder.path('ledger');
const ids = Array.from({ length: 2_300 }, (_, index) => `user-${String(index).padStart(4, '0')}`);
afterAll(() => folder.remove());

async function withLedger(
  path: string,
  work: (ledger: Ledger, query: (sql: string) => Promise<unknown>) => Promise<void>,
) {
  const database = await openEmbedded({ directory: path });
  const ledger = await createLedger({ database });
  await work(ledger, (sql) => database.pool.query(sql));
  await ledger.close();
  await database.close();
}

beforeAll(async () => {
  const rows = ids.map((id) => `${id},10\n`).join('');
  const run = await runProgram(['import', '-', '--format', 'csv', '-d', directory], { input: `id,coins\n${rows}` });
  if (run.code !== 0) throw new Error(run.said);
  await withLedger(directory, async (ledger) => {
    const by = { account: 'user-0000', actor: 'user-0000', amount: 3 };
    await ledger.spend({ ...by, reason: 'A "sword", and\nmore'.replace('\n', ' '), idempotencyKey: 'sword' });
    await ledger.hold({ ...by, reason: 'A server', idempotencyKey: 'server', expiresAfterMs: 86_400_000 });
  });
});

test('migrate creates the ledger and lists what it applied; then there is nothing to do', async () => {
  const words = ['migrate', '-d', folder.path('new')];
  const names = createLedgerMigrations('credits').map(({ name }) => name);
  expect(await runProgram(words)).toMatchObject({ code: 0, output: `Applied ${names.join(', ')}.\n` });
  expect(await runProgram([...words, '--json'])).toMatchObject({ code: 0, output: '{"applied":[]}\n', said: '' });
});

test('a database without the newest tables is refused by what only reads', async () => {
  const path = folder.path('old');
  const database = await openEmbedded({ directory: path });
  await database.close();
  const run = await runProgram(['verify', '-d', path]);
  expect(run).toMatchObject({ code: 3, output: '' });
  expect(run.said).toContain(`lacks ${createLedgerMigrations('credits')[0]?.name}`);
  expect(run.said).toContain('run "realtime-credits migrate" first');
});

test('balances are exported as of one instant, page after page, and imported elsewhere as they are', async () => {
  const file = folder.path('balances.csv');
  const run = await runProgram(['export', 'balances', '-d', directory, '-o', file]);
  expect(run).toMatchObject({ code: 0, output: '' });
  expect(run.said).toContain(`2300 balances are in ${file}.`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.partial`)).toBe(false);
  const records = await collect(readCsv([readFileSync(file, 'utf8')]));
  expect(records[0]?.fields).toEqual(['account', 'posted', 'held', 'available', 'version']);
  expect(records[1]?.fields).toEqual(['user-0000', '7', '3', '4', '3']);
  expect(records.slice(1).map(({ fields }) => fields[0])).toEqual(ids);

  const copy = folder.path('copy');
  expect(await runProgram(['import', file, '-d', copy])).toMatchObject({ code: 0 });
  const compared = await runProgram(['reconcile', file, '-d', copy]);
  expect(compared).toMatchObject({ code: 0, output: expect.stringContaining('2,300 equal, 0 different') });
});

test('an export does not write over a file, and leaves nothing where it cannot write', async () => {
  const file = folder.write('mine.csv', 'mine');
  const over = await runProgram(['export', 'balances', '-d', directory, '-o', file]);
  expect(over).toMatchObject({ code: 2, output: '' });
  expect(over.said).toContain('exists already');
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const nowhere = await runProgram(['export', 'balances', '-d', directory, '-o', folder.path('none/x.csv')]);
  expect(nowhere).toMatchObject({ code: 3, output: '' });
  expect(nowhere.said).toContain('cannot be written: ENOENT');
});

test('entries of all user accounts are exported in order', async () => {
  const run = await runProgram(['export', 'entries', '-d', directory, '--format', 'jsonl']);
  expect(run.code).toBe(0);
  const entries = run.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  // One grant each, a spend and a hold.
  expect(entries).toHaveLength(ids.length + 2);
  const places = entries.map(({ account, version }) => `${account} ${String(version).padStart(8, '0')}`);
  expect(places).toEqual(places.toSorted());
  const own = entries.filter(({ account }) => account === 'user-0000');
  expect(own.map(({ verb }) => verb)).toEqual(['grant', 'spend', 'hold']);
});

test('entries as CSV keep every sentence whole', async () => {
  const { output } = await runProgram(['export', 'entries', '-d', directory]);
  const records = await collect(readCsv([output]));
  const [header = []] = records.map(({ fields }) => fields);
  const spend =
    records.find(({ fields }) => fields[header.indexOf('account')] === 'user-0000' && fields[1] === '2')?.fields ?? [];
  expect(spend[header.indexOf('reason')]).toBe('A "sword", and more');
  expect(spend[header.indexOf('available')]).toBe('7');
});

test('reconcile lists what differs, and exits with 1', async () => {
  const rows = ids.slice(1, -1).map((id) => `${id},10\n`);
  const file = folder.write('host.csv', `id,coins\nuser-0000,10\nstranger,5\n${rows.join('')}bad,-1\n`);
  const run = await runProgram(['reconcile', file, '-d', directory]);
  expect(run.code).toBe(1);
  expect(run.output).toBe(
    'different user-0000 (line 2): host 10, ledger 4, -6\n' +
      'extra user-2299: host none, ledger 10, +10\n' +
      'missing stranger (line 3): host 5, ledger none, -5\n' +
      '2,298 equal, 1 different, 1 missing in the ledger, 1 only there, 1 invalid rows. ' +
      'Host 22,995, ledger 22,994 (available).\n',
  );
  expect(run.said).toContain('line 2302: credits');
  const posted = await runProgram([
    'reconcile',
    file,
    '-d',
    directory,
    '--balance',
    'posted',
    '--limit',
    '1',
    '--json',
  ]);
  expect(JSON.parse(posted.output)).toMatchObject({
    ok: false,
    different: 1,
    missing: 1,
    extra: 1,
    differences: [{ kind: 'different', account: 'user-0000', host: 10, ledger: 7, difference: -3 }],
  });
});

test('verify reports what was changed, and heads show a history that was changed as a whole', async () => {
  const path = folder.path('tampered');
  const one = await runProgram(['import', '-', '--format', 'csv', '-d', path], { input: 'id,coins\na,1\nb,2\n' });
  expect(one.code).toBe(0);
  const intact = await runProgram(['verify', '-d', path]);
  expect(intact).toMatchObject({ code: 0, output: expect.stringContaining('no differences') });
  const heads = await runProgram(['heads', '-d', path]);
  expect(heads.output.trim().split('\n')).toHaveLength(2);
  const file = folder.write('heads.jsonl', heads.output);
  expect(await runProgram(['verify', '--heads', file, '-d', path, '--json'])).toMatchObject({ code: 0 });
  await withLedger(path, async (_, query) => {
    await query(`UPDATE credits.journal SET reason = 'Something else'
      WHERE credit = (SELECT number FROM credits.accounts WHERE id = 'b')`);
  });
  const changed = await runProgram(['verify', '-d', path]);
  expect(changed.code).toBe(1);
  expect(changed.output).toContain('b');
  const other = folder.write('other.jsonl', heads.output.replaceAll(/"hash":"./g, '"hash":"f'));
  const compared = await runProgram(['verify', '--heads', other, '-d', path]);
  expect(compared.code).toBe(1);
  expect(await runProgram(['verify', '--heads', folder.write('bad', 'x\n'), '-d', path])).toMatchObject({ code: 1 });
});
