'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useCooldown } from '@/components/auth/use-cooldown';
import { useShownRefusal } from '@/components/auth/use-refusal-text';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { changePassword, type AuthRefusal } from '@/lib/auth-client';
import { showSuccess } from '@/lib/toast';

/** Changes the password; every other browser is signed out by it. */
export function PasswordForm({ email }: { email: string }) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<AuthRefusal | null>(null);
  const [cooldownMs, startCooldown] = useCooldown();
  const { fieldError, message } = useShownRefusal(refusal);
  const t = useTranslations('settings');
  const formElement = useRef<HTMLFormElement>(null);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending || cooldownMs > 0) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    const refused = await changePassword(String(form.get('current')), String(form.get('password')));
    setPending(false);
    setRefusal(refused);
    if (refused === null) {
      formElement.current?.reset();
      showSuccess(t('changePassword.done'), t('changePassword.doneText'));
    } else if (refused.retryAfterMs !== undefined) {
      startCooldown(refused.retryAfterMs);
    }
  }

  return (
    <Card>
      <form ref={formElement} onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('password')}</CardTitle>
          <CardDescription>{t('changePassword.text')}</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field label={t('changePassword.current')} error={fieldError('current')}>
            {(control) => <Input {...control} type="password" name="current" autoComplete="current-password" />}
          </Field>
          <Field label={t('changePassword.new')} hint={t('changePassword.rule')} error={fieldError('password')}>
            {(control) => <Input {...control} type="password" name="password" autoComplete="new-password" />}
          </Field>
          <div className="empty:hidden sm:col-span-2">
            <Refusal message={message} cooldownMs={cooldownMs} />
          </div>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending} disabled={cooldownMs > 0}>
            {t('changePassword.action')}
          </SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
