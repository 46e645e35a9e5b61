'use client';
import { Ticket } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState, type FormEvent } from 'react';

import { newKey, send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import type { RedeemAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showSuccess } from '@/lib/toast';

/** Credits for a code that somebody was given. What is wrong with it stands below it, and it stays as typed. */
export function RedeemCode() {
  const router = useRouter();
  const { syncCreditsAfterApiCall } = useCreditsSync();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [pending, setPending] = useState(false);
  // One key for what is typed now: sending it again after a lost answer shows what it paid.
  const command = useRef<{ code: string; key: string } | null>(null);

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    const code = typed.trim();
    if (code === '') {
      setWrong('Enter a code.');
      return;
    }
    if (command.current?.code !== code) command.current = { code, key: newKey() };
    setPending(true);
    const result = await send<RedeemAnswer>('POST', '/api/codes/redeem', { code }, command.current.key);
    setPending(false);
    if (!result.ok) {
      setWrong(result.failure.code === 'invalid_request' ? 'This code is not valid.' : result.failure.message);
      return;
    }
    const { data } = result.answer;
    await syncCreditsAfterApiCall(result.answer);
    setTyped('');
    setWrong(undefined);
    showSuccess(`${formatCreditsWithUnit(data.amount)} received`, `Code ${data.code}.`);
    router.refresh();
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Redeem a code</CardTitle>
          <CardDescription>From an event, a newsletter or a stream. Each code works once per person.</CardDescription>
        </CardHeader>
        <CardContent>
          <Field label="Code" error={wrong}>
            {(control) => (
              <div className="flex gap-2">
                <Input
                  {...control}
                  name="code"
                  autoComplete="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={100}
                  placeholder="SUMMER26"
                  className="font-mono uppercase placeholder:normal-case"
                  value={typed}
                  onChange={(event) => {
                    setTyped(event.target.value);
                    setWrong(undefined);
                  }}
                />
                <SubmitButton pending={pending} variant="secondary" className="h-10 shrink-0">
                  <Ticket /> Redeem
                </SubmitButton>
              </div>
            )}
          </Field>
        </CardContent>
      </form>
    </Card>
  );
}
