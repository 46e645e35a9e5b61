'use client';

import { Clock3, Lock } from 'lucide-react';
import { pendingDelta } from './description';
import { formatDelta, shorten } from './format';
import type { CreditsView } from './use-credits-view';

/**
 * What a number alone does not say, on a small plate over the display's lower edge. It is out of the flow: showing and
 * hiding it moves nothing. The button's name says the same, so readers are spared the repetition.
 */
export function CreditsNote({ view }: { view: CreditsView }) {
  const pending = pendingDelta(view);
  const held = view.state.confirmed?.balance.held ?? 0;
  const word = view.dimmed && view.kind === 'known' ? view.freshness.word.toLowerCase() : null;
  if (pending === 0 && view.state.pending.length === 0 && held === 0 && word === null) return null;
  return (
    <span
      aria-hidden
      data-slot="credits-note"
      className="pointer-events-none absolute -bottom-2 left-1/2 flex -translate-x-1/2 h-4 items-center gap-1.5 rounded-full border bg-popover px-1.5 text-[0.6875rem] leading-none font-medium whitespace-nowrap text-popover-foreground tabular-nums shadow-sm"
    >
      {word}
      {view.state.pending.length > 0 && (
        <span data-note="pending" className="flex items-center gap-1">
          <Clock3 className="size-2.5" />
          {formatDelta(pending)}
        </span>
      )}
      {held > 0 && (
        <span data-note="held" className="flex items-center gap-1">
          <Lock className="size-2.5" />
          {shorten(held, 1_000_000).text}
        </span>
      )}
    </span>
  );
}
