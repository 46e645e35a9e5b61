import { afterAll, expect, test } from 'vitest';
import { watchEventLoop } from './event-loop.ts';
import { FAULTS, type Fault } from './faults.ts';
import { PROFILES, type Profile } from './profiles.ts';
import { simulate } from './simulate.ts';

const loop = watchEventLoop();
afterAll(loop.restore);

/** Schedules of each profile here; by the thousand they are `npm run simulate`. */
const SEEDS = Number(process.env['SEEDS'] ?? 25);

/** Seeds that once found something: they are run whatever the count. */
const FOUND: Record<string, number[]> = {
  // A refused repetition while the first request was still on its way; a session that ended in the middle of a command.
  'one-tab': [74, 507, 781, 1202, 4782],
  restored: [1266, 12127, 30131],
  tabs: [184, 11858],
  accounts: [13, 28, 91, 234, 1236, 5619, 6932, 10871, 11568, 15145, 17026, 17522, 111297],
  unversioned: [1502, 11154],
  servers: [219, 1409, 500421],
  'unversioned-tabs': [28, 985],
  // A retry refused after the first attempt took effect; responses that named no purchase and were taken for another's.
  'slow-panel-ledger': [182, 1203, 2101],
  // A purchase that its page gave up and took back, while the panel was still at it: the number may leave it out.
  lots: [8199],
  'slow-panel': [2100, 7130, 9726, 16237, 16449],
};

/** Those that have to happen in these schedules. */
const EXPECTED: Record<string, readonly Fault[]> = {
  'slow-panel': FAULTS,
  'slow-panel-ledger': FAULTS.filter((fault) => !fault.startsWith('a balance ')),
};

test.each(Object.entries(PROFILES))(
  '%s: every number on the way is explainable, and the last one is the ledger’s',
  async (name, profile) => {
    const happened = new Set<Fault>();
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    for (const seed of [...seeds, ...(FOUND[name] ?? [])]) {
      const { wrong, faults } = await simulate(seed, profile, { loop });
      expect(wrong, `npm run simulate -- --profile ${name} --seed ${seed} --trace`).toBeNull();
      for (const fault of faults.keys()) happened.add(fault);
    }
    expect(
      (EXPECTED[name] ?? []).filter((fault) => !happened.has(fault)),
      'faults that never happened',
    ).toEqual([]);
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
