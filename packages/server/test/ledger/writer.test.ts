import { expect, test } from 'vitest';
import { openFaultyLedger } from '../support/faulty-storage.ts';
import { by, createMemoryBench, openAccount, refusal } from '../support/ledger.ts';

// What group commit does when the storage does not do what it is told.

const bench = createMemoryBench();

test('commands that arrive together are one batch', async () => {
  const account = await openAccount(bench, 1_000);
  const { ledger, faulty } = await openFaultyLedger(bench);
  const spends = Array.from({ length: 150 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
  await Promise.all(spends);
  expect(faulty.batches).toEqual([150]);
});

test('commands that arrive during a batch are the next one, of at most 200', async () => {
  const account = await openAccount(bench, 1_000);
  const { ledger, faulty } = await openFaultyLedger(bench);
  const spends = Array.from({ length: 450 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
  const versions = (await Promise.all(spends)).map(({ version }) => version);
  expect(faulty.batches).toEqual([200, 200, 50]);
  expect(versions).toEqual(Array.from({ length: 450 }, (_, index) => index + 2));
});

test.each([['40001'], ['40P01'], ['23505']])('a batch that conflicts (%s) is decided again', async (code) => {
  const account = await openAccount(bench, 100);
  const { ledger, faulty } = await openFaultyLedger(bench);
  faulty.failBefore(code);
  const spends = Array.from({ length: 5 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
  const receipts = await Promise.all(spends);
  expect(receipts.map(({ version }) => version)).toEqual([2, 3, 4, 5, 6]);
});

test('a batch whose result is lost is repeated, and takes effect once', async () => {
  const account = await openAccount(bench, 100);
  const { ledger, faulty } = await openFaultyLedger(bench);
  void faulty.failAfter('08006');
  const spends = Array.from({ length: 5 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
  const receipts = await Promise.all(spends);
  expect(receipts.map(({ version, replayed }) => [version, replayed])).toEqual([2, 3, 4, 5, 6].map((v) => [v, true]));
  expect((await bench.ledger.balance(account)).version).toBe(6);
});

test('a command that cannot be written fails alone', async () => {
  const account = await openAccount(bench, 100);
  const { ledger, faulty } = await openFaultyLedger(bench);
  faulty.refuse((intent) => 'amount' in intent && intent.amount === 7);
  const outcomes = await Promise.allSettled(
    [1, 2, 7, 3, 4].map((amount) => ledger.spend({ ...by(account), account, amount })),
  );
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'accepted' : outcome.reason.code))).toEqual([
    'accepted',
    'accepted',
    '23514',
    'accepted',
    'accepted',
  ]);
  expect((await bench.ledger.balance(account)).balance.available).toBe(90);
});

test('a database that accepts no changes is not asked again for each command', async () => {
  const account = await openAccount(bench, 100);
  const { ledger, faulty } = await openFaultyLedger(bench);
  let batches = 0;
  faulty.refuse(() => {
    batches += 1;
    throw Object.assign(new Error('The database is a standby.'), { code: '25006' });
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => ledger.spend({ ...by(account), account, amount: 1 })),
  );
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(batches).toBe(1);
});

test('a ledger whose database is gone says so, and works again when it is back', async () => {
  const account = await openAccount(bench, 100);
  const { ledger, faulty } = await openFaultyLedger(bench);
  faulty.failAlways('08006');
  await refusal(ledger.spend({ ...by(account), account, amount: 1 }), 'unavailable');
  await refusal(ledger.balance(account), 'unavailable');
  faulty.heal();
  expect((await ledger.spend({ ...by(account), account, amount: 1 })).balance.available).toBe(99);
});

test('more commands than may wait are refused at once, and the ones before them are carried out', async () => {
  const account = await openAccount(bench, 20_000);
  const spends = Array.from({ length: 10_050 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
  const outcomes = await Promise.allSettled(spends);
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused).toHaveLength(50);
  expect(refused[0]).toMatchObject({ code: 'unavailable', details: { retryAfterMs: 1_000 } });
  expect((await bench.ledger.balance(account)).balance.available).toBe(20_000 - 10_000);
});
