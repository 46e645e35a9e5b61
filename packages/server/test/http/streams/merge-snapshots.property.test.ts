import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { APPLIED_SPAN_MAX, type Snapshot } from 'realtime-credits/contract';
import { mergeSnapshots } from '../../../src/http/streams/merge-snapshots.ts';

/** An account in which operation `n` was committed at version `n`: what a frame covers can be read off its list. */
function frame(from: number, version: number, epoch = 'epoch-1'): Snapshot {
  const applied = Array.from({ length: version - from }, (_, index) => `operation-${from + index + 1}`);
  return { account: '42', epoch, version, balance: { posted: version, held: 0, available: version }, from, applied };
}

test('a merged frame names every operation of the versions that it claims, in any run of frames', () => {
  const frames = fc.array(fc.record({ back: fc.nat(5), ahead: fc.integer({ min: 1, max: 5 }) }), { maxLength: 12 });
  fc.assert(
    fc.property(frames, (steps) => {
      let merged = frame(10, 12);
      for (const { back, ahead } of steps) {
        // Some frames overlap what went before, some leave a gap.
        const from = Math.max(0, merged.version + 2 - back);
        merged = mergeSnapshots(merged, frame(from, Math.max(from, merged.version) + ahead));
      }
      const names = new Set(merged.applied);
      for (let version = merged.from + 1; version <= merged.version; version += 1) {
        expect(names).toContain(`operation-${version}`);
      }
      expect(merged.balance.posted).toBe(merged.version);
    }),
  );
});

test('frames that follow on each other become one', () => {
  expect(mergeSnapshots(frame(3, 5), frame(5, 8))).toMatchObject({ from: 3, version: 8 });
});

test('over a gap the newer frame stands alone', () => {
  expect(mergeSnapshots(frame(3, 5), frame(6, 8))).toEqual(frame(6, 8));
});

test('nothing of another epoch of the database is kept', () => {
  expect(mergeSnapshots(frame(3, 5), frame(4, 6, 'epoch-2'))).toEqual(frame(4, 6, 'epoch-2'));
});

test('a list that would pass its limit is left to the question that a gap makes', () => {
  const merged = mergeSnapshots(frame(0, APPLIED_SPAN_MAX), frame(APPLIED_SPAN_MAX, APPLIED_SPAN_MAX + 1));
  expect(merged).toEqual(frame(APPLIED_SPAN_MAX, APPLIED_SPAN_MAX + 1));
});
