import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, createBench, openAccount } from '../support/ledger.ts';

// One bad command never fails its neighbours, wherever in a batch it stands, how many there are, and whatever refuses it:
// the parser, the rules, or nobody but a constraint of the database.

const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));

beforeAll(() =>
  bench.database.pool.query('ALTER TABLE credits.journal ADD CONSTRAINT unlucky CHECK (amount % 13 <> 0)'),
);
afterAll(() => bench.database.pool.query('ALTER TABLE credits.journal DROP CONSTRAINT unlucky'));

test('of any batch, exactly the commands that are bad by themselves are refused', { timeout: 120_000 }, async () => {
  const command = fc.record({
    user: fc.nat(2),
    amount: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(13, 26, 0, -1, 1.5, 10_000)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 60 }), async (commands) => {
      const users = await Promise.all([0, 1, 2].map(() => openAccount(bench, 2_000)));
      const outcomes = await Promise.allSettled(
        commands.map(({ user, amount }) => {
          const account = users[user] ?? '';
          return bench.ledger.spend({ ...by(account), account, amount });
        }),
      );
      const expected = commands.map(({ amount }) => {
        if (!Number.isInteger(amount) || amount < 1) return 'invalid_request';
        if (amount > 2_000) return 'insufficient_credits';
        return amount % 13 === 0 ? '23514' : 'accepted';
      });
      const found = outcomes.map((each) => (each.status === 'fulfilled' ? 'accepted' : each.reason.code));
      expect(found).toEqual(expected);
      for (const [index, account] of users.entries()) {
        const accepted = commands.filter(({ user }, at) => user === index && expected[at] === 'accepted');
        const spent = accepted.reduce((sum, { amount }) => sum + amount, 0);
        const { balance, version } = await bench.ledger.balance(account);
        expect({ available: balance.available, version }).toEqual({
          available: 2_000 - spent,
          version: 1 + accepted.length,
        });
        expect((await bench.ledger.verify({ account })).differences).toEqual([]);
      }
    }),
    { numRuns: 30 },
  );
});
