import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchEventLoop } from './event-loop.ts';
import { openPgliteStorage, type PgliteStorage } from './pglite-storage.ts';
import { PROFILES } from './profiles.ts';
import { simulate } from './simulate.ts';
import { createMemoryStorage } from './storage.ts';

// The storage in memory must behave as Postgres does: the same seeds, to the byte of the trace. Not of restored
// databases: that is a copy of Maps in memory, and nothing that Postgres does under a running server.
const loop = watchEventLoop();
let pglite: PgliteStorage;
beforeAll(async () => {
  pglite = await openPgliteStorage();
});
afterAll(async () => {
  loop.restore();
  await pglite.close();
});

const COMPARED = Object.entries(PROFILES).filter(
  ([, { versioned, disturbances }]) => versioned && !disturbances.includes('restore'),
);

test.each(COMPARED)('%s: a schedule is the same on Postgres and in memory', async (_name, profile) => {
  for (const seed of [1, 2, 3]) {
    const real = await simulate(seed, profile, { loop, traced: true, storage: await pglite.empty() });
    const modelled = await simulate(seed, profile, { loop, traced: true, storage: createMemoryStorage() });
    expect(modelled.trace.join('\n'), `seed ${seed}`).toBe(real.trace.join('\n'));
    expect(real.wrong).toBeNull();
  }
});
