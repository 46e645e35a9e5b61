'use client';
import { useTranslations } from 'next-intl';
import { isCreditsError } from 'realtime-credits';
import { useRouter } from 'next/navigation';

import { translateReason } from '@/components/credits/messages';
import { useRefusal } from '@/components/i18n/use-refusal';
import { useCreditsMutation } from '@/hooks/useCreditsUpdate';
import type { DailyCheckAnswer, DailyClaimAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showError, showInfo, showSuccess } from '@/lib/toast';

/** Claims today's bonus. The server decides the day; the number moves at once and is confirmed by its answer. */
export function useClaim(daily: DailyCheckAnswer['data']): { claim: () => Promise<void>; isPending: boolean } {
  const t = useTranslations('earn.claimed');
  const refusal = useRefusal();
  const router = useRouter();
  const { mutate, isPending } = useCreditsMutation<DailyClaimAnswer>({
    amount: daily.coinsAwarded,
    reason: translateReason('Daily bonus'),
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
      showSuccess(t('title', { amount: formatCreditsWithUnit(data.coins_awarded) }), t('text', { day: data.streak }));
    } catch (error) {
      if (isCreditsError(error) && error.code === 'already_claimed') {
        showInfo(t('already'), t('alreadyText'));
      } else {
        showError(t('failed'), refusal(error));
      }
    }
    router.refresh();
  }

  return { claim, isPending };
}
