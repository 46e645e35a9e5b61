'use client';
import { CircleCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { readLinkToken } from '@/components/auth/link-token';
import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { resetPassword } from '@/lib/auth-client';

/** Sets the password of the account that the link is for. */
export function ResetPasswordForm() {
  const [done, setDone] = useState(false);
  const attempt = useAttempt();
  const t = useTranslations('auth');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    if (await attempt.run(() => resetPassword(readLinkToken(), password))) setDone(true);
  }

  if (done) {
    return (
      <div className="grid gap-5">
        <Alert role="status">
          <CircleCheck aria-hidden />
          <p>{t('resetPassword.done')}</p>
        </Alert>
        <Button asChild>
          {/* oxlint-disable-next-line nextjs/no-html-link-for-pages -- loaded again: who was signed in before is not any more */}
          <a href="/sign-in">{t('signIn.action')}</a>
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post" noValidate>
      <Field label={t('fields.newPassword')} hint={t('fields.passwordRule')} error={attempt.fieldError('password')}>
        {(control) => <Input {...control} type="password" name="password" autoComplete="new-password" required />}
      </Field>
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
        {t('resetPassword.action')}
      </SubmitButton>
    </form>
  );
}
