'use client';

import { useTranslations } from 'next-intl';
import { put } from '@/components/i18n/put';
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
  const t = useTranslations('earn.bonus');
  const refresh = useRefresh();
  const target = daily.canClaim ? daily.expiresAt : daily.nextClaimAt;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t('text')}</CardDescription>
      </CardHeader>
      <div className="px-5 py-6 sm:px-6">
        <StreakTrack daily={daily} large />
      </div>
      {daily.refusalAction !== null ? null : (
        <div className="grid gap-1 border-t px-5 py-6 text-center sm:px-6">
          <p className="text-sm text-muted-foreground">{t(daily.canClaim ? 'closes' : 'opens')}</p>
          <p className="text-4xl font-semibold tracking-tight" role="timer">
            <Countdown until={target} renderedAt={renderedAt} style="clock" onEnd={refresh} />
          </p>
          <p className="text-sm text-muted-foreground">
            {t.rich('zone', {
              time: put(<LocalTime iso={target} style="instant" />),
              zone: zoneName(daily.timeZone),
            })}
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
