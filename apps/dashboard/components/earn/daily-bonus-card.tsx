'use client';
import { Check, Gift } from 'lucide-react';
import Link from 'next/link';

import { Countdown } from '@/components/earn/countdown';
import { StreakTrack } from '@/components/earn/streak-track';
import { useClaim } from '@/components/earn/use-claim';
import { useRefresh } from '@/components/earn/use-refresh';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { DailyCheckAnswer } from '@/lib/api';
import { formatCount, formatCreditsWithUnit } from '@/lib/format';

interface DailyBonusProps {
  daily: DailyCheckAnswer['data'];
  /** The server's clock when the page was rendered, in milliseconds. */
  renderedAt: number;
}

/** Today's bonus in short, for the overview. */
export function DailyBonusCard({ daily, renderedAt }: DailyBonusProps) {
  const refresh = useRefresh();
  return (
    <Card>
      <CardHeader>
        <CardTitle>Today’s bonus</CardTitle>
        <CardDescription>
          {daily.streak === 0
            ? 'Claim it day after day, and it grows.'
            : `${formatCount(daily.streak, 'day')} in a row. Seven days make a full track.`}
        </CardDescription>
      </CardHeader>
      <div className="flex flex-1 flex-col justify-center gap-5 px-5 py-6 sm:px-6">
        <StreakTrack daily={daily} />
        <p className="text-center text-[0.8125rem] text-muted-foreground">
          {daily.refusal !== null ? (
            daily.refusalAction === null ? (
              'New accounts begin to earn a little later.'
            ) : (
              'Confirm your e-mail address, and it is yours.'
            )
          ) : daily.canClaim ? (
            <>
              Open for another{' '}
              <Countdown until={daily.expiresAt} renderedAt={renderedAt} style="words" onEnd={refresh} />
            </>
          ) : (
            'Come back tomorrow to keep the streak.'
          )}
        </p>
      </div>
      <CardFooter className="min-h-18 justify-between">
        <ClaimState daily={daily} renderedAt={renderedAt} />
      </CardFooter>
    </Card>
  );
}

/** Either the button, or when the next claim opens: by the server's clock, in words and as an instant. */
export function ClaimState({ daily, renderedAt }: DailyBonusProps) {
  const refresh = useRefresh();
  const { claim, isPending } = useClaim(daily);
  if (daily.canClaim) {
    return (
      <SubmitButton type="button" pending={isPending} onClick={() => void claim()} className="w-full">
        <Gift /> Claim {formatCreditsWithUnit(daily.coinsAwarded)}
      </SubmitButton>
    );
  }
  if (daily.refusal !== null && !daily.alreadyClaimed) {
    return (
      <p className="text-sm text-muted-foreground">
        {daily.refusal}{' '}
        {daily.refusalAction === null ? null : (
          <Link href="/settings#email" className="font-medium text-foreground underline underline-offset-4">
            Send it again
          </Link>
        )}
      </p>
    );
  }
  return (
    <>
      <p className="flex items-center gap-2 text-sm font-medium">
        <Check className="size-4 text-success" aria-hidden />
        {formatCreditsWithUnit(daily.coinsAwarded)} claimed
      </p>
      <p className="text-right text-[0.8125rem] text-muted-foreground">
        Next in <Countdown until={daily.nextClaimAt} renderedAt={renderedAt} style="words" onEnd={refresh} />
      </p>
    </>
  );
}
