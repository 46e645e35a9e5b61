import { Server, UserPlus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { Amount } from '@/components/credits/activity/amount';
import { BonusPanel } from '@/components/earn/bonus-panel';
import { RedeemCode } from '@/components/earn/redeem-code';
import { PageHeader } from '@/components/shell/page-header';
import { Stat } from '@/components/stat';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { DailyStatsAnswer } from '@/lib/api';
import { formatCount } from '@/lib/format';
import { UNIT } from '@/lib/unit';
import { readRoute, requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export const metadata: Metadata = { title: 'Earn' };

export default async function EarnPage() {
  const { user } = await requireViewer();
  const runtime = getRuntime();
  const [daily, { data: stats }, referrals] = await Promise.all([
    runtime.readDaily(user.id),
    readRoute<DailyStatsAnswer>('/api/user/daily-login'),
    runtime.readReferrals(user.id),
  ]);
  return (
    <div className="grid gap-8">
      <PageHeader title="Earn">{UNIT.title} for coming back, for codes, and for bringing friends along.</PageHeader>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)] [&>*]:min-w-0">
        <BonusPanel daily={daily} renderedAt={Date.now()} />
        <div className="grid gap-5">
          <RedeemCode />
          <Card>
            <CardHeader>
              <CardTitle>So far</CardTitle>
            </CardHeader>
            <CardContent>
              <dl className="grid grid-cols-2 gap-5">
                <Stat label="Earned by claims">
                  <Amount amount={stats.total_coins_earned} className="font-semibold" />
                </Stat>
                <Stat label="Claims">{stats.total_logins}</Stat>
                <Stat label="Streak now">{formatCount(stats.current_streak, 'day')}</Stat>
                <Stat label="Longest">{formatCount(stats.longest_streak, 'day')}</Stat>
              </dl>
            </CardContent>
          </Card>
          <Card>
            <CardHeader>
              <CardTitle>Bring a friend</CardTitle>
              <CardDescription>
                <Amount amount={referrals.reward_per_signup} /> {UNIT.many} for each person who joins with your link.
              </CardDescription>
            </CardHeader>
            <CardFooter className="mt-5">
              <Button asChild variant="secondary" size="sm">
                <Link href="/referrals">
                  <UserPlus /> Your link
                </Link>
              </Button>
              <Button asChild variant="ghost" size="sm">
                <Link href="/servers/new">
                  <Server /> Create a server
                </Link>
              </Button>
            </CardFooter>
          </Card>
        </div>
      </div>
    </div>
  );
}
