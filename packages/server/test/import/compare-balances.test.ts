import { expect, test } from 'vitest';
import { compareBalances } from '../../src/import/compare-balances.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, createBench, fresh, refusal } from '../support/ledger.ts';

const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));

/** Accounts of earlier tests are in the ledger too: what a host says of them is what the ledger says. */
const others = new Map<string, number>();
const compare = (rows: { account: string; credits: number }[], options = {}) =>
  compareBalances([...[...others].map(([account, credits]) => ({ account, credits })), ...rows], {
    ...pick(),
    ...options,
  });
const pick = () => ({ ledger: bench.ledger, database: bench.database });

async function open(credits: number): Promise<string> {
  const account = fresh('user');
  if (credits > 0) await bench.ledger.grant({ ...by('system'), account, amount: credits });
  return account;
}

test('who says the same of everybody is told so, with both sums', async () => {
  const [ann, bob] = [await open(30), await open(0)];
  const report = await compare([
    { account: ann, credits: 30 },
    { account: bob, credits: 0 },
  ]);
  expect(report).toMatchObject({ ok: true, rows: 2, equal: 2, hostTotal: 30, ledgerTotal: 30, differences: [] });
  others.set(ann, 30);
});

test('an account with 0 on one side and absent on the other is no difference', async () => {
  await open(0);
  expect(await compare([{ account: fresh('nobody'), credits: 0 }])).toMatchObject({ ok: true, missing: 0, extra: 0 });
});

test('different, missing and extra accounts are listed with what each side says', async () => {
  const [ann, bob] = [await open(30), await open(4)];
  const stranger = fresh('stranger');
  const report = await compare([
    { account: ann, credits: 31 },
    { account: stranger, credits: 5 },
  ]);
  expect(report).toMatchObject({ ok: false, different: 1, missing: 1, extra: 1 });
  expect(report.differences).toEqual([
    { kind: 'different', account: ann, line: 2, host: 31, ledger: 30, difference: -1 },
    { kind: 'extra', account: bob, line: null, host: null, ledger: 4, difference: 4 },
    { kind: 'missing', account: stranger, line: 3, host: 5, ledger: null, difference: -5 },
  ]);
  others.set(ann, 30).set(bob, 4);
});

test('what holds reserve is not available, and is posted', async () => {
  const account = await open(30);
  await bench.ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
  expect(await compare([{ account, credits: 20 }])).toMatchObject({ ok: true });
  expect(await compare([{ account, credits: 30 }], { balance: 'posted' })).toMatchObject({ ok: true });
  bench.time.nowMs += 60_001;
  expect(await compare([{ account, credits: 30 }])).toMatchObject({ ok: true });
  others.set(account, 30);
});

test('an account that a bad row names is neither equal nor a difference', async () => {
  const account = await open(8);
  const report = await compare([{ account, credits: -8 }]);
  expect(report).toMatchObject({ ok: false, invalid: 1, extra: 0, different: 0 });
  expect(report.hostTotal).toBe(report.ledgerTotal);
  expect(report.problems).toMatchObject([{ account }]);
  others.set(account, 8);
});

test('more accounts than a page has are all compared, and the list ends where it was told to', async () => {
  const rows = Array.from({ length: 2_100 }, () => ({ account: fresh('many'), credits: 1 }));
  const report = await compare(rows, { differencesMax: 3 });
  expect(report).toMatchObject({ missing: 2_100 });
  expect(report.differences).toHaveLength(3);
  await bench.database.pool.query(
    `INSERT INTO credits.accounts (id, floor, created_at) SELECT id, 0, now() FROM unnest($1::text[]) AS u(id)`,
    [rows.map(({ account }) => account)],
  );
  expect(await compare(rows)).toMatchObject({ different: 2_100, missing: 0 });
});

test.each([-1, 1.5, 100_001])('a list of %d differences is refused', async (differencesMax) => {
  await refusal(compare([], { differencesMax }), 'invalid_request');
});
