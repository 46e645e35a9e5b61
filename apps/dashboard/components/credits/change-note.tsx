'use client';

import { useEffect, useState } from 'react';
import { cn } from '@/lib/utils';
import { formatDelta } from './format';
import { translateReason } from './messages';
import { changeOf, describeOther, type RecentChanges } from './recent-changes';

/** How long a note stays, in milliseconds. */
const NOTE_MS = 6_000;

/**
 * Says beside the number what has just changed it: "+25 from mara: “thanks!”". Goes by itself; the details keep it.
 *
 * Out of the flow: nothing moves when it comes or goes. Not read aloud: many changes would drown out everything else.
 */
export function ChangeNote({ changes: { unread } }: { changes: RecentChanges }) {
  const newest = unread[0];
  const version = newest?.version ?? null;
  const [gone, setGone] = useState<number | null>(null);
  useEffect(() => {
    if (version === null) return;
    const timer = setTimeout(() => setGone(version), NOTE_MS);
    return () => clearTimeout(timer);
  }, [version]);
  if (newest === undefined || gone === version) return null;
  const change = changeOf(newest);
  const other = describeOther(newest);
  return (
    <span
      aria-hidden
      data-slot="credits-change"
      className="pointer-events-none absolute top-full end-0 z-40 mt-3 flex w-max max-w-[min(20rem,calc(100vw-6rem))] items-baseline gap-1.5 rounded-md border bg-popover px-3 py-2 text-[0.8125rem] text-popover-foreground shadow-lg shadow-black/10 animate-in fade-in-0 slide-in-from-top-1 motion-reduce:animate-none dark:shadow-black/40"
    >
      <span className={change > 0 ? 'font-semibold text-success tabular-nums' : 'font-semibold tabular-nums'}>
        {formatDelta(change)}
      </span>
      <span className="line-clamp-2 wrap-anywhere">
        {other === null ? translateReason(newest.reason) : `${other}: ${translateReason(newest.reason)}`}
      </span>
    </span>
  );
}

/** Marks that something came while nobody had the details open. */
export function UnreadMark({ changes: { unread }, className }: { changes: RecentChanges; className: string }) {
  if (unread.length === 0) return null;
  return (
    <span
      aria-hidden
      data-slot="credits-unread"
      className={cn(
        'pointer-events-none absolute size-3 rounded-full border-2 border-background bg-success',
        className,
      )}
    />
  );
}
