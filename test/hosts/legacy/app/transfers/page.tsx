'use client';

import { useState } from 'react';
import { Page } from '@/components/Page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { post } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

export default function Transfers() {
  const updateCoins = useAuthStore((state) => state.updateCoins);
  const [username, setUsername] = useState('');
  const [amount, setAmount] = useState('');

  const handleSend = async () => {
    const answer = await post('/api/transfers', { to_username: username, amount: Number(amount) });
    if (!answer.success) return showError(answer.message ?? 'Not sent.');
    updateCoins(-Number(amount));
    showSuccess('Sent');
  };

  return (
    <Page title="Transfers" subtitle="Coins to a friend">
      <Card title="Send">
        <Field label="To" value={username} onChange={(event) => setUsername(event.target.value)} />
        <Field label="Coins" value={amount} onChange={(event) => setAmount(event.target.value)} inputMode="numeric" />
        <Button className="self-start" onClick={() => void handleSend()}>
          Send
        </Button>
      </Card>
    </Page>
  );
}
