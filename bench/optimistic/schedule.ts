/**
 * What happens to a person with one open tab during a minute, and how the network treats each request: decided by a seed
 * before any contestant runs. All contestants run through the same minute.
 */
import { createRandom, type Random } from '../../packages/credits/test/support/random.ts';
import type { Fate } from '../../packages/credits/test/support/model-server.ts';

/** More than any schedule can spend: refusals are the server's decision, never a matter of order. */
export const START = 1_000_000_000_000;
export const MINUTE_MS = 60_000;

/** How one request travels. */
export interface Trip {
  outMs: number;
  backMs: number;
  fate: Fate;
}

/** A purchase or a bonus of the person's own. */
export interface Operation {
  tag: string;
  delta: number;
  /** The server says no. */
  refused: boolean;
  /** The route answers without any balance. */
  quiet: boolean;
  /** By attempt; a later one than the last goes like the last. */
  trips: Trip[];
}

export type Happening = { at: number } & (
  | { kind: 'operation'; operation: Operation }
  /** A change by others: an admin's grant, a job's bill. */
  | { kind: 'move'; delta: number }
  | { kind: 'hidden' | 'visible' }
  /** The event stream's connection breaks; nobody else notices. */
  | { kind: 'cut' }
);

export interface Schedule {
  seed: number;
  happenings: Happening[];
  /** Every amount of the schedule, in the order of {@link Schedule.happenings}: see `oracle.ts` for why they are unique. */
  deltas: number[];
  /** How the nth question for the balance travels, whichever contestant sends it. */
  questionTrip: (nth: number) => Trip;
}

export function createSchedule(seed: number): Schedule {
  const random = createRandom(seed);
  const happenings: Happening[] = [];
  const exponents = shuffle(
    Array.from({ length: 14 }, (_, index) => index),
    random,
  );
  const amount = (): number => 4 ** (exponents.pop() ?? 0);

  let at = 3_000;
  for (let left = random.between(5, 9); left > 0; left--) {
    // Two in three purchases come while an earlier one may still be out.
    at += random.chance(0.65) ? random.between(20, 900) : random.between(3_000, 12_000);
    const delta = amount() * (random.chance(0.75) ? -1 : 1);
    const operation: Operation = {
      tag: `o${left}`,
      delta,
      refused: random.chance(0.2),
      quiet: random.chance(0.35),
      trips: Array.from({ length: 4 }, (_, attempt) => trip(random, attempt < 3 ? 0.12 : 0)),
    };
    happenings.push({ at, kind: 'operation', operation });
  }
  for (let left = random.between(1, 4); left > 0; left--) {
    const delta = amount() * (random.chance(0.7) ? 1 : -1);
    happenings.push({ at: random.between(4_000, MINUTE_MS), kind: 'move', delta });
  }
  for (let left = random.between(0, 2); left > 0; left--) {
    const hidden = random.between(3_000, MINUTE_MS - 10_000);
    happenings.push({ at: hidden, kind: 'hidden' }, { at: hidden + random.between(500, 9_000), kind: 'visible' });
  }
  if (random.chance(0.3)) happenings.push({ at: random.between(4_000, MINUTE_MS), kind: 'cut' });
  happenings.sort((one, other) => one.at - other.at);

  const deltas = happenings.flatMap((happening) => deltaOf(happening) ?? []);
  const questionTrip = (nth: number): Trip => trip(createRandom(seed + 7_919 * (nth + 1)), 0.05);
  return { seed, happenings, deltas, questionTrip };
}

export function deltaOf(happening: Happening): number | null {
  if (happening.kind === 'operation') return happening.operation.delta;
  return happening.kind === 'move' ? happening.delta : null;
}

/** One way in ten is slow; `loss` is the share that never arrives, whose answer never arrives, or that meets a 503. */
function trip(random: Random, loss: number): Trip {
  const ms = (): number => (random.chance(0.1) ? random.between(1_000, 4_000) : random.between(15, 400));
  const fate = random.chance(loss) ? random.pick(['lose-request', 'lose-answer', { status: 503 }] as const) : 'deliver';
  return { outMs: ms(), backMs: ms(), fate };
}

function shuffle<Item>(items: Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
