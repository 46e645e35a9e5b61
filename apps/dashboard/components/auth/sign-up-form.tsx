'use client';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { OtherWays } from '@/components/auth/other-ways';
import { Refusal } from '@/components/auth/refusal';
import { useCooldown } from '@/components/auth/use-cooldown';
import { useShownRefusal } from '@/components/auth/use-refusal-text';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Input } from '@/components/ui/input';
import { LTR } from '@/components/form/ltr';
import { signUp, type AuthRefusal } from '@/lib/auth-client';
import type { AuthForm } from '@/lib/auth-form';
import type { SocialProvider } from '@/server/auth/social';

const PASSWORD_LENGTH_MIN = 8;

interface SignUpFormProps {
  providers: readonly SocialProvider[];
  /** What was sent without a script, and refused. */
  before: AuthForm | null;
}

/** Name, e-mail and password. What can be seen to be wrong is said before anything is sent. */
export function SignUpForm({ providers, before }: SignUpFormProps) {
  const [refusal, setRefusal] = useState<AuthRefusal | null>(before?.refusal ?? null);
  const [pending, setPending] = useState(false);
  const [cooldownMs, startCooldown] = useCooldown();
  const { fieldError, message } = useShownRefusal(refusal);
  const t = useTranslations('auth');

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

  return (
    <form onSubmit={handleSubmit} className="grid gap-5" action="/api/sign-up" method="post" noValidate>
      <Field label={t('fields.name')} hint={t('signUp.nameHint')} error={fieldError('name')}>
        {(control) => (
          <Input {...control} name="name" defaultValue={before?.name} autoComplete="name" maxLength={60} required />
        )}
      </Field>
      <Field label={t('fields.email')} error={fieldError('email')}>
        {(control) => (
          <Input
            {...control}
            {...LTR}
            type="email"
            name="email"
            defaultValue={before?.email}
            autoComplete="username"
            required
          />
        )}
      </Field>
      <Field label={t('fields.password')} hint={t('signUp.passwordHint')} error={fieldError('password')}>
        {(control) => <Input {...control} type="password" name="password" autoComplete="new-password" required />}
      </Field>
      <Refusal message={message} cooldownMs={cooldownMs} />
      <SubmitButton pending={pending} disabled={cooldownMs > 0}>
        {t('signUp.action')}
      </SubmitButton>
      <OtherWays providers={providers} next="/" />
    </form>
  );
}

function check(name: string, email: string, password: string): AuthRefusal | null {
  if (name === '') return { field: 'name', reason: 'noName' };
  if (!/^\S+@\S+\.\S+$/.test(email)) return { field: 'email', reason: 'notAnAddress' };
  if (password.length < PASSWORD_LENGTH_MIN) return { field: 'password', reason: 'shortPassword' };
  return null;
}
