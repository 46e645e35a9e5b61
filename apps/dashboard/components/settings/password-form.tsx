'use client';
import { useRef, useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useCooldown } from '@/components/auth/use-cooldown';
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
      showSuccess('Your password is changed', 'Every other browser has to sign in again.');
    } else if (refused.retryAfterMs !== undefined) {
      startCooldown(refused.retryAfterMs);
    }
  }

  const fieldError = (field: AuthRefusal['field']) => (refusal?.field === field ? refusal?.message : undefined);
  return (
    <Card>
      <form ref={formElement} onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Password</CardTitle>
          <CardDescription>Changing it signs every other browser out.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field label="Current password" error={fieldError('current')}>
            {(control) => <Input {...control} type="password" name="current" autoComplete="current-password" />}
          </Field>
          <Field label="New password" hint="At least 8 characters." error={fieldError('password')}>
            {(control) => <Input {...control} type="password" name="password" autoComplete="new-password" />}
          </Field>
          <div className="empty:hidden sm:col-span-2">
            <Refusal message={refusal?.field === undefined ? refusal?.message : undefined} cooldownMs={cooldownMs} />
          </div>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending} disabled={cooldownMs > 0}>
            Change password
          </SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
