import { expect, test } from 'vitest';
import { findUnexplainedFrames, type Frame, type OwnOperation } from './frames.ts';

// The oracle of the browser tests has to find what it is for: these are screens as a wrong client would paint them.

const AVAILABLE = [0, 1_000, 900, 1_250];
/** The purchase that makes version 2 of version 1. */
const BOUGHT: OwnOperation[] = [{ delta: -100, containedIn: 2 }];
const REFUSED: OwnOperation = { delta: -20, containedIn: Number.POSITIVE_INFINITY };

function frame(target: number | null, rest: Partial<Frame> = {}): Frame {
  return { at: 0, targets: [target], columns: [], standing: null, equation: null, ...rest };
}
const standing = (target: number) => frame(target, { standing: String(target) });
const beside = (confirmed: number, pending: number, shown = confirmed + pending, painted = shown) =>
  frame(painted, { standing: String(painted), equation: { confirmed, pending, shown } });

test('a purchase, its confirmation and a gift are explained', () => {
  expect(
    findUnexplainedFrames([standing(1_000), standing(900), frame(null), standing(1_250)], AVAILABLE, BOUGHT),
  ).toEqual([]);
  expect(
    findUnexplainedFrames([beside(1_000, 0), beside(1_000, -100), beside(900, 0), beside(1_250, 0)], AVAILABLE, BOUGHT),
  ).toEqual([]);
});

test('a refused purchase is explained as long as it is pending, on top of any version', () => {
  expect(
    findUnexplainedFrames([standing(1_000), standing(980), standing(880), standing(900)], AVAILABLE, [
      ...BOUGHT,
      REFUSED,
    ]),
  ).toEqual([]);
});

test('a purchase that counts twice for one frame is found', () => {
  const twice = [standing(1_000), standing(900), standing(800), standing(900)];
  expect(findUnexplainedFrames(twice, AVAILABLE, BOUGHT)).toEqual(['800 is not explained by any version from 1 on.']);
  expect(findUnexplainedFrames([beside(1_000, -100), beside(900, -100)], AVAILABLE, BOUGHT)).toEqual([
    '900 + -100 is not explained by any version from 1 on.',
  ]);
});

test('pending that is nobody’s is found', () => {
  expect(findUnexplainedFrames([beside(1_000, -5)], AVAILABLE, [...BOUGHT, REFUSED])).toHaveLength(1);
});

test('a balance that comes back is found', () => {
  expect(findUnexplainedFrames([standing(1_250), standing(1_000)], AVAILABLE, [])).toHaveLength(1);
  expect(findUnexplainedFrames([beside(1_250, 0), beside(900, 0)], AVAILABLE, [])).toEqual([
    '900 + 0 is not explained by any version from 3 on.',
  ]);
});

test('an equation that does not add up, and digits that say something else, are found', () => {
  expect(findUnexplainedFrames([beside(1_000, -100, 1_000)], AVAILABLE, BOUGHT)).toEqual([
    '1000 is shown for 1000 + -100.',
  ]);
  expect(findUnexplainedFrames([beside(1_000, -100, 900, 1_000)], AVAILABLE, BOUGHT)).toEqual([
    '1000 is painted for 900.',
  ]);
  expect(findUnexplainedFrames([frame(1_000, { standing: '100' })], AVAILABLE, [])).toEqual([
    'The digits 100 stand where 1000 was committed.',
  ]);
});

test('a column is on its way only between its two digits, the way the number goes', () => {
  const rolls = (away: number, from = 1_000, to = 900) =>
    findUnexplainedFrames(
      [standing(from), frame(to, { columns: [{ place: 2, digit: 9, away }] })],
      [0, 1_000, 900, 1_900],
      [],
    );
  // From 0 down past 0 to 9: one digit.
  expect(rolls(1)).toEqual([]);
  expect(rolls(0.4)).toEqual([]);
  expect(rolls(1.2)).toHaveLength(1);
  expect(rolls(-0.5)).toHaveLength(1);
  // From 0 up to 9: nine digits.
  expect(rolls(-8.5, 1_000, 1_900)).toEqual([]);
  expect(rolls(0.5, 1_000, 1_900)).toHaveLength(1);
});

test('changes that follow each other while the digits still roll add up, and are forgotten at rest', () => {
  const columns = [{ place: 2, digit: 8, away: 1.9 }];
  const available = [0, 1_000, 900, 800];
  expect(findUnexplainedFrames([standing(1_000), frame(900), frame(800, { columns })], available, [])).toEqual([]);
  expect(findUnexplainedFrames([standing(1_000), standing(900), frame(800, { columns })], available, [])).toHaveLength(
    1,
  );
});
