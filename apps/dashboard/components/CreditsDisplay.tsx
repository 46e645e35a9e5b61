'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { CircleAlert, RefreshCw } from 'lucide-react';
import type { Snapshot } from 'realtime-credits/client';
import { ChangeNote, UnreadMark } from '@/components/credits/change-note';
import { Coin } from '@/components/credits/coin';
import { CreditsAnnouncer } from '@/components/credits/credits-announcer';
import { CreditsNote } from '@/components/credits/credits-note';
import { CreditsNumber } from '@/components/credits/credits-number';
import { describeForReader } from '@/components/credits/description';
import { translate } from '@/components/credits/messages';
import { loadLater } from '@/components/credits/overlay';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/credits/popover';
import { openRecentChanges, useRecentChanges } from '@/components/credits/recent-changes';
import { SIZES, VARIANTS, type DisplaySize, type DisplayVariant } from '@/components/credits/styles';
import { useChange } from '@/components/credits/use-change';
import { useCreditsView } from '@/components/credits/use-credits-view';
import { useDetails } from '@/components/credits/use-details';
import { cn } from '@/lib/utils';
import { creditsClient, useCreditsStore } from '@/stores/credits-store';

const laterDetails = loadLater(() => import('@/components/credits/credits-details'));

export interface CreditsDisplayProps {
  /** `prominent`: golden, for a header. `compact`: bare, for menus and bars. @default 'default' */
  variant?: DisplayVariant;
  /** @default 'md' */
  size?: DisplaySize;
  /** Shows the word "Credits" beside the number. @default false */
  showLabel?: boolean;
  className?: string;
  /** Where the whole history is to be read: a link beside the details, which then list the last changes. @default none */
  activityHref?: string;
  /** What the server knew when it rendered the page: the first paint then has the number. */
  initial?: Snapshot;
}

/**
 * The credits of the signed-in user: a number that is always explainable, and everything behind it on demand.
 *
 * Needs no provider; follows the balance while it is mounted, and shares everything with other displays on the page.
 *
 * States: unknown (skeleton, never a made-up 0), known, changing (colour and a short swell, once), loading (the coin
 * pulses), pending and held amounts (a note at its edge), stale, offline and signed out (dimmed, in words), and the red
 * error with its own refresh button, which only stands where nothing is known.
 *
 * Accessibility: a button whose name says number and state; its details open by hover, focus, tap and key. The number is
 * no live region; results of the person's own actions are announced once per page.
 */
export default function CreditsDisplay({
  variant = 'default',
  size = 'md',
  showLabel = false,
  className,
  activityHref,
  initial,
}: CreditsDisplayProps) {
  const [display] = useState(() => Symbol('display'));
  const view = useCreditsView(initial);
  const details = useDetails();
  const number = useRef<HTMLSpanElement>(null);
  const change = useChange(view.state, view.amount, number);
  const changes = useRecentChanges(activityHref !== undefined);
  const look = VARIANTS[variant];
  const scale = SIZES[size];

  useEffect(() => creditsClient.start(), []);
  const { open } = details;
  const CreditsDetails = laterDetails.useLoaded(open)?.CreditsDetails;
  const hasUnread = changes.unread.length > 0;
  useEffect(() => {
    if (open && activityHref !== undefined) openRecentChanges();
  }, [open, activityHref]);
  useEffect(() => {
    if (open && hasUnread) openRecentChanges();
  }, [open, hasUnread]);

  return (
    <div
      data-slot="credits-display"
      data-variant={variant}
      data-state={view.kind}
      className={cn('relative flex w-fit shrink-0 items-center gap-1', className)}
    >
      <Popover open={open} onOpenChange={details.handleOpenChange}>
        <PopoverTrigger asChild>
          <button
            type="button"
            {...details.triggerProps}
            aria-label={describeForReader(view)}
            aria-busy={view.loading}
            data-change={change}
            data-dimmed={view.dimmed || undefined}
            className={cn(
              'group/credits flex items-center whitespace-nowrap outline-none select-none',
              'transition-[color,background-color,border-color,box-shadow,filter,opacity] duration-300 motion-reduce:transition-none',
              'focus-visible:ring-[3px] focus-visible:ring-ring/60',
              scale.button,
              view.kind === 'error' ? look.error : look.button,
              look.tight && scale.tight,
            )}
          >
            {view.kind === 'error' ? (
              <CircleAlert aria-hidden className={scale.icon} />
            ) : (
              <Coin className={cn(scale.icon, look.icon, view.loading && 'animate-pulse motion-reduce:animate-none')} />
            )}
            <span ref={number} className={cn('flex items-center', scale.number)}>
              {view.kind === 'error' ? (
                <span className="text-[0.9em] leading-none font-medium">{translate('unavailable')}</span>
              ) : view.amount === null ? (
                <Unknown known={view.kind === 'signed-out'} />
              ) : (
                <CreditsNumber
                  key={view.state.account}
                  amount={view.amount}
                  accrued={view.state.accrued}
                  limit={look.limit}
                />
              )}
            </span>
            {showLabel && <span className={cn('leading-none', scale.label, look.label)}>{translate('name')}</span>}
          </button>
        </PopoverTrigger>
        {CreditsDetails === undefined ? null : (
          <PopoverContent align="end" tabIndex={-1} aria-label={translate('name')} {...details.contentProps}>
            <CreditsDetails
              state={view.state}
              freshness={view.freshness}
              activityHref={activityHref}
              changes={changes.entries}
            />
          </PopoverContent>
        )}
      </Popover>
      {view.kind === 'error' && (
        <button
          type="button"
          aria-label={translate('refreshUnit')}
          onClick={() => void useCreditsStore.getState().fetchCredits()}
          className={cn(
            'grid place-items-center rounded-full text-destructive outline-none hover:bg-destructive-soft focus-visible:ring-[3px] focus-visible:ring-ring/60',
            scale.refresh,
          )}
        >
          <RefreshCw
            aria-hidden
            className={cn(scale.icon, view.loading && 'animate-spin motion-reduce:animate-none')}
          />
        </button>
      )}
      <CreditsNote view={view} />
      <UnreadMark changes={changes} className={variant === 'compact' ? 'top-1 end-0.5' : '-top-0.5 -end-0.5'} />
      {open ? null : <ChangeNote changes={changes} />}
      <CreditsAnnouncer display={display} />
    </div>
  );
}

/** In place of a number that nobody knows: waiting for it, or none to wait for. */
function Unknown({ known }: { known: boolean }) {
  return known ? (
    <span aria-hidden>—</span>
  ) : (
    <span
      aria-hidden
      data-slot="skeleton"
      className="block h-[0.8em] w-[4ch] animate-pulse rounded-sm bg-current opacity-25 motion-reduce:animate-none"
    />
  );
}

/** The store's own actions, for hosts that take them from here. New code uses the hook of `@/hooks/useCreditsUpdate`. */
export function useCreditsUpdate() {
  const addCredits = useCreditsStore((store) => store.addCredits);
  const subtractCredits = useCreditsStore((store) => store.subtractCredits);
  const updateCredits = useCreditsStore((store) => store.updateCredits);
  const refreshCredits = useCreditsStore((store) => store.fetchCredits);
  return useMemo(
    () => ({ addCredits, subtractCredits, updateCredits, refreshCredits }),
    [addCredits, subtractCredits, updateCredits, refreshCredits],
  );
}
