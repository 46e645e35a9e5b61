'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';

import { formatClock, formatDuration } from '@/lib/format';

interface CountdownProps {
  /** ISO instant by the server's clock. */
  until: string;
  /** The server's clock when the page was rendered, in milliseconds: this device's may be wrong. */
  renderedAt: number;
  /** `clock`: ticking digits. `words`: `5 hours and 12 minutes`. */
  style: 'clock' | 'words';
  onEnd?: () => void;
}

/** Time left until an instant of the server, counted by this device's clock but not read from it. */
export function Countdown({ until, renderedAt, style, onEnd }: CountdownProps) {
  const t = useTranslations('shell.time');
  const total = Math.max(0, Date.parse(until) - renderedAt);
  const [leftMs, setLeftMs] = useState(total);
  useEffect(() => {
    const startedAt = performance.now();
    let ended = false;
    const tick = () => {
      const left = Math.max(0, total - (performance.now() - startedAt));
      setLeftMs(left);
      if (left > 0 || ended) return;
      ended = true;
      clearInterval(timer);
      onEnd?.();
    };
    const timer = setInterval(tick, 1_000);
    tick();
    return () => clearInterval(timer);
  }, [total, onEnd]);
  const text = style === 'clock' ? formatClock(leftMs) : formatDuration(leftMs, t);
  return <span className="tabular-nums">{text}</span>;
}
