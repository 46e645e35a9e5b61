'use client';

import { selectShown } from 'realtime-credits/client';
import { useCreditsState } from 'realtime-credits/react';
import { formatCredits, formatDelta } from '@/components/credits/format';
import { describeFreshness } from '@/components/credits/freshness';
import { UNKNOWN } from '@/components/credits/use-credits-view';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { cn } from '@/lib/utils';
import { creditsClient, useCreditsStore } from '@/stores/credits-store';
import { useAuthStore } from '@/stores/user-store';

/** The only definition of the number: what is confirmed plus what is pending. Always true, at every moment. */
export function NumberEquation({ className }: { className?: string }) {
  const state = useCreditsState(creditsClient, UNKNOWN);
  const error = useCreditsStore((store) => store.error);
  const painted = useCreditsStore((store) => store.credits);
  const coins = useAuthStore(({ currentUser }) => currentUser?.coins);
  const shown = selectShown(state);
  const pending = state.pending.reduce((sum, { delta }) => sum + delta, 0);
  const freshness = describeFreshness(state, error);
  return (
    <Card className={cn('overflow-hidden', className)}>
      <div className="grid grid-cols-[1fr_auto_1fr_auto_1fr] items-center px-5 py-4 text-center sm:py-6 sm:px-6">
        <Term
          name="Confirmed"
          value={state.confirmed === null ? '—' : formatCredits(state.confirmed.balance.available)}
        />
        <Sign>+</Sign>
        <Term name="Pending" value={pending === 0 ? '0' : formatDelta(pending)} muted={state.pending.length === 0} />
        <Sign>=</Sign>
        <Term name="Shown" value={shown === null ? '—' : formatCredits(shown)} accent />
      </div>
      <dl className="hidden flex-wrap gap-x-6 gap-y-2 border-t bg-muted px-5 py-3 text-xs text-muted-foreground tabular-nums sm:flex sm:px-6">
        <Fact name="version" value={state.confirmed?.version ?? '—'} />
        <Fact name="held" value={formatCredits(state.confirmed?.balance.held ?? 0)} />
        <Fact name="store.credits" value={formatCredits(painted)} />
        <Fact name="currentUser.coins" value={coins === undefined ? '—' : formatCredits(coins)} />
        <div className="ml-auto">
          <dt className="sr-only">News</dt>
          <dd>
            <Badge variant={freshness.kind === 'live' ? 'success' : 'outline'}>{freshness.word}</Badge>
          </dd>
        </div>
      </dl>
    </Card>
  );
}

function Term({ name, value, muted, accent }: { name: string; value: string; muted?: boolean; accent?: boolean }) {
  return (
    <div className="min-w-0">
      <p className="text-xs text-muted-foreground">{name}</p>
      <p
        data-term={name.toLowerCase()}
        className={cn(
          'mt-1 truncate text-xl font-semibold tracking-tight tabular-nums sm:text-3xl',
          muted && 'text-muted-foreground',
          accent && 'text-credits',
        )}
      >
        {value}
      </p>
    </div>
  );
}

function Sign({ children }: { children: string }) {
  return (
    <span aria-hidden className="self-end pb-0.5 text-xl text-muted-foreground sm:px-4 sm:text-2xl">
      {children}
    </span>
  );
}

function Fact({ name, value }: { name: string; value: string | number }) {
  return (
    <div className="flex items-center gap-1.5">
      <dt>{name}</dt>
      <dd className="font-mono text-foreground">{value}</dd>
    </div>
  );
}
