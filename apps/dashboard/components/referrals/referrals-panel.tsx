'use client';
import { Check, Clock, Gift, QrCode as QrCodeIcon, Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

import { Amount } from '@/components/credits/activity/amount';
import { CopyButton } from '@/components/copy-button';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Stat } from '@/components/stat';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { useReferralStats, type ReferralStats } from '@/hooks/useReferralStats';
import { formatCount, formatCredits, formatCreditsWithUnit } from '@/lib/format';
import { showError, showInfo, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

const QrCode = lazy(() => import('@/components/qr-code'));

/** The person's link, what it has brought, and the claim of it. */
export function ReferralsPanel({ initial }: { initial: ReferralStats }) {
  const { stats: known, claim, isClaiming } = useReferralStats(initial);
  const stats = known ?? initial;

  async function handleClaim() {
    try {
      const { total_claimed: claimed } = await claim('all');
      if (claimed > 0) showSuccess(`${formatCreditsWithUnit(claimed)} claimed`, 'They are in your account.');
      else showInfo('Nothing was open', 'It was claimed before, perhaps in another tab.');
    } catch (error) {
      showError('The reward was not claimed', error instanceof Error ? error.message : undefined);
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
          <CardTitle>Available to claim</CardTitle>
        </CardHeader>
        <CardContent className="grid gap-6">
          <p className="text-5xl leading-none font-semibold tracking-tight text-credits-large tabular-nums">
            {formatCredits(stats.claimable.total)}
          </p>
          <dl className="grid grid-cols-2 gap-5">
            <Stat label="From sign-ups">{formatCredits(stats.claimable.signups)}</Stat>
            <Stat label="From visits">{formatCredits(stats.claimable.clicks)}</Stat>
            <Stat label="Visits">{formatCredits(stats.clicks)}</Stat>
            <Stat label="Earned so far">
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
              ? 'Nothing to claim yet'
              : `Claim ${formatCreditsWithUnit(stats.claimable.total)}`}
          </SubmitButton>
        </CardFooter>
      </Card>
    </div>
  );
}

function LinkCard({ stats }: { stats: ReferralStats }) {
  const [isCodeShown, setCodeShown] = useState(false);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Your link</CardTitle>
        <CardDescription>
          <Amount amount={stats.reward_per_signup} /> {UNIT.many} for everybody who joins with it
          {stats.reward_per_click > 0 ? (
            <>
              , and <Amount amount={stats.reward_per_click} /> for a visit
            </>
          ) : null}
          .
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <div className="flex gap-2">
          <Input
            readOnly
            value={stats.link}
            aria-label="Your referral link"
            className="font-mono text-[0.8125rem] sm:text-[0.8125rem]"
            onFocus={(event) => event.target.select()}
          />
          <CopyButton text={stats.link} label="Copy your referral link" />
        </div>
        {isCodeShown ? (
          <Suspense>
            <QrCode text={stats.link} label="QR code of your referral link" />
          </Suspense>
        ) : (
          <Button variant="outline" className="justify-self-start" onClick={() => setCodeShown(true)}>
            <QrCodeIcon /> Show a QR code
          </Button>
        )}
      </CardContent>
    </Card>
  );
}

function SignupsCard({ signups }: Pick<ReferralStats, 'signups'>) {
  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>Who joined</CardTitle>
        <CardDescription>
          {signups.length === 0
            ? 'Everybody who comes with your link is listed here.'
            : `${formatCount(signups.length, 'person', 'people')} came with your link.`}
        </CardDescription>
      </CardHeader>
      {signups.length === 0 ? (
        <EmptyState icon={Users} title="Nobody yet" className="pt-6">
          Send your link to somebody you would like to play with.
        </EmptyState>
      ) : (
        <Table aria-label="People who joined with your link" className="border-t">
          <TableHeader>
            <TableRow>
              <TableHead>Name</TableHead>
              <TableHead>Joined</TableHead>
              <TableHead className="text-right">Reward</TableHead>
              <TableHead className="text-right">State</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {signups.map(({ username, created_at, reward, claimed }) => (
              <TableRow key={`${username} ${created_at}`}>
                <TableCell className="font-medium">{username}</TableCell>
                <TableCell className="whitespace-nowrap text-muted-foreground">
                  <LocalTime iso={created_at} style="date" />
                </TableCell>
                <TableCell className="text-right">
                  <Amount amount={reward} />
                </TableCell>
                <TableCell>
                  <span className="flex justify-end">
                    {claimed ? (
                      <Badge variant="success">
                        <Check aria-hidden /> Claimed
                      </Badge>
                    ) : (
                      <Badge>
                        <Clock aria-hidden /> Open
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
