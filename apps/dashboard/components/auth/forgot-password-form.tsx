'use client';
import { MailCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';
import { Input } from '@/components/ui/input';
import { LTR } from '@/components/form/ltr';
import { requestPasswordReset } from '@/lib/auth-client';

const write = (email: string) => () => <bdi className="font-medium">{email}</bdi>;

/** Asks for a link. What it says afterwards is the same for every address. */
export function ForgotPasswordForm() {
  const [asked, setAsked] = useState<string | null>(null);
  const attempt = useAttempt();
  const t = useTranslations('auth');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email')).trim();
    if (await attempt.run(() => requestPasswordReset(email))) setAsked(email);
  }

  if (asked !== null) {
    return (
      <Alert role="status">
        <MailCheck aria-hidden />
        <p className="min-w-0 break-words">{t.rich('forgotPassword.sent', { email: write(asked) })}</p>
      </Alert>
    );
  }
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post" noValidate>
      <Field label={t('fields.email')} error={attempt.fieldError('email')}>
        {(control) => <Input {...control} {...LTR} type="email" name="email" autoComplete="username" required />}
      </Field>
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
        {t('forgotPassword.action')}
      </SubmitButton>
    </form>
  );
}
