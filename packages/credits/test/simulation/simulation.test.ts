import { afterAll, expect, test } from 'vitest';
import { watchEventLoop } from './event-loop.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { simulate } from './simulate.ts';

const loop = watchEventLoop();
afterAll(loop.restore);

/** Schedules of each profile here; the same ones by the thousand are `npm run simulate`. */
const SEEDS = 30;

/** Seeds that once found something: they are run whatever the count. */
const FOUND: Record<string, number[]> = {
  // A command that was refused when it was repeated, while its first request was still on the way.
  servers: [86],
  accounts: [51],
};

test.each(Object.entries(PROFILES))(
  '%s: every number on the way is explainable, and the last one is the ledger’s',
  async (name, profile) => {
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    for (const seed of [...seeds, ...(FOUND[name] ?? [])]) {
      const { wrong } = await simulate(seed, profile, { loop });
      expect(wrong, `npm run simulate -- --profile ${name} --seed ${seed} --trace`).toBeNull();
    }
  },
);

test('a seed is the same schedule whenever it is run, to the byte of its trace', async () => {
  for (const profile of Object.values(PROFILES)) {
    const one = await simulate(7, profile, { loop, traced: true });
    const other = await simulate(7, profile, { loop, traced: true });
    expect(other.trace).toEqual(one.trace);
    expect(other.hash).toBe(one.hash);
  }
});

test('another seed is another schedule', async () => {
  const profile = PROFILES['tabs'] as Profile;
  const one = await simulate(7, profile, { loop, traced: true });
  const other = await simulate(8, profile, { loop, traced: true });
  expect(other.hash).not.toBe(one.hash);
});
