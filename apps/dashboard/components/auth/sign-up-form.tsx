'use client';
import { useState, type FormEvent } from 'react';

import { OtherWays } from '@/components/auth/other-ways';
import { Refusal } from '@/components/auth/refusal';
import { useCooldown } from '@/components/auth/use-cooldown';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Input } from '@/components/ui/input';
import { signUp, type AuthRefusal } from '@/lib/auth-client';
import type { SocialProvider } from '@/server/auth/social';

const PASSWORD_LENGTH_MIN = 8;

/** Name, e-mail and password. What can be seen to be wrong is said before anything is sent. */
export function SignUpForm({ providers }: { providers: readonly SocialProvider[] }) {
  const [refusal, setRefusal] = useState<AuthRefusal | null>(null);
  const [pending, setPending] = useState(false);
  const [cooldownMs, startCooldown] = useCooldown();

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending || cooldownMs > 0) return;
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name')).trim();
    const email = String(form.get('email')).trim();
    const password = String(form.get('password'));
    const wrong = check(name, email, password);
    setRefusal(wrong);
    if (wrong !== null) return;
    setPending(true);
    const refused = await signUp(name, email, password);
    if (refused === null) {
      window.location.assign('/');
      return;
    }
    setRefusal(refused);
    setPending(false);
    if (refused.retryAfterMs !== undefined) startCooldown(refused.retryAfterMs);
  }

  const fieldError = (field: AuthRefusal['field']) => (refusal?.field === field ? refusal?.message : undefined);
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post" noValidate>
      <Field label="Display name" hint="How you are greeted. You can change it later." error={fieldError('name')}>
        {(control) => <Input {...control} name="name" autoComplete="name" maxLength={60} required />}
      </Field>
      <Field label="E-mail" error={fieldError('email')}>
        {(control) => <Input {...control} type="email" name="email" autoComplete="username" required />}
      </Field>
      <Field
        label="Password"
        hint={`At least ${PASSWORD_LENGTH_MIN} characters; a sentence is easy to remember.`}
        error={fieldError('password')}
      >
        {(control) => <Input {...control} type="password" name="password" autoComplete="new-password" required />}
      </Field>
      <Refusal message={refusal?.field === undefined ? refusal?.message : undefined} cooldownMs={cooldownMs} />
      <SubmitButton pending={pending} disabled={cooldownMs > 0}>
        Create account
      </SubmitButton>
      <OtherWays providers={providers} next="/" />
    </form>
  );
}

function check(name: string, email: string, password: string): AuthRefusal | null {
  if (name === '') return { field: 'name', message: 'Say what to call you.' };
  if (!/^\S+@\S+\.\S+$/.test(email)) return { field: 'email', message: 'This is not an e-mail address.' };
  if (password.length < PASSWORD_LENGTH_MIN) {
    return { field: 'password', message: `The password needs at least ${PASSWORD_LENGTH_MIN} characters.` };
  }
  return null;
}
