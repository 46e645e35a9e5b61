import { array, assert, boolean, constant, integer, nat, property, record, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { createModel, ingest, addOperation, type Model } from '../../../src/sync/number/state.ts';
import { selectShown } from '../../../src/sync/number/view.ts';

/** A history of an account: own operations and changes by others, as the server committed them. */
const history = array(record({ own: boolean(), delta: integer({ min: -50, max: 50 }) }), {
  minLength: 1,
  maxLength: 12,
});

interface Told {
  history: { own: boolean; delta: number }[];
  /** Frames by the versions that they span, in the order in which they arrive: some twice, some never. */
  frames: { from: number; to: number }[];
}

const told = history.chain((changes) =>
  record({
    history: constant(changes),
    frames: array(tuple(nat(changes.length), nat(changes.length)), { maxLength: 25 }).map((spans) =>
      spans.map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
    ),
  }),
);

const START = 1_000;

function frameOf(changes: Told['history'], from: number, to: number): Snapshot {
  const available = changes.slice(0, to).reduce((sum, { delta }) => sum + delta, START);
  const applied = changes.flatMap(({ own }, index) => (own && index >= from && index < to ? [`op-${index}`] : []));
  return {
    account: 'ada',
    epoch: 'one',
    version: to,
    from,
    applied,
    balance: { posted: available, held: 0, available },
  };
}

/** All own operations are shown from the start; then whatever arrives, arrives. */
function begin(changes: Told['history']): Model {
  let model = ingest(createModel('ada'), frameOf(changes, 0, 0), { startedAt: 0 });
  for (const [index, { own, delta }] of changes.entries()) {
    if (own) model = addOperation(model, { id: `op-${index}`, delta, reason: '', identified: true });
  }
  return model;
}

function shown(model: Model): number {
  return selectShown({ confirmed: model.confirmed, pending: model.operations, accrued: 0 }) ?? Number.NaN;
}

function explained(changes: Told['history'], version: number): number {
  return changes.reduce((sum, { own, delta }, index) => (index < version || own ? sum + delta : sum), START);
}

test('any order, explainable number: with frames twice, late, lost or reordered, the number is the ledger’s at some version and own operations not in it', () => {
  assert(
    property(told, ({ history: changes, frames }) => {
      let model = begin(changes);
      for (const { from, to } of frames) {
        const before = model.confirmed?.version ?? 0;
        model = ingest(model, frameOf(changes, from, to), { startedAt: 0 });
        const version = model.confirmed?.version ?? -1;
        expect(version).toBeGreaterThanOrEqual(before);
        expect(shown(model)).toBe(explained(changes, version));
      }
    }),
    { numRuns: 500 },
  );
});

test('convergence: one complete frame at the end makes the number the ledger’s, whatever came before', () => {
  assert(
    property(told, ({ history: changes, frames }) => {
      let model = begin(changes);
      for (const { from, to } of frames) model = ingest(model, frameOf(changes, from, to), { startedAt: 0 });
      model = ingest(model, frameOf(changes, 0, changes.length), { startedAt: model.tick });
      expect(shown(model)).toBe(explained(changes, changes.length));
      expect(model.operations).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('any order: a frame that arrives twice changes nothing the second time', () => {
  assert(
    property(told, ({ history: changes, frames }) => {
      let model = begin(changes);
      for (const { from, to } of frames) {
        model = ingest(model, frameOf(changes, from, to), { startedAt: 0 });
        const again = ingest(model, frameOf(changes, from, to), { startedAt: 0 });
        expect([shown(again), again.operations]).toEqual([shown(model), model.operations]);
      }
    }),
  );
});
