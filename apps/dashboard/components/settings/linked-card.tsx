'use client';
import { CircleAlert, Link2, Link2Off } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { useAttempt } from '@/components/auth/use-attempt';
import { Dialog, DialogContent, DialogTrigger } from '@/components/credits/ui/dialog';
import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { hidden } from '@/components/settings/tags';
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

/** {t('title')} that sign the person in, and those that could. */
export function LinkedCard({ ways, offered, refused }: LinkedCardProps) {
  const t = useTranslations('settings.linked');
  const shown = [...new Set([...ways.providers, ...offered])];
  if (shown.length === 0) return null;
  const hint = ways.second_factor ? t('hasSecondFactor') : ways.has_password ? '' : t('passwordFirst');
  return (
    <Card id="linked">
      <CardHeader className="pb-4">
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>
          {t('text')} {hint}
        </CardDescription>
      </CardHeader>
      {refused ? (
        <div className="px-5 pb-4 sm:px-6">
          <Alert variant="destructive">
            <CircleAlert aria-hidden />
            <p>{t('refused')}</p>
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
                <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
                  {t(isLinked ? 'isLinked' : 'notLinked')}
                </p>
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
  const t = useTranslations('settings.linked');
  const toText = useRefusal();
  const name = PROVIDER_NAMES[provider];
  const router = useRouter();
  const [pending, setPending] = useState(false);

  async function handleUnlink() {
    setPending(true);
    const result = await send('DELETE', `/api/user/sign-in/${provider}`);
    setPending(false);
    if (result.ok) showSuccess(t('unlinked', { provider: name }));
    else showError(t('notUnlinked'), toText(result.failure));
    router.refresh();
  }

  return (
    <SubmitButton type="button" variant="ghost" size="sm" pending={pending} onClick={() => void handleUnlink()}>
      {t.rich('unlink', { provider: name, hidden })}
    </SubmitButton>
  );
}

function LinkDialog({ provider }: { provider: SocialProvider }) {
  const t = useTranslations('settings.linked');
  const attempt = useAttempt();
  const name = PROVIDER_NAMES[provider];

  return (
    <Dialog onOpenChange={() => attempt.refuse(null)}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          {t.rich('link', { provider: name, hidden })}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <PasswordStep
          title={t('linkTitle', { provider: name })}
          description={t('linkText', { provider: name })}
          action={t('linkAction', { provider: name })}
          attempt={attempt}
          onPassword={(password) => void attempt.run(() => linkElsewhere(provider, password))}
        />
      </DialogContent>
    </Dialog>
  );
}
