'use client';

import { useState } from 'react';
import { Page } from '@/components/Page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import { describeError, post } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';
import { describeUser, useAuthStore } from '@/stores/user-store';

export default function Earn() {
  return (
    <Page title="Earn" subtitle="Coins for nothing">
      <DailyLogin />
      <RedeemCode />
    </Page>
  );
}

function DailyLogin() {
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const currentUser = useAuthStore((state) => state.currentUser);

  const handleDailyLogin = async () => {
    const response = await fetch('/api/user/daily-login', {
      method: 'POST',
      headers: describeUser(currentUser),
      body: JSON.stringify({ action: 'claim' }),
    });

    const result = await response.json();
    if (result.success) {
      await syncCreditsAfterApiCall(result);
      showSuccess(`+${result.data.coins_awarded} credits earned!`);
    } else showError(result.message);
  };

  return (
    <Card title="Daily login">
      <p className="text-sm text-muted-foreground">25 coins, once a day.</p>
      <Button
        className="self-start"
        onClick={() => handleDailyLogin().catch((error: unknown) => showError(describeError(error)))}
      >
        Claim
      </Button>
    </Card>
  );
}

/** One of the host's parts that know nothing of the credits store: it adds to the copy of the coins by itself. */
function RedeemCode() {
  const updateCoins = useAuthStore((state) => state.updateCoins);
  const [code, setCode] = useState('');

  const handleRedeem = async () => {
    const answer = await post<{ coins_awarded: number }>('/api/codes/redeem', { code });
    if (answer.success) updateCoins(answer.coins_awarded);
    else showError(answer.message ?? 'Not redeemed.');
  };

  return (
    <Card title="Redeem a code">
      <Field label="Code" value={code} onChange={(event) => setCode(event.target.value)} />
      <Button variant="outline" className="self-start" onClick={() => void handleRedeem()}>
        Redeem
      </Button>
    </Card>
  );
}
