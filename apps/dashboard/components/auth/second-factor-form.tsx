'use client';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
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
          label="Code"
          hint="Six digits, from your authenticator app."
          error={attempt.fieldError('code')}
        >
          {(control) => (
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one field of the step that the person asked for
            <Input {...control} name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} autoFocus />
          )}
        </Field>
      ) : (
        <Field key="backup" label="Backup code" hint="Each works once." error={attempt.fieldError('code')}>
          {(control) => (
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one field of the step that the person asked for
            <Input {...control} name="code" autoComplete="off" spellCheck={false} maxLength={40} autoFocus />
          )}
        </Field>
      )}
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
        Sign in
      </SubmitButton>
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="ghost" size="sm" onClick={handleSwitch}>
          {kind === 'totp' ? 'Use a backup code' : 'Use the app'}
        </Button>
        <Button variant="ghost" size="sm" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}
