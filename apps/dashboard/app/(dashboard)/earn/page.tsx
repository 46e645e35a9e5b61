import { getTranslations } from 'next-intl/server';
import { Server, UserPlus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { put } from '@/components/i18n/put';
import { Messages } from '@/components/i18n/messages';
import { Amount } from '@/components/credits/activity/amount';
import { BonusPanel } from '@/components/earn/bonus-panel';
import { RedeemCode } from '@/components/earn/redeem-code';
import { PageHeader } from '@/components/shell/page-header';
import { Stat } from '@/components/stat';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { DailyStatsAnswer } from '@/lib/api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('earn');
  return { title: t('title') };
}

export default async function EarnPage() {
  const t = await getTranslations('earn');
  const { user } = await requireViewer();
  const runtime = getRuntime();
  const [daily, { data: stats }, referrals] = await Promise.all([
    runtime.readDaily(user.id),
    readRoute<DailyStatsAnswer>('/api/user/daily-login'),
    runtime.readReferrals(user.id),
  ]);
  return (
    <Messages areas={['earn', 'errors']}>
      <div className="grid gap-8">
        <PageHeader title={t('title')}>{t('text', { unit: UNIT.many, Unit: UNIT.title })}</PageHeader>
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)] [&>*]:min-w-0">
          <BonusPanel daily={daily} renderedAt={Date.now()} />
          <div className="grid gap-5">
            <RedeemCode />
            <Card>
              <CardHeader>
                <CardTitle>{t('soFar')}</CardTitle>
              </CardHeader>
              <CardContent>
                <dl className="grid grid-cols-2 gap-5">
                  <Stat label={t('byClaims')}>
                    <Amount amount={stats.total_coins_earned} className="font-semibold" />
                  </Stat>
                  <Stat label={t('claims')}>{stats.total_logins}</Stat>
                  <Stat label={t('streakNow')}>{t('days', { count: stats.current_streak })}</Stat>
                  <Stat label={t('longest')}>{t('days', { count: stats.longest_streak })}</Stat>
                </dl>
              </CardContent>
            </Card>
            <Card>
              <CardHeader>
                <CardTitle>{t('friend.title')}</CardTitle>
                <CardDescription>
                  {t.rich('friend.text', {
                    amount: put(<Amount amount={referrals.reward_per_signup} />),
                    unit: UNIT.many,
                  })}
                </CardDescription>
              </CardHeader>
              <CardFooter className="mt-5">
                <Button asChild variant="secondary" size="sm">
                  <Link href="/referrals">
                    <UserPlus /> {t('friend.link')}
                  </Link>
                </Button>
                <Button asChild variant="ghost" size="sm">
                  <Link href="/servers/new">
                    <Server /> {t('friend.server')}
                  </Link>
                </Button>
              </CardFooter>
            </Card>
          </div>
        </div>
      </div>
    </Messages>
  );
}
