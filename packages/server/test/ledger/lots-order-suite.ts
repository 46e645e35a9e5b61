import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { BatchResult, LedgerStorage } from '../../src/ledger/storage.ts';
import { LotsModel } from '../simulation/lots-model.ts';
import { by, fresh, type Bench } from '../support/ledger.ts';

const step = fc.record({
  kind: fc.constantFrom('grant', 'lot', 'lot', 'lot', 'spend', 'transfer', 'hold', 'post', 'void', 'reverse', 'wait'),
  user: fc.nat(1),
  amount: fc.integer({ min: 1, max: 40 }),
  /** Few values: many are equal. */
  priority: fc.option(fc.constantFrom(0, 50, 51), { nil: undefined }),
  expiresAfterMs: fc.option(fc.constantFrom(1_000, 5_000, 60_000), { nil: undefined }),
  pick: fc.nat(20),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Passes the rows of each commit to a model. */
function observe(storage: LedgerStorage, onCommit: (batch: BatchResult) => void): LedgerStorage {
  return new Proxy(storage, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== 'executeBatch') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<LedgerStorage['executeBatch']>) => {
        const result = await target.executeBatch(...args);
        onCommit(result);
        return result;
      };
    },
  });
}

/** What a run has made so far. */
interface Run {
  ledger: Ledger;
  users: string[];
  holds: string[];
  transfers: string[];
}

async function carryOut({ ledger, users, holds, transfers }: Run, taken: Step, nowMs: number): Promise<void> {
  const account = users[taken.user] ?? '';
  const destination = users[1 - taken.user] ?? '';
  const { amount, priority, expiresAfterMs: afterMs } = taken;
  const base = by(account);
  const hold = holds[taken.pick % Math.max(holds.length, 1)] ?? '';
  const transfer = transfers[taken.pick % Math.max(transfers.length, 1)] ?? '';
  const keep = (receipt: { transfer: { id: string } }): unknown => transfers.push(receipt.transfer.id);
  switch (taken.kind) {
    case 'lot': {
      const expiresAt = afterMs === undefined ? undefined : new Date(nowMs + afterMs).toISOString();
      const lot = {
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(priority === undefined ? {} : { priority }),
      };
      return void keep(await ledger.grant({ ...base, account, amount, ...lot }));
    }
    case 'grant':
      return void keep(await ledger.grant({ ...base, account, amount }));
    case 'spend':
      return void keep(await ledger.spend({ ...base, account, amount }));
    case 'transfer':
      return void keep(await ledger.transfer({ ...base, source: account, destination, amount }));
    case 'hold': {
      const command = { ...base, account, amount, expiresAfterMs: afterMs ?? 2_000 };
      const to = taken.pick % 2 === 0 ? {} : { destination };
      return void holds.push((await ledger.hold({ ...command, ...to })).hold.id);
    }
    case 'post':
      if (hold === '') return;
      return void keep(await ledger.post({ ...base, hold, ...(taken.pick % 3 === 0 ? {} : { amount }) }));
    case 'void':
      return hold === '' ? undefined : void (await ledger.void({ ...base, hold }));
    case 'reverse':
      return transfer === '' ? undefined : void keep(await ledger.reverse({ ...base, transfer }));
    case 'wait':
  }
}

/** Any sequence of commands on lots comes to what a model says that knows nothing of the ledger's code. */
export function testLotsOrder(bench: Bench, { numRuns }: { numRuns: number }): void {
  test(
    'T5 lots are spent by priority, then by expiry, then by age, and none after its instant',
    { timeout: 180_000 },
    async () => {
      let model = new LotsModel();
      const ledger = await bench.openLedger({
        wrapStorage: (storage) => observe(storage, ({ rows }) => rows.forEach((row) => model.commit(row))),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
          model = new LotsModel();
          const run: Run = { ledger, users: [fresh('user'), fresh('user')], holds: [], transfers: [] };
          for (const taken of steps) {
            if (taken.kind === 'wait') bench.time.nowMs += taken.amount * 100;
            await carryOut(run, taken, bench.time.nowMs).catch((error: unknown) => {
              if (!isCreditsError(error)) throw error;
            });
          }
          for (const user of run.users) {
            const { lots } = await ledger.lots(user, { limit: 100 });
            const found = lots.map(({ available, expiresAt, priority }) => ({
              priority,
              expiresAtMs: expiresAt === null ? Infinity : Date.parse(expiresAt),
              free: available,
            }));
            expect(found).toEqual(model.spendable(user));
            expect((await ledger.verify({ account: user })).differences).toEqual([]);
          }
        }),
        { numRuns },
      );
    },
  );
}
