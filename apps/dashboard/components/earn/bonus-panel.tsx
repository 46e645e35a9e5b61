'use client';

import { ClaimState } from '@/components/earn/daily-bonus-card';
import { Countdown } from '@/components/earn/countdown';
import { StreakTrack } from '@/components/earn/streak-track';
import { useRefresh } from '@/components/earn/use-refresh';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Card, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { DailyCheckAnswer } from '@/lib/api';

interface BonusPanelProps {
  daily: DailyCheckAnswer['data'];
  /** The server's clock when the page was rendered, in milliseconds. */
  renderedAt: number;
}

/** The daily bonus in full: the track, what can be claimed, and the clock to the next day. */
export function BonusPanel({ daily, renderedAt }: BonusPanelProps) {
  const refresh = useRefresh();
  const target = daily.canClaim ? daily.expiresAt : daily.nextClaimAt;
  return (
    <Card>
      <CardHeader>
        <CardTitle>Daily bonus</CardTitle>
        <CardDescription>
          One claim a day. A missed day starts the track over; the seventh day pays the most, then it begins again.
        </CardDescription>
      </CardHeader>
      <div className="px-5 py-6 sm:px-6">
        <StreakTrack daily={daily} large />
      </div>
      {daily.refusalAction !== null ? null : (
        <div className="grid gap-1 border-t px-5 py-6 text-center sm:px-6">
          <p className="text-sm text-muted-foreground">
            {daily.canClaim ? 'Today’s claim closes in' : 'The next claim opens in'}
          </p>
          <p className="text-4xl font-semibold tracking-tight" role="timer">
            <Countdown until={target} renderedAt={renderedAt} style="clock" onEnd={refresh} />
          </p>
          <p className="text-sm text-muted-foreground">
            <LocalTime iso={target} style="instant" /> your time: a day ends at midnight in {zoneName(daily.timeZone)}.
          </p>
        </div>
      )}
      <CardFooter className="min-h-18 justify-between">
        <ClaimState daily={daily} renderedAt={renderedAt} />
      </CardFooter>
    </Card>
  );
}

/** `Europe/Berlin` → `Berlin`. */
function zoneName(timeZone: string): string {
  return timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
}
