'use client';
import { useTranslations } from 'next-intl';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { requestPasswordReset } from '@/lib/auth-client';
import { showSuccess } from '@/lib/toast';

/** For who came by an account elsewhere: a password is set by a link, as a forgotten one is. */
export function FirstPasswordCard({ email }: { email: string }) {
  const t = useTranslations('settings');
  const attempt = useAttempt();

  async function handleSend() {
    const isSent = await attempt.run(() => requestPasswordReset(email));
    if (isSent) showSuccess(t('linkSent'), t('linkSentTo', { email }));
  }

  return (
    <Card>
      <CardHeader className="pb-5 sm:pb-6">
        <CardTitle>{t('password')}</CardTitle>
        <CardDescription>{t('firstPassword.text')}</CardDescription>
        <CardAction>
          <SubmitButton
            type="button"
            variant="outline"
            pending={attempt.pending}
            disabled={attempt.cooldownMs > 0}
            onClick={() => void handleSend()}
          >
            {t('firstPassword.action')}
          </SubmitButton>
        </CardAction>
      </CardHeader>
      <div className="px-5 pb-5 empty:hidden sm:px-6">
        <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      </div>
    </Card>
  );
}
