import { expect, test } from 'vitest';
import {
  balanceAt,
  forecastAt,
  roundUp,
  toChartShape,
  toForecastPath,
  toPath,
  type ChartShape,
} from '@/components/balance/chart-shape';
import type { BalancesAnswer } from '@/lib/api';

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

function draw(points: BalancesAnswer['data']['points'], period: Parameters<typeof toChartShape>[1]): ChartShape {
  const shape = toChartShape(points, period);
  if (shape === null) throw new Error('There is nothing to draw.');
  return shape;
}

const POINTS = [
  { available: 100, created_at: at(10) },
  { available: 40, created_at: at(20) },
  { available: 90, created_at: at(30) },
];

test('a balance is drawn as steps, up to the present', () => {
  const shape = draw(POINTS, { fromMs: null, nowMs: 110_000 });
  expect(shape).toMatchObject({ fromMs: 10_000, max: 100 });
  expect(toPath(shape, 100, 50)).toBe('M0,0H10V30H20V5H100');
});

test('what was there before the period holds at its beginning', () => {
  const shape = draw(POINTS, { fromMs: 15_000, nowMs: 35_000 });
  expect(toPath(shape, 100, 50)).toBe('M0,0H25V30H75V5H100');
  expect(balanceAt(shape, 15_000)?.available).toBe(100);
  // An account that is younger than the period has no empty part before it.
  expect(toChartShape(POINTS, { fromMs: 0, nowMs: 110_000 })).toMatchObject({ fromMs: 10_000 });
});

test('the balance where a pointer is, is that of the change before', () => {
  const shape = draw(POINTS, { fromMs: null, nowMs: 110_000 });
  expect([5_000, 10_000, 19_999, 20_000, 99_000].map((ms) => balanceAt(shape, ms)?.available)).toEqual([
    undefined,
    100,
    100,
    40,
    90,
  ]);
});

test('a chart of nothing is none, and one of a single moment has a width', () => {
  expect(toChartShape([], { fromMs: null, nowMs: 1 })).toBeNull();
  const shape = draw(POINTS.slice(0, 1), { fromMs: null, nowMs: 10_000 });
  expect(toPath(shape, 100, 50)).toBe('M100,0H100');
});

test('the top is a round number that is at least every balance, and half of it is whole', () => {
  expect([0, 7, 10, 11, 675, 1_000, 1_001, 8_100].map(roundUp)).toEqual([10, 10, 10, 20, 800, 1_000, 2_000, 10_000]);
});

test('a forecast falls straight to nothing at the instant at which credits run out', () => {
  const shape = draw(POINTS, { fromMs: null, nowMs: 110_000, exhaustsAtMs: 130_000 });
  const last = POINTS.at(-1)?.available ?? 0;
  expect(shape.untilMs).toBe(130_000);
  expect(forecastAt(shape, 120_000)?.available).toBe(Math.round(last / 2));
  expect(forecastAt(shape, 110_000)).toBeNull();
  expect(toPath(shape, 1_000, 200).endsWith(`H${Math.round(10_000 * (100 / 120)) / 10}`)).toBe(true);
  expect(toForecastPath(shape, 1_000, 200).endsWith('L1000,200')).toBe(true);
});

test('a forecast takes at most a part of the chart, and there is none without costs by the hour', () => {
  const shape = draw(POINTS, { fromMs: null, nowMs: 110_000, exhaustsAtMs: 110_000 + 1_000_000 });
  expect((shape.untilMs - shape.nowMs) / (shape.untilMs - shape.fromMs)).toBeCloseTo(0.3);
  expect(shape.forecast?.available).toBeGreaterThan(0);
  const calm = draw(POINTS, { fromMs: null, nowMs: 110_000 });
  expect([calm.untilMs, calm.forecast, toForecastPath(calm, 10, 10)]).toEqual([110_000, null, '']);
});
