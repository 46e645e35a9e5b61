'use client';
import Link from 'next/link';
import { useState, type FormEvent } from 'react';

import { OtherWays } from '@/components/auth/other-ways';
import { Refusal } from '@/components/auth/refusal';
import { SecondFactorForm } from '@/components/auth/second-factor-form';
import { useCooldown } from '@/components/auth/use-cooldown';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { SocialProvider } from '@/server/auth/social';
import { signIn, type AuthRefusal } from '@/lib/auth-client';

interface SignInFormProps {
  /** Where to go afterwards: a path of this dashboard. */
  next: string;
  /** Offered for one click; null outside of the demo. */
  demo: { users: { email: string; label: string }[] } | null;
  providers: readonly SocialProvider[];
}

/** E-mail and password. The page is reloaded afterwards, which removes all data of a previous user. */
export function SignInForm({ next, demo, providers }: SignInFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<AuthRefusal | null>(null);
  const [pending, setPending] = useState(false);
  const [owesCode, setOwesCode] = useState(false);
  const [cooldownMs, startCooldown] = useCooldown();

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (pending || cooldownMs > 0) return;
    if (email.trim() === '' || password === '') {
      setRefusal({ message: 'Fill in both, e-mail and password.' });
      return;
    }
    setPending(true);
    const refused = await signIn(email.trim(), password);
    if (refused === 'code') {
      setOwesCode(true);
      setPending(false);
      return;
    }
    if (refused === null) {
      window.location.assign(next);
      return;
    }
    setRefusal(refused);
    setPending(false);
    if (refused.retryAfterMs !== undefined) startCooldown(refused.retryAfterMs);
  }

  const fieldError = (field: AuthRefusal['field']) => (refusal?.field === field ? refusal?.message : undefined);
  if (owesCode) return <SecondFactorForm next={next} onBack={() => setOwesCode(false)} />;
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" method="post" noValidate>
      <Field label="E-mail" error={fieldError('email')}>
        {(control) => (
          <Input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" error={fieldError('password')}>
        {(control) => (
          <Input
            {...control}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Link
        href="/forgot-password"
        className="-mt-2 justify-self-start text-[0.8125rem] text-muted-foreground underline underline-offset-4 hover:text-foreground"
      >
        Forgot your password?
      </Link>
      <Refusal message={refusal?.field === undefined ? refusal?.message : undefined} cooldownMs={cooldownMs} />
      <SubmitButton pending={pending} disabled={cooldownMs > 0}>
        Sign in
      </SubmitButton>
      <OtherWays providers={providers} next={next} passkey />
      {demo === null ? null : (
        <div className="mt-2 rounded-lg border border-dashed p-4">
          <p className="text-sm font-medium">Demo accounts</p>
          <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
            Their password is in the terminal of <code className="font-mono">npm start</code>; the link there fills it
            in.
          </p>
          <div className="mt-3 grid gap-1.5">
            {demo.users.map((user) => (
              <Button
                key={user.email}
                variant="secondary"
                size="sm"
                className="h-auto min-h-8 flex-col items-start gap-0 py-1.5 sm:flex-row sm:items-center sm:justify-between sm:gap-3"
                onClick={() => {
                  setEmail(user.email);
                  setPassword(readDemoPassword());
                  setRefusal(null);
                }}
              >
                <span className="inline-block first-letter:uppercase">{user.label}</span>
                <span className="truncate font-normal text-muted-foreground">{user.email}</span>
              </Button>
            ))}
          </div>
        </div>
      )}
    </form>
  );
}

/** What the terminal's link brought behind its `#`: the server sends the password to nobody. */
function readDemoPassword(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('demo') ?? '';
}
