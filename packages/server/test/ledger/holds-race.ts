import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import type { Receipt } from '../../src/ledger/command.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { by, openAccount, type Bench } from '../support/ledger.ts';

/** Any commands on one hold at once, through two instances: exactly one outcome, and every answer agrees with it. */

const AMOUNT = 30;
const LIFE_MS = 10_000;

const racer = fc.record({
  kind: fc.constantFrom('post', 'post', 'void', 'extend', 'expire' as const),
  /** Of a post; above what remains it is refused. */
  amount: fc.integer({ min: 1, max: AMOUNT + 2 }),
  instance: fc.nat(1),
  joined: fc.boolean(),
});
type Racer = typeof racer extends fc.Arbitrary<infer R> ? R : never;

function start(
  ledger: Ledger,
  account: string,
  hold: string,
  { kind, amount, joined }: Racer,
): Promise<Receipt | null> {
  if (kind === 'expire') return ledger.findHold(hold).then(() => null); // whoever reads it past its instant settles it
  const commands = {
    post: { ...by(account), hold, amount },
    void: { ...by(account), hold },
    extend: { ...by(account), hold, expiresAfterMs: LIFE_MS },
  };
  const run = (on: Pick<Ledger, 'post' | 'void' | 'extend'>): Promise<Receipt> => on[kind](commands[kind] as never);
  return joined ? ledger.transaction((transaction) => run(transaction.ledger)) : run(ledger);
}

export function testHoldRaces(bench: Bench, { runs }: { runs: number }): void {
  test('whatever meets on one hold at once, it ends in exactly one outcome', { timeout: 240_000 }, async () => {
    const instances = [bench.ledger, await bench.openLedger()];
    await fc.assert(
      fc.asyncProperty(fc.array(racer, { minLength: 2, maxLength: 12 }), fc.boolean(), async (racers, isLate) => {
        const account = await openAccount(bench, 100);
        const command = { ...by(account), account, amount: AMOUNT, expiresAfterMs: LIFE_MS };
        const { hold } = await bench.ledger.hold(command);
        const id = hold?.id ?? '';
        if (isLate) bench.time.nowMs += LIFE_MS;
        const outcomes = await Promise.allSettled(
          racers.map((each) => start(instances[each.instance] ?? bench.ledger, account, id, each)),
        );
        const codes = outcomes.flatMap((outcome) => {
          if (outcome.status === 'fulfilled') return [];
          if (!isCreditsError(outcome.reason)) throw outcome.reason;
          return [outcome.reason.code];
        });
        expect(codes.filter((code) => code !== 'hold_already_resolved' && code !== 'insufficient_credits')).toEqual([]);
        const receipts = outcomes.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));

        // What was posted is the sum of the accepted posts, and never more than was held.
        const posted = receipts.reduce((sum, { transfer }) => sum + (transfer?.amount ?? 0), 0);
        const now = await bench.ledger.findHold(id);
        expect(posted).toBeLessThanOrEqual(AMOUNT);
        expect(now.remaining).toBe(['posted', 'voided', 'expired'].includes(now.state) ? 0 : AMOUNT - posted);
        expect((await bench.ledger.balance(account)).balance).toEqual({
          posted: 100 - posted,
          held: now.remaining,
          available: 100 - posted - now.remaining,
        });

        // At most one command ended it, and nobody else was told that they did.
        const finals = receipts.filter((receipt) => receipt.hold?.remaining === 0);
        expect(finals.map((receipt) => receipt.hold?.state)).toEqual(
          now.state === 'posted' || now.state === 'voided' ? [now.state] : [],
        );
        expect(isLate ? { posted, state: now.state } : {}).toEqual(isLate ? { posted: 0, state: 'expired' } : {});

        // One entry for each change, and what is over stays over.
        const { entries } = await bench.ledger.history(account, { limit: 100 });
        const changes = receipts.filter((receipt) => receipt.transfer !== null || receipt.hold?.state === 'voided');
        expect(entries).toHaveLength(2 + changes.length + (isLate ? 1 : 0));
        bench.time.nowMs += 2 * LIFE_MS;
        const later = await bench.ledger.findHold(id);
        expect(later.state).toBe(now.remaining === 0 ? now.state : 'expired');
        expect((await bench.ledger.verify(account)).differences).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
}
