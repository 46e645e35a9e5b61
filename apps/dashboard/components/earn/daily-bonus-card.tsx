'use client';
import { useLocale, useTranslations } from 'next-intl';
import { Check, Gift } from 'lucide-react';
import Link from 'next/link';

import { put } from '@/components/i18n/put';
import { Countdown } from '@/components/earn/countdown';
import { StreakTrack } from '@/components/earn/streak-track';
import { useClaim } from '@/components/earn/use-claim';
import { useRefresh } from '@/components/earn/use-refresh';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { DailyCheckAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { languageOf } from '@/lib/languages';

interface DailyBonusProps {
  daily: DailyCheckAnswer['data'];
  /** The server's clock when the page was rendered, in milliseconds. */
  renderedAt: number;
}

/** Today's bonus in short, for the overview. */
export function DailyBonusCard({ daily, renderedAt }: DailyBonusProps) {
  const t = useTranslations('earn.bonus');
  const refresh = useRefresh();
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('today')}</CardTitle>
        <CardDescription>{daily.streak === 0 ? t('begin') : t('inARow', { count: daily.streak })}</CardDescription>
      </CardHeader>
      <div className="flex flex-1 flex-col justify-center gap-5 px-5 py-6 sm:px-6">
        <StreakTrack daily={daily} />
        <p className="text-center text-[0.8125rem] text-muted-foreground">
          {daily.refusal !== null
            ? daily.refusalAction === null
              ? t('later')
              : t('confirm')
            : daily.canClaim
              ? t.rich('open', {
                  time: put(
                    <Countdown until={daily.expiresAt} renderedAt={renderedAt} style="words" onEnd={refresh} />,
                  ),
                })
              : t('tomorrow')}
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
  const t = useTranslations('earn.bonus');
  const isEnglish = languageOf(useLocale()) === 'en';
  const refresh = useRefresh();
  const { claim, isPending } = useClaim(daily);
  if (daily.canClaim) {
    return (
      <SubmitButton type="button" pending={isPending} onClick={() => void claim()} className="w-full">
        <Gift /> {t('claim', { amount: formatCreditsWithUnit(daily.coinsAwarded) })}
      </SubmitButton>
    );
  }
  if (daily.refusal !== null && !daily.alreadyClaimed) {
    return (
      <p className="text-sm text-muted-foreground">
        {isEnglish ? daily.refusal : t(daily.refusalAction === null ? 'refusedLater' : 'refusedConfirm')}{' '}
        {daily.refusalAction === null ? null : (
          <Link href="/settings#email" className="font-medium text-foreground underline underline-offset-4">
            {t('sendAgain')}
          </Link>
        )}
      </p>
    );
  }
  return (
    <>
      <p className="flex items-center gap-2 text-sm font-medium">
        <Check className="size-4 text-success" aria-hidden />
        {t('claimed', { amount: formatCreditsWithUnit(daily.coinsAwarded) })}
      </p>
      <p className="text-end text-[0.8125rem] text-muted-foreground">
        {t.rich('next', {
          time: put(<Countdown until={daily.nextClaimAt} renderedAt={renderedAt} style="words" onEnd={refresh} />),
        })}
      </p>
    </>
  );
}
