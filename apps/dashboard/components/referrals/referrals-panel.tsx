'use client';
import { useTranslations } from 'next-intl';
import { Check, Clock, Gift, QrCode as QrCodeIcon, Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { put } from '@/components/i18n/put';
import { Amount } from '@/components/credits/activity/amount';
import { CopyButton } from '@/components/copy-button';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Stat } from '@/components/stat';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { useReferralStats, type ReferralStats } from '@/hooks/useReferralStats';
import { formatCredits, formatCreditsWithUnit } from '@/lib/format';
import { showError, showInfo, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

const QrCode = lazy(() => import('@/components/qr-code'));

/** The person's link, what it has brought, and the claim of it. */
export function ReferralsPanel({ initial }: { initial: ReferralStats }) {
  const t = useTranslations('referrals');
  const refusal = useRefusal();
  const { stats: known, claim, isClaiming } = useReferralStats(initial);
  const stats = known ?? initial;

  async function handleClaim() {
    try {
      const { total_claimed: claimed } = await claim('all');
      if (claimed > 0) showSuccess(t('claimed.title', { amount: formatCreditsWithUnit(claimed) }), t('claimed.text'));
      else showInfo(t('claimed.nothing'), t('claimed.nothingText'));
    } catch (error) {
      showError(t('claimed.failed'), refusal(error));
    }
  }

  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)] [&>*]:min-w-0">
      <div className="grid gap-5 [&>*]:min-w-0">
        <LinkCard stats={stats} />
        <SignupsCard signups={stats.signups} />
      </div>
      <Card>
        <CardHeader>
          <CardTitle>{t('claim.title')}</CardTitle>
        </CardHeader>
        <CardContent className="grid gap-6">
          <p className="text-5xl leading-none font-semibold tracking-tight text-credits-large tabular-nums">
            {formatCredits(stats.claimable.total)}
          </p>
          <dl className="grid grid-cols-2 gap-5">
            <Stat label={t('claim.signups')}>{formatCredits(stats.claimable.signups)}</Stat>
            <Stat label={t('claim.visits')}>{formatCredits(stats.claimable.clicks)}</Stat>
            <Stat label={t('claim.clicks')}>{formatCredits(stats.clicks)}</Stat>
            <Stat label={t('claim.earned')}>
              <Amount amount={stats.total_earned} className="font-semibold" />
            </Stat>
          </dl>
        </CardContent>
        <CardFooter>
          <SubmitButton
            type="button"
            className="w-full"
            pending={isClaiming}
            disabled={stats.claimable.total === 0}
            onClick={() => void handleClaim()}
          >
            <Gift />{' '}
            {stats.claimable.total === 0
              ? t('claim.nothing')
              : t('claim.submit', { amount: formatCreditsWithUnit(stats.claimable.total) })}
          </SubmitButton>
        </CardFooter>
      </Card>
    </div>
  );
}

function LinkCard({ stats }: { stats: ReferralStats }) {
  const t = useTranslations('referrals.link');
  const [isCodeShown, setCodeShown] = useState(false);
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>
          {t.rich(stats.reward_per_click > 0 ? 'textVisits' : 'text', {
            signup: put(<Amount amount={stats.reward_per_signup} />),
            visit: put(<Amount amount={stats.reward_per_click} />),
            unit: UNIT.many,
          })}
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <div className="flex gap-2">
          <Input
            readOnly
            value={stats.link}
            dir="ltr"
            aria-label={t('label')}
            className="font-mono text-[0.8125rem] sm:text-[0.8125rem]"
            onFocus={(event) => event.target.select()}
          />
          <CopyButton text={stats.link} label={t('copy')} />
        </div>
        {isCodeShown ? (
          <Suspense>
            <QrCode text={stats.link} label={t('qr')} />
          </Suspense>
        ) : (
          <Button variant="outline" className="justify-self-start" onClick={() => setCodeShown(true)}>
            <QrCodeIcon /> {t('showQr')}
          </Button>
        )}
      </CardContent>
    </Card>
  );
}

function SignupsCard({ signups }: Pick<ReferralStats, 'signups'>) {
  const t = useTranslations('referrals.joined');
  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{signups.length === 0 ? t('empty') : t('count', { count: signups.length })}</CardDescription>
      </CardHeader>
      {signups.length === 0 ? (
        <EmptyState icon={Users} title={t('nobody')} className="pt-6">
          {t('nobodyText')}
        </EmptyState>
      ) : (
        <Table aria-label={t('label')} className="border-t">
          <TableHeader>
            <TableRow>
              <TableHead>{t('name')}</TableHead>
              <TableHead>{t('date')}</TableHead>
              <TableHead className="text-end">{t('reward')}</TableHead>
              <TableHead className="text-end">{t('state')}</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {signups.map(({ username, created_at, reward, claimed }) => (
              <TableRow key={`${username} ${created_at}`}>
                <TableCell className="font-medium">
                  <bdi>{username}</bdi>
                </TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground">
                  <LocalTime iso={created_at} style="date" />
                </TableCell>
                <TableCell className="text-end">
                  <Amount amount={reward} />
                </TableCell>
                <TableCell>
                  <span className="flex justify-end">
                    {claimed ? (
                      <Badge variant="success">
                        <Check aria-hidden /> {t('claimed')}
                      </Badge>
                    ) : (
                      <Badge>
                        <Clock aria-hidden /> {t('open')}
                      </Badge>
                    )}
                  </span>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
