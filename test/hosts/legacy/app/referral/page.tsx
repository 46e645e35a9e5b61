'use client';

import { Page } from '@/components/Page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { useReferralStats } from '@/hooks/useReferralStats';

export default function Referral() {
  const { claimed, claim } = useReferralStats();
  return (
    <Page title="Referrals" subtitle="Friends who came by your link">
      <Card title="Rewards">
        <p className="text-sm text-muted-foreground">
          {claimed === null ? 'What your friends have earned for you.' : `${claimed} coins were claimed.`}
        </p>
        <Button className="self-start" onClick={() => void claim()}>
          Claim all
        </Button>
      </Card>
    </Page>
  );
}
