'use client';

import { useCallback, useEffect, useState } from 'react';
import type { ReferralClaimAnswer, ReferralsAnswer } from '@/lib/api';
import { translateReason } from '@/components/credits/messages';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import { useAuthStore } from '@/stores/user-store';

export type ReferralStats = ReferralsAnswer['data'];
export type ReferralClaim = 'all' | 'clicks' | 'signups';

const REQUEST_TIMEOUT_MS = 10_000;
const UNREADABLE = 'Your referrals could not be read.';

/**
 * The referrals of the signed-in user, and the claim of what they have earned.
 *
 * A claim moves the shown credits at once, is confirmed by the server's answer, and reaches `currentUser` from there:
 * `coins` by the credits store, `referral_earnings` here.
 *
 * @param initial - What the server rendered; then nothing is fetched at first.
 */
export function useReferralStats(initial?: ReferralStats) {
  const account = useAuthStore(({ currentUser }) => (currentUser === null ? null : String(currentUser.id)));
  const [stats, setStats] = useState<ReferralStats | null>(initial ?? null);
  const [error, setError] = useState<string | null>(null);
  const [asking, setAsking] = useState(0);

  const [owner, setOwner] = useState(account);
  if (owner !== account) {
    // Another user's referrals may not stay on the screen, not even until theirs have arrived.
    setOwner(account);
    if (owner !== null) setStats(null);
  }

  const accept = useCallback((read: ReferralStats): void => {
    setStats(read);
    setError(null);
    useAuthStore.getState().updateUserData({ referral_earnings: read.total_earned });
  }, []);

  const refresh = useCallback(async (): Promise<void> => {
    setAsking((count) => count + 1);
    try {
      accept(await fetchStats());
    } catch (cause) {
      setError(describe(cause));
    } finally {
      setAsking((count) => count - 1);
    }
  }, [accept]);

  const isKnown = stats !== null;
  useEffect(() => {
    if (account === null || isKnown) return;
    const asked = new AbortController();
    fetchStats(asked.signal).then(
      (read) => {
        if (!asked.signal.aborted) accept(read);
      },
      (cause: unknown) => {
        if (!asked.signal.aborted) setError(describe(cause));
      },
    );
    return () => asked.abort();
  }, [account, isKnown, accept]);

  const claimable = stats?.claimable;
  const {
    mutate,
    isPending,
    error: claimError,
  } = useCreditsMutation<ReferralClaimAnswer, ReferralClaim>({
    amount: (type) => (claimable === undefined ? 0 : claimable[type === 'all' ? 'total' : type]),
    reason: translateReason('Referral reward'),
    request: ({ headers, signal }, type) =>
      fetch('/api/referrals/claim', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ claim_type: type }),
        signal,
      }),
  });

  const claim = useCallback(
    /** @throws {CreditsError} the server's code; nothing was claimed, and the number has gone back by itself. */
    async (type: ReferralClaim = 'all'): Promise<ReferralClaimAnswer['data']> => {
      const { data } = await mutate(type);
      await refresh();
      return data;
    },
    [mutate, refresh],
  );

  const isLoading = asking > 0 || (account !== null && !isKnown && error === null);
  return { stats, isLoading, error, refresh, claim, isClaiming: isPending, claimError };
}

async function fetchStats(signal?: AbortSignal): Promise<ReferralStats> {
  const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const response = await fetch('/api/referrals', {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  const answer = (await response.json()) as ReferralsAnswer | { success: false; message?: string };
  if (!answer.success) throw new Error(answer.message ?? UNREADABLE);
  return answer.data;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : UNREADABLE;
}
