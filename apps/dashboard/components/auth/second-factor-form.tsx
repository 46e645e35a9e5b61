'use client';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LTR } from '@/components/form/ltr';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { signInWithCode } from '@/lib/auth-client';

interface SecondFactorFormProps {
  /** Where to go afterwards: a path of this dashboard. */
  next: string;
  onBack: () => void;
}

/** The code that is asked for after the password. */
export function SecondFactorForm({ next, onBack }: SecondFactorFormProps) {
  const [kind, setKind] = useState<'totp' | 'backup'>('totp');
  const attempt = useAttempt();
  const t = useTranslations('auth');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    if (await attempt.run(() => signInWithCode(code, kind))) window.location.assign(next);
  }

  function handleSwitch() {
    attempt.refuse(null);
    setKind(kind === 'totp' ? 'backup' : 'totp');
  }

  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post" noValidate>
      {kind === 'totp' ? (
        <Field
          key="totp"
          label={t('secondFactor.code')}
          hint={t('secondFactor.codeHint')}
          error={attempt.fieldError('code')}
        >
          {(control) => (
            <Input
              {...control}
              {...LTR}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one field of the step that the person asked for
              autoFocus
            />
          )}
        </Field>
      ) : (
        <Field
          key="backup"
          label={t('secondFactor.backupCode')}
          hint={t('secondFactor.backupCodeHint')}
          error={attempt.fieldError('code')}
        >
          {(control) => (
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one field of the step that the person asked for
            <Input {...control} {...LTR} name="code" autoComplete="off" spellCheck={false} maxLength={40} autoFocus />
          )}
        </Field>
      )}
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
        {t('signIn.action')}
      </SubmitButton>
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="ghost" size="sm" onClick={handleSwitch}>
          {t(kind === 'totp' ? 'secondFactor.useBackupCode' : 'secondFactor.useApp')}
        </Button>
        <Button variant="ghost" size="sm" onClick={onBack}>
          {t('secondFactor.back')}
        </Button>
      </div>
    </form>
  );
}
