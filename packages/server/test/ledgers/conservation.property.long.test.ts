import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by } from '../support/ledger.ts';
import { balancesOf, createLedgersBench, expectVerified, openOnEach } from './bench.ts';
import { stopAt } from './stopped-process.ts';

const bench = createLedgersBench(async () => ({ database: await openEmbeddedDatabase() }));

/** Two accounts on each of three ledgers, as numbers. */
const account = fc.nat(5);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('transfer' as const),
      source: account,
      destination: account,
      amount: fc.integer({ min: 1, max: 60 }),
      /** Where its process dies, in commands; 6 or more: nowhere. */
      diesAfter: fc.nat(9),
      joined: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), source: account, to: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('recover' as const) }) },
);

// Twelve histories of three ledgers, where processors are shared.
vi.setConfig({ testTimeout: 300_000 });

test('transfers and moves between three ledgers, with processes that die, conserve all credits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const list = await bench.openNew(3);
      const { ledgers, schemas } = list;
      const accounts = [...(await openOnEach(list, 100)), ...(await openOnEach(list, 100))];
      const expected = accounts.map(() => 100);
      const open: { command: Parameters<typeof ledgers.transfer>[0]; source: number; destination: number }[] = [];
      for (const each of steps) {
        if (each.kind === 'recover') {
          await ledgers.recoverTransfers({ olderThanMs: 0 });
        } else if (each.kind === 'move') {
          const move = { account: accounts[each.source] ?? '', schema: schemas[each.to] ?? '' };
          await ledgers.moveAccount(move).catch(expectRefusal);
        } else {
          const source = accounts[each.source] ?? '';
          const destination = accounts[each.destination] ?? '';
          if (source === destination) continue;
          const command = { ...by(source), source, destination, amount: each.amount };
          if (each.joined) {
            await ledgers
              .transaction(({ ledger }) => ledger.transfer(command))
              .then(() => {
                expected[each.source] = (expected[each.source] ?? 0) - each.amount;
                expected[each.destination] = (expected[each.destination] ?? 0) + each.amount;
              }, expectRefusal);
            continue;
          }
          const dying = await list.openAgain({ wrapLedger: stopAt(({ count }) => count > each.diesAfter).wrap });
          await dying.transfer(command).catch(() => undefined);
          await dying.close();
          open.push({ command, source: each.source, destination: each.destination });
        }
      }
      await ledgers.recoverTransfers({ olderThanMs: 0 });
      await expectVerified(ledgers);
      // Each caller repeats what it got no response to.
      for (const { command, source, destination } of open) {
        await ledgers.transfer(command).then(() => {
          expected[source] = (expected[source] ?? 0) - command.amount;
          expected[destination] = (expected[destination] ?? 0) + command.amount;
        }, expectRefusal);
      }
      expect(await balancesOf(ledgers, accounts)).toEqual(expected);
      expect(await ledgers.circulation()).toMatchObject({ issued: 600, spent: 0, circulating: 600, held: 0 });
      await expectVerified(ledgers);
      await ledgers.close();
    }),
    { numRuns: 12 },
  );
});

function expectRefusal(error: unknown): void {
  expect(isCreditsError(error) ? error.code : error).toMatch(
    /^(insufficient_credits|operation_abandoned|account_in_use)$/,
  );
}
