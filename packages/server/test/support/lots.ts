import { expect } from 'vitest';
import type { Lot } from 'realtime-credits/contract';
import { by, type Bench } from './ledger.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** What tests of lots do often, on one bench. */
export function createLotSteps(bench: Bench) {
  const inMs = (ms: number): string => new Date(bench.time.nowMs + ms).toISOString();

  async function grant(account: string, amount: number, lot: { expiresAt?: string; priority?: number } = {}) {
    return bench.ledger.grant({ ...by('system:promo'), account, amount, ...lot });
  }

  async function spend(account: string, amount: number) {
    return bench.ledger.spend({ ...by(account), account, amount });
  }

  /** What can be spent of each lot, in spending order. */
  async function lotsOf(account: string): Promise<Pick<Lot, 'available' | 'expiresAt' | 'priority'>[]> {
    const { lots } = await bench.ledger.lots(account, { limit: 100 });
    return lots.map(({ available, expiresAt, priority }) => ({ available, expiresAt, priority }));
  }

  async function amountsOf(account: string): Promise<number[]> {
    return (await lotsOf(account)).map(({ available }) => available);
  }

  async function expectVerified(account: string): Promise<void> {
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  }

  return { inMs, grant, spend, lotsOf, amountsOf, expectVerified };
}
