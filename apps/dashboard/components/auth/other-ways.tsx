'use client';
import { KeyRound } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, useSyncExternalStore } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { signInElsewhere, type AuthResult } from '@/lib/auth-client';
import { hasPasskeys, signInWithPasskey } from '@/lib/passkeys';
import { PROVIDER_NAMES } from '@/lib/provider-names';
import type { SocialProvider } from '@/server/auth/social';

interface OtherWaysProps {
  providers: readonly SocialProvider[];
  /** Where to go afterwards: a path of this dashboard. */
  next: string;
  /** Whether a passkey may be used: not by somebody new. */
  passkey?: boolean;
}

/** Signing in and up without a password: with a passkey, or an account elsewhere. Nothing where there is no such way. */
export function OtherWays({ providers, next, passkey = false }: OtherWaysProps) {
  const attempt = useAttempt();
  const t = useTranslations('auth.otherWays');
  const [chosen, setChosen] = useState<SocialProvider | 'passkey' | null>(null);
  const offersPasskey = useHasPasskeys() && passkey;
  if (providers.length === 0 && !offersPasskey) return null;

  async function choose(way: SocialProvider | 'passkey', signIn: () => Promise<AuthResult>) {
    setChosen(way);
    return attempt.run(signIn);
  }

  return (
    <div className="grid gap-2">
      <p className="mb-1 flex items-center gap-3 text-[0.8125rem] text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        {t('or')}
      </p>
      {offersPasskey ? (
        <SubmitButton
          type="button"
          variant="outline"
          pending={attempt.pending && chosen === 'passkey'}
          disabled={attempt.cooldownMs > 0}
          onClick={() =>
            void choose('passkey', signInWithPasskey).then((isSignedIn) => {
              if (isSignedIn) window.location.assign(next);
            })
          }
        >
          <KeyRound /> {t('passkey')}
        </SubmitButton>
      ) : null}
      {providers.map((provider) => (
        <SubmitButton
          key={provider}
          type="button"
          variant="outline"
          pending={attempt.pending && chosen === provider}
          disabled={attempt.cooldownMs > 0}
          onClick={() => void choose(provider, () => signInElsewhere(provider, next))}
        >
          {t('provider', { provider: PROVIDER_NAMES[provider] })}
        </SubmitButton>
      ))}
      <div className="mt-1 empty:hidden">
        <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      </div>
    </div>
  );
}

const subscribe = () => () => undefined;

/** The server takes it that a browser has them: nothing moves on most. */
function useHasPasskeys(): boolean {
  return useSyncExternalStore(subscribe, hasPasskeys, () => true);
}
