'use client';
import { useTranslations } from 'next-intl';
import { Ticket } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState, type FormEvent } from 'react';

import { newKey, send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { useCreditsSync } from '@/hooks/useCreditsUpdate';
import type { RedeemAnswer } from '@/lib/api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showSuccess } from '@/lib/toast';

/** Credits for a code that somebody was given. What is wrong with it stands below it, and it stays as typed. */
export function RedeemCode() {
  const t = useTranslations('earn.redeem');
  const refusal = useRefusal();
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
      setWrong(t('enter'));
      return;
    }
    if (command.current?.code !== code) command.current = { code, key: newKey() };
    setPending(true);
    const result = await send<RedeemAnswer>('POST', '/api/codes/redeem', { code }, command.current.key);
    setPending(false);
    if (!result.ok) {
      setWrong(result.failure.code === 'invalid_request' ? t('invalid') : refusal(result.failure));
      return;
    }
    const { data } = result.answer;
    await syncCreditsAfterApiCall(result.answer);
    setTyped('');
    setWrong(undefined);
    showSuccess(t('received', { amount: formatCreditsWithUnit(data.amount) }), t('receivedText', { code: data.code }));
    router.refresh();
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('title')}</CardTitle>
          <CardDescription>{t('text')}</CardDescription>
        </CardHeader>
        <CardContent>
          <Field label={t('code')} error={wrong}>
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
                  <Ticket /> {t('submit')}
                </SubmitButton>
              </div>
            )}
          </Field>
        </CardContent>
      </form>
    </Card>
  );
}
