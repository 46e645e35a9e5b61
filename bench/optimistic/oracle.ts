/**
 * Judges the numbers that one contestant paints, by the rule that the simulator of the package uses: a number is
 * explainable when it is the ledger at some version that only moves forward, plus own operations that are not in that
 * version and are undecided or took effect. An operation that the server will never carry out may be shown until the
 * contestant itself has received the refusal.
 *
 * Every amount of a schedule is its sign times a power of four of its own. So a number says how often each operation is
 * in it (−1 to 2 times), no number is right by accident, and a change back and forth is seen for what it is.
 */
import type { ModelServer } from '../../packages/credits/test/support/model-server.ts';
import { START } from './schedule.ts';

/** What is known of an own operation. */
export interface Begun {
  tag: string;
  delta: number;
  /** Requests on their way to the server that will be carried out. */
  inTransit: number;
  /** The contestant was told that the server refused it, and says that it is done with it. */
  refused: boolean;
}

/**
 * What is wrong with a number: an effect is in it twice (or was taken back twice), one that the ledger has or is about to
 * have is missing, a refused one is still there.
 */
export type Fault = 'twice' | 'missing' | 'kept';

export interface Verdict {
  /** What was wrong at any instant; empty when every number could be explained. */
  faults: ReadonlySet<Fault>;
  /** For how long a number stood that nothing explains. */
  unexplainableMs: number;
  /** The first of them, in words; null when there was none. */
  example: string | null;
  /** Changes of an effect beyond the first, and beyond the one that takes a failed operation back. */
  flickers: number;
  /** The number at rest is not the ledger's. */
  endsWrong: boolean;
  /** For each change by others that came to be shown: milliseconds from its commit to its first being in the number. */
  delaysMs: number[];
}

export interface Oracle {
  begin(begun: Begun): void;
  /** A change by others was committed now. */
  moved(delta: number): void;
  /** The number as it stands at this instant; the last call of an instant counts, as a frame paints only that. */
  paint(shown: number | null): void;
  finish(): Verdict;
}

export function createOracle(
  server: ModelServer,
  account: string,
  now: () => number,
  deltas: readonly number[],
): Oracle {
  const begun = new Map<string, Begun>();
  const moves = new Map<number, number>();
  const counts = new Map(deltas.map((delta) => [delta, { now: 0, changes: 0 }]));
  const faults = new Set<Fault>();
  const verdict: Verdict = {
    faults,
    unexplainableMs: 0,
    example: null,
    flickers: 0,
    endsWrong: false,
    delaysMs: [],
  };
  let explainedBy = 0;
  let painted: { at: number; shown: number; explanation: number | null; fault: Fault; sentence: string } | null = null;

  /** How often each amount is in the number; null when it is no such sum at all. */
  function decode(shown: number): Map<number, number> | null {
    let rest = shown - START;
    const found = new Map<number, number>();
    for (const delta of deltas.toSorted((one, other) => Math.abs(one) - Math.abs(other))) {
      const unit = Math.abs(delta);
      const digit = (((rest / delta) % 4) + 4) % 4;
      if (!Number.isInteger(digit)) return null;
      const times = digit === 3 ? -1 : digit;
      found.set(delta, times);
      rest -= times * delta;
      if (rest % (unit * 4) !== 0) return null;
    }
    return rest === 0 ? found : null;
  }

  function explains(version: number, times: Map<number, number>): boolean {
    const applied = new Set(server.changes(account).flatMap((one) => (one.version <= version ? one.delta : [])));
    const committed = new Set(server.changes(account).map(({ delta }) => delta));
    const own = new Map([...begun.values()].map((one) => [one.delta, one]));
    return [...times].every(([delta, count]) => {
      if (applied.has(delta)) return count === 1;
      const operation = own.get(delta);
      if (operation === undefined) return count === 0;
      if (committed.has(delta) || operation.inTransit > 0) return count === 1;
      return count === 0 || (count === 1 && !operation.refused);
    });
  }

  /** Names what is wrong with a number that nothing explains. */
  function faultOf(shown: number): Fault {
    const times = decode(shown);
    if (times === null || [...times.values()].some((count) => count < 0 || count > 1)) return 'twice';
    const kept = [...begun.values()].some(({ delta, refused }) => refused && times.get(delta) === 1);
    return kept ? 'kept' : 'missing';
  }

  function explain(shown: number): number | null {
    const times = decode(shown);
    if (times === null) return null;
    const newest = server.version(account);
    for (let version = Math.max(1, explainedBy); version <= newest; version++) {
      if (explains(version, times)) return version;
    }
    return null;
  }

  /** The frame of the last instant is painted. */
  function flush(): void {
    if (painted === null) return;
    const { at, shown, explanation, fault, sentence } = painted;
    painted = null;
    if (explanation === null) {
      faults.add(fault);
      verdict.unexplainableMs += now() - at;
      verdict.example ??= sentence;
    } else explainedBy = explanation;
    for (const [delta, times] of decode(shown) ?? []) {
      const count = counts.get(delta);
      if (count === undefined || count.now === times) continue;
      count.now = times;
      count.changes += 1;
      const since = moves.get(delta);
      if (since !== undefined && times === 1 && count.changes === 1) verdict.delaysMs.push(at - since);
    }
  }

  return {
    begin: (one) => void begun.set(one.tag, one),
    moved: (delta) => void moves.set(delta, now()),
    paint(shown) {
      if (painted !== null && painted.at !== now()) flush();
      if (shown === null) return;
      const explanation = explain(shown);
      const sentence = explanation === null ? describe(shown) : '';
      painted = { at: now(), shown, explanation, fault: faultOf(shown), sentence };
    },
    finish() {
      const shown = painted?.shown ?? null;
      flush();
      verdict.endsWrong = shown !== server.available(account);
      for (const [delta, { now: last, changes }] of counts) {
        const isOwn = !moves.has(delta);
        verdict.flickers += Math.max(0, changes - (last === 1 ? 1 : isOwn ? 2 : 0));
      }
      return verdict;
    },
  };

  function describe(shown: number): string {
    const times = decode(shown);
    const said = [...(times ?? [])].flatMap(([delta, count]) => (count === 0 ? [] : `${count} × ${delta}`));
    return `${now()} ms: ${shown} = ${START} + ${times === null ? '?' : said.join(' + ')}; explained up to version ${explainedBy}; ledger ${JSON.stringify(server.changes(account).slice(1))}; begun ${JSON.stringify([...begun.values()])}`;
  }
}
