'use client';
import { isCreditsError } from 'realtime-credits';
import { useRouter } from 'next/navigation';

import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import type { DailyCheckAnswer, DailyClaimAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showError, showInfo, showSuccess } from '@/lib/toast';

/** Claims today's bonus. The server decides the day; the number moves at once and is confirmed by its answer. */
export function useClaim(daily: DailyCheckAnswer['data']): { claim: () => Promise<void>; isPending: boolean } {
  const router = useRouter();
  const { mutate, isPending } = useCreditsMutation<DailyClaimAnswer>({
    amount: daily.coinsAwarded,
    reason: 'Daily bonus',
    request: ({ headers, signal }) =>
      fetch('/api/user/daily-login', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ action: 'claim' }),
        signal,
      }),
  });

  async function claim(): Promise<void> {
    if (isPending) return;
    try {
      const { data } = await mutate();
      showSuccess(`${formatCreditsWithUnit(data.coins_awarded)} earned`, `Day ${data.streak} in a row.`);
    } catch (error) {
      if (isCreditsError(error) && error.code === 'already_claimed') {
        showInfo('Claimed already', 'Today’s bonus is in your account, perhaps from another tab.');
      } else {
        showError('The bonus was not claimed', error instanceof Error ? error.message : undefined);
      }
    }
    router.refresh();
  }

  return { claim, isPending };
}
