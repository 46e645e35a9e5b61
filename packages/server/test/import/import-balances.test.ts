import { expect, test, vi } from 'vitest';
import { CREDITS_MAX, CreditsError } from 'realtime-credits/contract';
import type { BalanceRow } from '../../src/import/balance-rows.ts';
import { importBalances, type ImportOptions, type ImportProgress } from '../../src/import/import-balances.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, createBench, fresh, refusal } from '../support/ledger.ts';

const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));

/** An import under a name of its own, unless the test names one. */
function bring(rows: Iterable<BalanceRow> | AsyncIterable<BalanceRow>, options: Partial<ImportOptions> = {}) {
  const { ledger, database } = bench;
  return importBalances(rows, { ledger, database, name: fresh('import').replace(':', '-'), ...options });
}

const available = async (account: string): Promise<number> => (await bench.ledger.balance(account)).balance.available;
const accounts = (count: number): string[] => Array.from({ length: count }, () => fresh('user'));

test('each account gets its opening balance from the system account, by one entry', async () => {
  const [ann = '', bob = ''] = accounts(2);
  const report = await bring(
    [
      { account: ann, credits: 100 },
      { account: bob, credits: 7 },
    ],
    { name: 'first' },
  );
  expect(report).toMatchObject({
    ok: true,
    rows: 2,
    imported: 2,
    credits: 107,
    unchanged: 0,
    invalid: 0,
    conflicts: 0,
  });
  const { entries } = await bench.ledger.history(ann);
  expect(entries).toMatchObject([
    {
      verb: 'grant',
      amount: 100,
      counterparty: 'system:issued',
      actor: 'system:import:first',
      reason: 'Opening balance',
    },
  ]);
});

test('the same import again changes nothing, also where the account went on since', async () => {
  const [ann = '', bob = '', eve = ''] = accounts(3);
  const rows = [
    { account: ann, credits: 100 },
    { account: bob, credits: 0 },
    { account: eve, credits: 5 },
  ];
  await bring(rows, { name: 'again' });
  await bench.ledger.spend({ ...by(ann), account: ann, amount: 30 });
  const report = await bring(rows, { name: 'again' });
  expect(report).toMatchObject({ ok: true, imported: 0, credits: 0, unchanged: 3 });
  expect(await available(ann)).toBe(70);
});

test('a row of 0 writes no entry', async () => {
  const account = fresh('user');
  expect(await bring([{ account, credits: 0 }])).toMatchObject({ ok: true, imported: 1, credits: 0 });
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 0, balance: { posted: 0 } });
});

test('a row of 0 changes nothing on an account that has entries', async () => {
  const account = fresh('user');
  await bench.ledger.grant({ ...by('system'), account, amount: 9 });
  expect(await bring([{ account, credits: 0 }])).toMatchObject({ ok: true, imported: 0, unchanged: 1 });
  expect(await available(account)).toBe(9);
});

test.each([
  [100, 101],
  [100, 0],
  [0, 100],
])(
  'an account that got %i and now stands there with %i is a conflict, and keeps all from being written',
  async (was, is) => {
    const [ann = '', bob = ''] = accounts(2);
    const name = fresh('changed').replace(':', '-');
    await bring([{ account: ann, credits: was }], { name });
    const report = await bring(
      [
        { account: bob, credits: 5 },
        { account: ann, credits: is, line: 9 },
      ],
      { name },
    );
    expect(report).toMatchObject({ ok: false, imported: 0, credits: 0, conflicts: 1 });
    expect(report.problems).toEqual([
      {
        line: 9,
        account: ann,
        message: `account ${ann} with ${is} credits got ${was} under the name "${name}" before, and is not paid again.`,
      },
    ]);
    expect(await available(ann)).toBe(was);
    expect(await bench.ledger.balance(bob)).toMatchObject({ version: 0, balance: { available: 0 } });
    expect(
      await bring(
        [
          { account: bob, credits: 5 },
          { account: ann, credits: is },
        ],
        { name, skipInvalid: true },
      ),
    ).toMatchObject({
      ok: false,
      imported: 1,
      conflicts: 1,
    });
    expect(await available(ann)).toBe(was);
  },
);

const UNUSABLE: [string, BalanceRow, string][] = [
  ['negative', { account: 'a', credits: -1 }, 'got -1'],
  ['fractional', { account: 'a', credits: 1.5 }, 'got 1.5'],
  ['larger than a ledger holds', { account: 'a', credits: CREDITS_MAX + 1 }, 'whole number'],
  ['a text', { account: 'a', credits: '12' }, 'got "12"'],
  ['missing', { account: 'a', credits: undefined }, 'got undefined'],
  ['of no account', { account: '', credits: 1 }, '1 to 128 characters'],
  ['of an id with a space', { account: 'a b', credits: 1 }, '1 to 128 characters'],
  ['of an id that is too long', { account: 'a'.repeat(129), credits: 1 }, '1 to 128 characters'],
  ['of a system account', { account: 'system:issued', credits: 1 }, 'must not begin with "system:"'],
  ['of no readable line', { line: 2, unreadable: 'the line is torn.' }, 'the line is torn.'],
];

test.each(UNUSABLE)('a balance that is %s is named by its line, and nothing is written', async (_, row, why) => {
  const account = fresh('user');
  const report = await bring([{ account, credits: 5 }, row]);
  expect(report).toMatchObject({ ok: false, imported: 0, invalid: 1 });
  expect(report.problems).toMatchObject([{ line: 2 }]);
  expect(report.problems[0]?.message).toContain(why);
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 0, balance: { available: 0 } });
});

test('an account that is listed twice is left out completely, whatever its rows say', async () => {
  const [ann = '', bob = ''] = accounts(2);
  const rows = [ann, bob, ann, ann].map((account, index) => ({ account, credits: index < 3 ? 5 : 6 }));
  const report = await bring(rows, { skipInvalid: true });
  expect(report).toMatchObject({ ok: false, imported: 1, credits: 5, invalid: 3 });
  expect(report.problems.map(({ line }) => line)).toEqual([1, 3, 4]);
  expect(await bench.ledger.balance(ann)).toMatchObject({ version: 0, balance: { available: 0 } });
  expect(await available(bob)).toBe(5);
});

test('ids that are numbers are taken as their digits', async () => {
  const id = 4_000_000 + Math.trunc(bench.time.nowMs % 1_000);
  await bring([{ account: id, credits: 3 }]);
  expect(await available(String(id))).toBe(3);
});

test('a thousand bad rows are counted, and the first 50 listed', async () => {
  const report = await bring(Array.from({ length: 1_000 }, () => ({ account: '', credits: 1 })));
  expect(report.invalid).toBe(1_000);
  expect(report.problems.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

test('more than 1,000,000 rows are refused, and nothing is written', async () => {
  const account = fresh('user');
  function* rows(): Generator<BalanceRow> {
    yield { account, credits: 1 };
    for (let line = 2; line <= 1_000_001; line += 1) yield { line, unreadable: 'torn' };
  }
  const error = await refusal(bring(rows(), { skipInvalid: true }), 'invalid_request');
  expect(error.message).toContain('1000000');
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 0, balance: { available: 0 } });
});

test('a dry run says what would happen, and writes nothing', async () => {
  const [ann = '', bob = ''] = accounts(2);
  await bring([{ account: ann, credits: 5 }], { name: 'dry' });
  const rows = [
    { account: ann, credits: 5 },
    { account: bob, credits: 8 },
  ];
  expect(await bring(rows, { name: 'dry', dryRun: true })).toMatchObject({
    ok: true,
    imported: 1,
    credits: 8,
    unchanged: 1,
  });
  expect(await bench.ledger.balance(bob)).toMatchObject({ version: 0, balance: { available: 0 } });
});

test('more credits than a ledger can issue are refused before anything is written', async () => {
  const [ann = '', bob = ''] = accounts(2);
  const { issued } = await bench.ledger.circulation();
  const rows = [
    { account: bob, credits: 1 },
    { account: ann, credits: CREDITS_MAX - issued },
  ];
  const error = await refusal(bring(rows), 'balance_limit_exceeded');
  expect(error.message).toContain(String(CREDITS_MAX));
  expect(await bench.ledger.balance(bob)).toMatchObject({ version: 0, balance: { available: 0 } });
});

test('rows that are too much only together are named where they become so', async () => {
  const [ann = '', bob = ''] = accounts(2);
  const report = await bring([
    { account: ann, credits: CREDITS_MAX },
    { account: bob, credits: 1 },
  ]);
  expect(report).toMatchObject({ imported: 0, invalid: 1, problems: [{ line: 2, account: bob }] });
});

test('an import that was cut is finished by the next one, and nobody is paid twice', async () => {
  const rows = accounts(2_500).map((account) => ({ account, credits: 2 }));
  const { ledger } = bench;
  let left = 1_700;
  const cut: Ledger = {
    ...ledger,
    grant: (command) => ((left -= 1) < 0 ? refused('unavailable') : ledger.grant(command)),
  };
  await refusal(bring(rows, { name: 'cut', ledger: cut }), 'unavailable');
  const report = await bring(rows, { name: 'cut' });
  expect(report).toMatchObject({ ok: true, imported: 800, unchanged: 1_700 });
  const balances = new Set<number>();
  // One after the other: for the one connection nobody waits longer than 10 s, and 2,500 at once would on a busy machine.
  for (const { account } of rows) balances.add(await available(account));
  expect(balances).toEqual(new Set([2]));
});

test('two imports at once pay everybody once', async () => {
  const rows = accounts(300).map((account) => ({ account, credits: 4 }));
  const reports = await Promise.all([bring(rows, { name: 'twice' }), bring(rows.toReversed(), { name: 'twice' })]);
  expect(reports.map(({ ok }) => ok)).toEqual([true, true]);
  expect(reports.reduce((sum, { imported }) => sum + imported, 0)).toBe(300);
  expect(reports.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(300);
  expect(await available(rows[0]?.account ?? '')).toBe(4);
});

test('an account that was paid the same claim in another way is a conflict', async () => {
  const account = fresh('user');
  await bench.ledger.grant({ ...by('system:move'), account, amount: 3, claimKey: 'import:lazily' });
  const report = await bring([{ account, credits: 3 }], { name: 'lazily' });
  expect(report).toMatchObject({ ok: false, imported: 0, conflicts: 1 });
  expect(await available(account)).toBe(3);
});

test('rows may come one by one, and progress is told', async () => {
  async function* rows(): AsyncGenerator<BalanceRow> {
    for (const account of accounts(2_000)) yield { account, credits: 1 };
  }
  const onProgress = vi.fn<(progress: ImportProgress) => void>();
  await bring(rows(), { onProgress });
  const told = onProgress.mock.calls.map(([{ phase, done, total }]) => `${phase} ${done} of ${total}`);
  expect(told).toEqual([
    'reading 1000 of null',
    'reading 2000 of null',
    'reading 2000 of 2000',
    'comparing 1000 of 2000',
    'comparing 2000 of 2000',
    'writing 1000 of 2000',
    'writing 2000 of 2000',
  ]);
});

test.each(['', 'a b', 'x'.repeat(65), 7])('a name that is %j is refused', async (name) => {
  await refusal(bring([], { name: name as string }), 'invalid_request');
});

test('the ledger verifies after all of it', async () => {
  expect(await bench.ledger.verify()).toMatchObject({ ok: true, differences: [] });
});

function refused(code: 'unavailable'): Promise<never> {
  return Promise.reject(new CreditsError(code, 'The database went away.'));
}
