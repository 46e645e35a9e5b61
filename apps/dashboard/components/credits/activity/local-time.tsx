'use client';
import { useSyncExternalStore } from 'react';

import { formatInstant, type InstantStyle } from './instant';

const subscribe = () => () => undefined;
const readerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The reader's time zone; `UTC` on the server and while hydrating, where both must write the same text. */
export function useTimeZone(): string {
  return useSyncExternalStore(subscribe, readerZone, () => 'UTC');
}

/** An instant in the reader's own zone. */
export function LocalTime({ iso, style, className }: { iso: string; style: InstantStyle; className?: string }) {
  const timeZone = useTimeZone();
  return (
    <time
      dateTime={iso}
      title={`${formatInstant(iso, 'instant', timeZone)} (${timeZone})`}
      className={className}
      suppressHydrationWarning
    >
      {formatInstant(iso, style, timeZone)}
    </time>
  );
}
