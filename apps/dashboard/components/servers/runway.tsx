'use client';
import { useEffect, useState } from 'react';

import { useTimeZone } from '@/components/credits/activity/local-time';
import { formatRunway } from '@/lib/runway';

const TICK_MS = 20_000;

/** The present, from the instant that the server rendered at. */
export function useNow(renderedAt: number): number {
  const [now, setNow] = useState(renderedAt);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** `until Tue 14:20, 19 h left`, in the reader's zone. */
export function Runway({ until, renderedAt }: { until: number; renderedAt: number }) {
  const timeZone = useTimeZone();
  const now = useNow(renderedAt);
  return (
    <time dateTime={new Date(until).toISOString()} suppressHydrationWarning>
      {formatRunway(until, now, timeZone)}
    </time>
  );
}
