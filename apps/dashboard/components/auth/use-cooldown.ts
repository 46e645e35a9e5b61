'use client';
import { useEffect, useState } from 'react';

/** Milliseconds until trying again makes sense, counted down once a second; 0 when it does now. */
export function useCooldown(): [remainingMs: number, start: (durationMs: number) => void] {
  const [remainingMs, setRemainingMs] = useState(0);
  const active = remainingMs > 0;
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setRemainingMs((left) => Math.max(0, left - 1_000)), 1_000);
    return () => clearInterval(timer);
  }, [active]);
  return [remainingMs, setRemainingMs];
}
