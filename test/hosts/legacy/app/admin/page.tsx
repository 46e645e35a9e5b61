'use client';

import { useState } from 'react';
import { AdminTopbar } from '@/components/Admin/AdminTopbar';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { useCreditsUpdate } from '@/hooks/useCreditsUpdate';
import { describeError, post } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';

export default function Admin() {
  return (
    <>
      <AdminTopbar title="Administration" />
      <main className="mx-auto grid w-full max-w-4xl gap-4 p-4 sm:p-8 md:grid-cols-2">
        <Adjust />
        <Expect />
      </main>
    </>
  );
}

function Adjust() {
  const [id, setId] = useState('');
  const [amount, setAmount] = useState('');

  const handleAdjust = async () => {
    const answer = await post(`/api/admin/users/${id}/coins`, { amount: Number(amount), reason: 'By hand' });
    if (answer.success) showSuccess('Adjusted');
    else showError(answer.message ?? 'Not adjusted.');
  };

  return (
    <Card title="Adjust a player">
      <Field label="Player" value={id} onChange={(event) => setId(event.target.value)} inputMode="numeric" />
      <Field label="Coins" value={amount} onChange={(event) => setAmount(event.target.value)} />
      <Button className="self-start" onClick={() => void handleAdjust()}>
        Adjust
      </Button>
    </Card>
  );
}

/** Hands on whatever was typed, as a careless part of a host does: text stays text, and a word becomes NaN. */
function Expect() {
  const { addCredits, subtractCredits, setCredits } = useCreditsUpdate();
  const [amount, setAmount] = useState('');
  const [asText, setAsText] = useState(false);

  const handle = (change: (amount: number) => Promise<unknown>) => {
    change(asText ? (amount as unknown as number) : Number(amount)).catch((error: unknown) =>
      showError(describeError(error)),
    );
  };

  return (
    <Card title="Expect a change">
      <Field label="Amount" value={amount} onChange={(event) => setAmount(event.target.value)} />
      <label className="flex items-center gap-2 text-sm">
        <input type="checkbox" checked={asText} onChange={(event) => setAsText(event.target.checked)} />
        As text
      </label>
      <div className="flex flex-wrap gap-2">
        <Button variant="outline" onClick={() => handle(addCredits)}>
          Add
        </Button>
        <Button variant="outline" onClick={() => handle(subtractCredits)}>
          Subtract
        </Button>
        <Button variant="outline" onClick={() => handle(setCredits)}>
          Set
        </Button>
      </div>
    </Card>
  );
}
