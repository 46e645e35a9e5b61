import { afterAll, describe, expect, test } from 'vitest';
import type { Ledger } from 'realtime-credits-server';
import { createPostgresDatabase } from '../../../packages/server/test/support/database.ts';
import { payReferral } from '../../recipes/referral.ts';
import { useLedger } from '../support/test-ledger.ts';
import { testCodes } from './codes-suite.ts';
import { testPayments } from './payments-suite.ts';

// On a server, transactions of several connections really run at once: they wait for each other, and can meet in deadlocks.

const drops: (() => Promise<void>)[] = [];
const onServer = () =>
  useLedger(async () => {
    const { url, drop } = await createPostgresDatabase();
    drops.push(drop);
    return { url };
  });
afterAll(async () => void (await Promise.all(drops.map((drop) => drop()))));

describe('payments on a server', () => {
  testPayments(onServer());
});

describe('codes on a server', () => {
  testCodes(onServer());
});

describe('referrals on a server', () => {
  const bench = onServer();

  test('referrals that cross each other at once are all paid once', async () => {
    // Names before `house:`, as those of most hosts: their accounts are locked first, and then the one that all share.
    const people = ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hal'];
    for (const account of people) await bench.ledger.openAccount(account);
    const pairs = people.map((referrer, index) => ({ referrer, newcomer: people[(index + 1) % people.length] ?? '' }));
    let transactions = 0;
    const ledger: Ledger = {
      ...bench.ledger,
      transaction(work) {
        transactions += 1;
        return bench.ledger.transaction(work);
      },
    };
    await Promise.all([...pairs, ...pairs.toReversed()].map((pair) => payReferral(ledger, pair)));
    expect(transactions).toBe(16); // none met another one in a deadlock, and had to be repeated
    for (const account of people) expect(await bench.readAvailable(account)).toBe(150);
  });
});
