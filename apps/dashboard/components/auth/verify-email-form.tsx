'use client';
import { CircleCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { readLinkToken } from '@/components/auth/link-token';
import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { verifyEmail } from '@/lib/auth-client';

/** A button, and not the link alone: mail programs open links by themselves. */
export function VerifyEmailForm() {
  const [done, setDone] = useState(false);
  const attempt = useAttempt();
  const t = useTranslations('auth.verifyEmail');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (await attempt.run(() => verifyEmail(readLinkToken()))) setDone(true);
  }

  if (done) {
    return (
      <div className="grid gap-5">
        <Alert role="status">
          <CircleCheck aria-hidden />
          <p>{t('done')}</p>
        </Alert>
        <Button asChild>
          {/* oxlint-disable-next-line nextjs/no-html-link-for-pages -- loaded again, with what the address changed */}
          <a href="/">{t('overview')}</a>
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post">
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
        {t('action')}
      </SubmitButton>
    </form>
  );
}
