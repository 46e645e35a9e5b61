import { useEffect, useMemo, useState } from 'react';
import { selectView, type CreditsState, type Snapshot } from 'realtime-credits/client';
import { useCreditsState } from 'realtime-credits/react';
import { creditsClient, useCreditsStore } from '@/stores/credits-store';
import { describeFreshness, type Freshness } from './freshness';

/** Everything that a display paints, worked out once. */
export interface CreditsView {
  state: CreditsState;
  /** The number to paint: never below 0; null while nothing is known. */
  amount: number | null;
  kind: 'unknown' | 'known' | 'error' | 'signed-out';
  freshness: Freshness;
  /** A number that cannot be vouched for right now. */
  dimmed: boolean;
  loading: boolean;
}

/** Reads the client and the store's overlay. `initial` paints until the client knows better, and starts it off. */
export function useCreditsView(initial: Snapshot | undefined): CreditsView {
  const serverState = useMemo(() => (initial === undefined ? UNKNOWN : toState(initial)), [initial]);
  const current = useCreditsState(creditsClient, serverState);
  const loading = useCreditsStore((store) => store.isLoading);
  const error = useCreditsStore((store) => store.error);

  // The server's number stands until the client knows one itself, and never again: a sign-out would bring it back.
  const [known, setKnown] = useState(false);
  if (!known && current.confirmed !== null) setKnown(true);
  useEffect(() => {
    if (initial !== undefined && !known && current.account !== null) creditsClient.seed(initial);
  }, [initial, known, current.account]);
  const awaited = initial !== undefined && !known && (current.account ?? initial.account) === initial.account;
  const state = awaited ? serverState : current;
  const { shown } = selectView(state);
  const freshness = describeFreshness(state, error);
  const settled = freshness.kind === 'live' || freshness.kind === 'polling' || freshness.kind === 'connecting';
  return {
    state,
    amount: shown,
    kind: kindOf(shown, freshness, error),
    freshness,
    dimmed: !settled,
    loading,
  };
}

function kindOf(shown: number | null, freshness: Freshness, error: string | null): CreditsView['kind'] {
  if (shown !== null) return 'known';
  if (freshness.kind === 'signed-out') return 'signed-out';
  return error === null ? 'unknown' : 'error';
}

/** What a server knows about a balance that it was not told: the first paint of a page without `initial`. */
export const UNKNOWN: CreditsState = creditsClient.getInitialState();

function toState({ account, epoch, version, balance, time }: Snapshot): CreditsState {
  return { ...UNKNOWN, account, confirmed: { balance, version, epoch, ...(time && { time }) } };
}
