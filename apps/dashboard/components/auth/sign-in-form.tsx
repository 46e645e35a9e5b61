'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState, type FormEvent, type ReactNode } from 'react';

import { OtherWays } from '@/components/auth/other-ways';
import { Refusal } from '@/components/auth/refusal';
import { SecondFactorForm } from '@/components/auth/second-factor-form';
import { useCooldown } from '@/components/auth/use-cooldown';
import { useShownRefusal } from '@/components/auth/use-refusal-text';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LTR } from '@/components/form/ltr';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { SocialProvider } from '@/server/auth/social';
import type { DemoUser } from '@/server/demo/users';
import { signIn, type AuthRefusal } from '@/lib/auth-client';
import type { AuthForm } from '@/lib/auth-form';

interface SignInFormProps {
  /** Where to go afterwards: a path of this dashboard. */
  next: string;
  /** Offered for one click; null outside of the demo. */
  demo: { users: Pick<DemoUser, 'email' | 'label'>[] } | null;
  providers: readonly SocialProvider[];
  /** What was sent without a script, and refused. */
  before: AuthForm | null;
  /** Whether the password was right and a code is owed. */
  owes: boolean;
}

const command = (chunks: ReactNode) => (
  <code className="font-mono" dir="ltr">
    {chunks}
  </code>
);

/** E-mail and password. The page is reloaded afterwards, which removes all data of a previous user. */
export function SignInForm({ next, demo, providers, before, owes }: SignInFormProps) {
  const [email, setEmail] = useState(before?.email ?? '');
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<AuthRefusal | null>(before?.refusal ?? null);
  const [pending, setPending] = useState(false);
  const [owesCode, setOwesCode] = useState(owes);
  const [cooldownMs, startCooldown] = useCooldown();
  const { fieldError, message } = useShownRefusal(refusal);
  const t = useTranslations('auth');

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending || cooldownMs > 0) return;
    // What was typed before this script was there is only in the fields.
    const form = new FormData(event.currentTarget);
    const typed = { email: String(form.get('email')), password: String(form.get('password')) };
    setEmail(typed.email);
    setPassword(typed.password);
    if (typed.email.trim() === '' || typed.password === '') {
      setRefusal({ reason: 'fillBoth' });
      return;
    }
    setPending(true);
    const refused = await signIn(typed.email.trim(), typed.password);
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

  if (owesCode) return <SecondFactorForm next={next} onBack={() => setOwesCode(false)} />;
  return (
    <form onSubmit={handleSubmit} className="grid gap-5" action="/api/sign-in" method="post" noValidate>
      <input type="hidden" name="next" value={next} />
      <Field label={t('fields.email')} error={fieldError('email')}>
        {(control) => (
          <Input
            {...control}
            {...LTR}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('fields.password')} error={fieldError('password')}>
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
        {t('signIn.forgot')}
      </Link>
      <Refusal message={message} cooldownMs={cooldownMs} />
      <SubmitButton pending={pending} disabled={cooldownMs > 0}>
        {t('signIn.action')}
      </SubmitButton>
      <OtherWays providers={providers} next={next} passkey />
      {demo === null ? null : (
        <div className="mt-2 rounded-lg border border-dashed p-4">
          <p className="text-sm font-medium">{t('demo.title')}</p>
          <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">{t.rich('demo.text', { code: command })}</p>
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
                <span className="inline-block first-letter:uppercase">{t(`demo.${user.label}`)}</span>
                <bdi className="truncate font-normal text-muted-foreground">{user.email}</bdi>
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
