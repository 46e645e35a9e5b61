'use client';
import { useTranslations } from 'next-intl';
import { useId, useState, type PointerEvent } from 'react';

import {
  balanceAt,
  forecastAt,
  CHART_RANGES,
  toForecastPath,
  toPath,
  type ChartPoint,
  type ChartRange,
  type ChartShape,
} from '@/components/balance/chart-shape';
import { AmountAxis } from '@/components/balance/amount-axis';
import { formatInstant, type InstantStyle } from '@/components/credits/activity/instant';
import { useTimeZone } from '@/components/credits/activity/local-time';
import { PeriodLinks } from '@/components/balance/period-links';
import { Card, CardAction, CardHeader, CardTitle } from '@/components/ui/card';
import type { Translator } from '@/i18n/translator';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';
import { cn } from '@/lib/utils';

/** Units of the drawing, which is stretched to the place that there is. */
const WIDTH = 1_000;
const HEIGHT = 200;
const TICKS = 4;
const DAYS_2_MS = 2 * 24 * 60 * 60 * 1_000;

/** The balance over time, the past solid and the forecast dashed. The page renders it again whenever the balance changes. */
export function BalanceChart({ shape, range }: { shape: ChartShape | null; range: ChartRange }) {
  const t = useTranslations('overview.chart');
  const periods = CHART_RANGES.map(({ id, label }) => ({ id, label: t(label) }));
  return (
    <Card>
      <CardHeader className="items-center pb-2">
        <CardTitle>{t('title')}</CardTitle>
        <CardAction className="row-span-1">
          <PeriodLinks periods={periods} current={range} toHref={(id) => (id === '30' ? '/' : `/?range=${id}`)} />
        </CardAction>
      </CardHeader>
      {shape === null ? (
        <p className="px-5 pt-6 pb-10 text-center text-sm text-muted-foreground sm:px-6">{t('empty')}</p>
      ) : (
        <TimeChart shape={shape} />
      )}
    </Card>
  );
}

/** Amounts over time as steps. The figcaption says it in a sentence. */
export function TimeChart({ shape }: { shape: ChartShape }) {
  const gradient = useId();
  const t = useTranslations('overview.chart');
  const timeZone = useTimeZone();
  const [at, setAt] = useState<number | null>(null);
  const { fromMs, nowMs, untilMs, max, points, forecast } = shape;
  const line = toPath(shape, WIDTH, HEIGHT);
  const expected = toForecastPath(shape, WIDTH, HEIGHT);
  const nowShare = (nowMs - fromMs) / (untilMs - fromMs);
  const style: InstantStyle = untilMs - fromMs < DAYS_2_MS ? 'time' : 'short';
  const write = (ms: number, as: InstantStyle) => formatInstant(new Date(ms).toISOString(), as, timeZone);
  const point = at === null ? null : (forecastAt(shape, at) ?? balanceAt(shape, at));

  function handlePointer(event: PointerEvent<HTMLElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    setAt(fromMs + share * (untilMs - fromMs));
  }

  return (
    <figure className="px-5 pb-5 sm:px-6">
      <figcaption className="sr-only" suppressHydrationWarning>
        {describe(points, { t, write: (ms) => write(ms, 'date') })}
        {forecast === null
          ? null
          : t('forecast', { amount: formatCredits(forecast.available), at: write(forecast.atMs, 'instant') })}
      </figcaption>
      {/* Time runs from left to right in every language, as the amounts of a chart run upwards. */}
      <div aria-hidden dir="ltr" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        <AmountAxis max={max} />
        <div
          className="relative h-44 touch-pan-y"
          onPointerMove={handlePointer}
          onPointerDown={handlePointer}
          onPointerLeave={() => setAt(null)}
        >
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible text-credits-large"
          >
            <defs>
              <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
                <stop offset="0" stopColor="currentColor" stopOpacity="0.24" />
                <stop offset="1" stopColor="currentColor" stopOpacity="0.02" />
              </linearGradient>
            </defs>
            <g className="stroke-border" strokeWidth="1">
              {[0, HEIGHT / 2, HEIGHT].map((y) => (
                <path key={y} d={`M0,${y}H${WIDTH}`} vectorEffect="non-scaling-stroke" />
              ))}
            </g>
            <path d={`${line}V${HEIGHT}H${toStart(line)}Z`} fill={`url(#${gradient})`} />
            <path d={line} fill="none" stroke="currentColor" strokeWidth="2" vectorEffect="non-scaling-stroke" />
            {expected === '' ? null : (
              <>
                <path
                  d={`M${nowShare * WIDTH},0V${HEIGHT}`}
                  className="stroke-foreground/25"
                  strokeWidth="1"
                  vectorEffect="non-scaling-stroke"
                />
                <path
                  d={expected}
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="2"
                  strokeDasharray="5 5"
                  vectorEffect="non-scaling-stroke"
                />
              </>
            )}
          </svg>
          {at === null || point === null ? null : <Marker at={at} point={point} shape={shape} write={write} />}
        </div>
        <Ticks shape={shape} nowShare={nowShare} write={(ms) => write(ms, style)} />
      </div>
    </figure>
  );
}

/** Instants below the chart: evenly through the past, then its end and the end of the forecast. */
function Ticks({
  shape: { fromMs, nowMs, forecast },
  nowShare,
  write,
}: {
  shape: ChartShape;
  nowShare: number;
  write: (ms: number) => string;
}) {
  const t = useTranslations('overview.chart');
  const first = write(fromMs);
  // Minutes after its first change, an account has one instant to name.
  const most = first === write(nowMs) ? 2 : TICKS;
  const count = forecast === null || most === 2 ? most : TICKS - 1;
  return (
    <div className="col-start-2 mt-2.5 flex text-xs text-muted-foreground tabular-nums">
      <div className="flex justify-between" style={{ width: `${nowShare * 100}%` }}>
        {Array.from({ length: count }, (_, tick) => (
          <span
            key={tick}
            dir="auto"
            className={tick === count - 1 && forecast !== null ? 'translate-x-1/2' : ''}
            suppressHydrationWarning
          >
            {tick === count - 1 ? t('now') : write(fromMs + ((nowMs - fromMs) * tick) / (count - 1))}
          </span>
        ))}
      </div>
      {forecast === null ? null : (
        <span dir="auto" className="ml-auto" suppressHydrationWarning>
          {write(forecast.atMs)}
        </span>
      )}
    </div>
  );
}

interface MarkerProps {
  at: number;
  point: ChartPoint;
  shape: ChartShape;
  write: (ms: number, as: InstantStyle) => string;
}

/** What the balance was where the pointer is. */
function Marker({ at, point, shape: { fromMs, untilMs, max }, write }: MarkerProps) {
  const left = ((at - fromMs) / (untilMs - fromMs)) * 100;
  return (
    <>
      <div className="pointer-events-none absolute inset-y-0 w-px bg-foreground/30" style={{ left: `${left}%` }} />
      <div
        className="pointer-events-none absolute -mt-1.5 -ml-1.5 size-3 rounded-full border-2 border-card bg-credits-large"
        style={{ left: `${left}%`, top: `${100 - (point.available / max) * 100}%` }}
      />
      <div
        className={cn(
          'pointer-events-none absolute top-0 rounded-md border bg-popover px-2.5 py-1.5 text-xs whitespace-nowrap shadow-sm',
          left > 50 ? '-translate-x-[calc(100%+0.75rem)]' : 'translate-x-3',
        )}
        style={{ left: `${left}%` }}
      >
        <span dir="auto" className="block font-semibold tabular-nums">
          {formatCreditsWithUnit(point.available)}
        </span>
        <span dir="auto" className="block text-muted-foreground">
          {write(at, 'instant')}
        </span>
      </div>
    </>
  );
}

/** Where a path begins, from left. */
const toStart = (path: string) => path.slice(1, path.indexOf(','));

/** The drawing in a sentence, for those who do not see it. */
function describe(
  points: readonly ChartPoint[],
  { t, write }: { t: Translator<'overview.chart'>; write: (ms: number) => string },
): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const amounts = points.map(({ available }) => available);
  return t('sentence', {
    first: formatCredits(first.available),
    day: write(first.atMs),
    last: formatCredits(last.available),
    min: formatCredits(Math.min(...amounts)),
    max: formatCredits(Math.max(...amounts)),
  });
}
