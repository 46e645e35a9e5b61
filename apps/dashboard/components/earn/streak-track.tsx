import { useTranslations } from 'next-intl';
import { Check } from 'lucide-react';

import type { DailyCheckAnswer } from '@/lib/api';
import { formatCredits } from '@/lib/format';
import { cn } from '@/lib/utils';

type Daily = Pick<DailyCheckAnswer['data'], 'rewards' | 'rewardIndex' | 'canClaim' | 'alreadyClaimed'>;

/** How a day of the cycle stands: paid, open now, or still to come. */
export type RewardState = 'claimed' | 'today' | 'ahead';

/** The state of each day of the cycle, in order. */
export function toRewardStates({ rewards, rewardIndex, canClaim, alreadyClaimed }: Daily): RewardState[] {
  // After the seventh claim the next reward is the first again, and yet the whole track is what was just done.
  const done = alreadyClaimed && rewardIndex === 0 ? rewards.length : rewardIndex;
  return rewards.map((_, index) => (index < done ? 'claimed' : index === done && canClaim ? 'today' : 'ahead'));
}

/** The seven rewards of the cycle. `large` says the days as words, too. */
export function StreakTrack({ daily, large = false }: { daily: Daily; large?: boolean }) {
  const t = useTranslations('earn.track');
  const states = toRewardStates(daily);
  return (
    <ol className={cn('grid grid-cols-7', large ? 'gap-1.5 sm:gap-3' : 'gap-1.5')} aria-label={t('label')}>
      {daily.rewards.map((reward, index) => {
        const state = states[index] ?? 'ahead';
        return (
          <li
            key={index}
            className={cn(
              'flex flex-col items-center rounded-lg border text-center tabular-nums',
              large ? 'gap-1.5 px-1 py-3 sm:gap-2 sm:py-5' : 'gap-1 px-0.5 py-2',
              state === 'claimed' && 'border-transparent bg-muted text-muted-foreground',
              state === 'today' && 'border-credits bg-credits-soft text-credits forced-colors:outline-2',
              state === 'ahead' && 'text-muted-foreground',
            )}
          >
            <span className="text-[0.6875rem] sm:text-xs">
              <span className={large ? 'sr-only sm:not-sr-only' : 'sr-only'}>{t('day')}</span>
              {index + 1}
            </span>
            <span
              className={cn(
                'font-semibold',
                large ? 'text-sm sm:text-lg' : 'text-xs',
                state !== 'today' && 'text-foreground',
              )}
            >
              {formatCredits(reward)}
            </span>
            <span className="flex h-4 items-center" aria-hidden>
              {state === 'claimed' ? <Check className="size-3.5 text-success" /> : null}
              {state === 'today' ? <span className="size-1.5 rounded-full bg-credits" /> : null}
            </span>
            <span className="sr-only">{t(state)}</span>
          </li>
        );
      })}
    </ol>
  );
}
