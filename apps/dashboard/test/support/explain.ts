import type { HistoryPage } from 'realtime-credits';
import type { APIRequestContext } from '@playwright/test';
import type { Painted } from './display.ts';

/**
 * The oracle of S8 for what a screen showed: each number is the ledger at some version that only moves forward, plus own
 * operations that are not in it.
 */

/** What `available` was at each version of the account, oldest first. */
export async function readAvailable(request: APIRequestContext): Promise<number[]> {
  const answer = await request.get('/api/credits/history?limit=100');
  if (!answer.ok()) throw new Error(`The history was answered ${answer.status()}: ${await answer.text()}`);
  const { entries } = (await answer.json()) as HistoryPage;
  return [0, ...entries.map((entry) => entry.after.available).toReversed()];
}

/** The numbers that nothing explains; empty when all is well. */
export function findUnexplained(painted: readonly Painted[], available: readonly number[], deltas: number[]): number[] {
  const sums = deltas.reduce<number[]>((known, delta) => [...known, ...known.map((sum) => sum + delta)], [0]);
  const unexplained: number[] = [];
  let version = 0;
  for (const { amount } of painted) {
    if (amount === null) continue;
    const found = available.findIndex(
      (known, index) => index >= version && sums.some((sum) => Math.max(0, known + sum) === amount),
    );
    if (found === -1) unexplained.push(amount);
    else version = found;
  }
  return unexplained;
}
