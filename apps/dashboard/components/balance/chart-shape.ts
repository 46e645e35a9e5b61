import type { BalancesAnswer } from '@/lib/api';

/** Periods that can be shown, with the names of their texts; the second one is shown first. */
export const CHART_RANGES = [
  { id: '7', label: 'week', days: 7 },
  { id: '30', label: 'month', days: 30 },
  { id: 'all', label: 'all', days: null },
] as const;
export type ChartRange = (typeof CHART_RANGES)[number]['id'];

export interface ChartPoint {
  atMs: number;
  available: number;
}

/** A balance over time as steps: each point holds until the next one, the last one until the end. */
export interface ChartShape {
  fromMs: number;
  /** Where the past ends. */
  nowMs: number;
  untilMs: number;
  /** The top of the chart: a round number that is at least every balance. */
  max: number;
  points: readonly ChartPoint[];
  /** Where a straight line from the last balance ends if nothing changes; null: the balance stays as it is. */
  forecast: ChartPoint | null;
}

/** How much of the chart the future takes at most. */
const FUTURE_SHARE = 0.3;

/** Null where there is nothing to draw yet. */
export function toChartShape(
  points: BalancesAnswer['data']['points'],
  { fromMs, nowMs, exhaustsAtMs = null }: { fromMs: number | null; nowMs: number; exhaustsAtMs?: number | null },
): ChartShape | null {
  const first = points[0];
  if (first === undefined) return null;
  // Before its first change an account has no balance to show.
  const begin = Math.max(fromMs ?? 0, Math.min(Date.parse(first.created_at), nowMs - 60_000));
  const forecast = toForecast(points.at(-1)?.available ?? 0, { begin, nowMs, exhaustsAtMs });
  return {
    fromMs: begin,
    nowMs,
    untilMs: forecast?.atMs ?? nowMs,
    forecast,
    max: roundUp(Math.max(...points.map(({ available }) => available))),
    points: points.map(({ available, created_at: at }) => ({
      available,
      // The instances' clocks may differ by moments: no point is after the present.
      atMs: Math.min(Date.parse(at), nowMs),
    })),
  };
}

/** The balance falls to 0 at the instant at which credits run out, or is cut off where the chart ends. */
function toForecast(
  available: number,
  { begin, nowMs, exhaustsAtMs }: { begin: number; nowMs: number; exhaustsAtMs: number | null },
): ChartPoint | null {
  if (exhaustsAtMs === null || exhaustsAtMs <= nowMs) return null;
  const endMs = nowMs + ((nowMs - begin) * FUTURE_SHARE) / (1 - FUTURE_SHARE);
  if (exhaustsAtMs <= endMs) return { atMs: exhaustsAtMs, available: 0 };
  const left = (exhaustsAtMs - endMs) / (exhaustsAtMs - nowMs);
  return { atMs: endMs, available: Math.round(available * left) };
}

/** What is left if nothing changes, at an instant of the future; null where no forecast is. */
export function forecastAt({ points, nowMs, forecast }: ChartShape, atMs: number): ChartPoint | null {
  const last = points.at(-1);
  if (forecast === null || last === undefined || atMs <= nowMs) return null;
  const share = (atMs - nowMs) / (forecast.atMs - nowMs);
  return { atMs, available: Math.round(last.available + (forecast.available - last.available) * share) };
}

/** 1, 2, 4, 6, 8 or 10 times a power of ten: half of it is a whole number as well. */
export function roundUp(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(amount, 10)));
  return ([1, 2, 4, 6, 8, 10].find((factor) => factor * power >= amount) ?? 10) * power;
}

/** The balance at an instant; null before there was one. */
export function balanceAt({ points }: Pick<ChartShape, 'points'>, atMs: number): ChartPoint | null {
  return points.findLast((point) => point.atMs <= atMs) ?? null;
}

/** The path of the past in a box of `width` × `height`, from left to right. */
export function toPath(shape: ChartShape, width: number, height: number): string {
  const { points, nowMs } = shape;
  const { x, y } = toScale(shape, width, height);
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const steps = rest.map(({ atMs, available }) => `H${x(atMs)}V${y(available)}`);
  return `M${x(first.atMs)},${y(first.available)}${steps.join('')}H${x(nowMs)}`;
}

/** The path of the forecast; '' where there is none. */
export function toForecastPath(shape: ChartShape, width: number, height: number): string {
  const { points, nowMs, forecast } = shape;
  const last = points.at(-1);
  if (forecast === null || last === undefined) return '';
  const { x, y } = toScale(shape, width, height);
  return `M${x(nowMs)},${y(last.available)}L${x(forecast.atMs)},${y(forecast.available)}`;
}

function toScale({ fromMs, untilMs, max }: ChartShape, width: number, height: number) {
  return {
    x: (atMs: number) => round(((Math.max(atMs, fromMs) - fromMs) / (untilMs - fromMs)) * width),
    y: (available: number) => round(height - (available / max) * height),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;
