'use client';
import { CircleAlert, Link2, Link2Off } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { useAttempt } from '@/components/auth/use-attempt';
import { Dialog, DialogContent, DialogTrigger } from '@/components/credits/ui/dialog';
import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { PasswordStep } from '@/components/settings/password-step';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Card, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { SignInWaysAnswer } from '@/lib/api';
import { linkElsewhere } from '@/lib/auth-client';
import { PROVIDER_NAMES } from '@/lib/provider-names';
import { showError, showSuccess } from '@/lib/toast';
import type { SocialProvider } from '@/server/auth/social';

interface LinkedCardProps {
  ways: SignInWaysAnswer['data'];
  /** Those that the operator configured. */
  offered: readonly SocialProvider[];
  /** The person came back from one that could not be linked. */
  refused: boolean;
}

/** Accounts elsewhere that sign the person in, and those that could. */
export function LinkedCard({ ways, offered, refused }: LinkedCardProps) {
  const shown = [...new Set([...ways.providers, ...offered])];
  if (shown.length === 0) return null;
  const hint = ways.second_factor
    ? 'While your second factor is on, no other one can be linked.'
    : ways.has_password
      ? ''
      : 'Set a password first to link another one.';
  return (
    <Card id="linked">
      <CardHeader className="pb-4">
        <CardTitle>Accounts elsewhere</CardTitle>
        <CardDescription>
          Each signs you in without your password, and without a second factor of ours. {hint}
        </CardDescription>
      </CardHeader>
      {refused ? (
        <div className="px-5 pb-4 sm:px-6">
          <Alert variant="destructive">
            <CircleAlert aria-hidden />
            <p>
              That account could not be linked. Its e-mail address has to be confirmed there, and it must not sign
              anybody else in here.
            </p>
          </Alert>
        </div>
      ) : null}
      <ul className="divide-y border-t">
        {shown.map((provider) => {
          const isLinked = ways.providers.includes(provider);
          const Icon = isLinked ? Link2 : Link2Off;
          return (
            <li key={provider} className="flex min-h-16 items-center gap-4 px-5 py-3 sm:px-6">
              <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              <div className="min-w-0 flex-1">
                <p className="text-sm font-medium">{PROVIDER_NAMES[provider]}</p>
                <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">{isLinked ? 'Linked' : 'Not linked'}</p>
              </div>
              {isLinked ? (
                <Unlink provider={provider} />
              ) : ways.has_password && !ways.second_factor ? (
                <LinkDialog provider={provider} />
              ) : null}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Unlink({ provider }: { provider: SocialProvider }) {
  const router = useRouter();
  const [pending, setPending] = useState(false);

  async function handleUnlink() {
    setPending(true);
    const result = await send('DELETE', `/api/user/sign-in/${provider}`);
    setPending(false);
    if (result.ok) showSuccess(`${PROVIDER_NAMES[provider]} signs you in no more`);
    else showError('It could not be unlinked', result.failure.message);
    router.refresh();
  }

  return (
    <SubmitButton type="button" variant="ghost" size="sm" pending={pending} onClick={() => void handleUnlink()}>
      Unlink<span className="sr-only"> {PROVIDER_NAMES[provider]}</span>
    </SubmitButton>
  );
}

function LinkDialog({ provider }: { provider: SocialProvider }) {
  const attempt = useAttempt();
  const name = PROVIDER_NAMES[provider];

  return (
    <Dialog onOpenChange={() => attempt.refuse(null)}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          Link<span className="sr-only"> {name}</span>
        </Button>
      </DialogTrigger>
      <DialogContent>
        <PasswordStep
          title={`Link your ${name} account`}
          description={`You go to ${name}, and come back here. That account signs you in from then on.`}
          action={`Go to ${name}`}
          attempt={attempt}
          onPassword={(password) => void attempt.run(() => linkElsewhere(provider, password))}
        />
      </DialogContent>
    </Dialog>
  );
}
