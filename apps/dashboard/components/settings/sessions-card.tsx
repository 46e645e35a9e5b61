'use client';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { useRefusalText } from '@/components/auth/use-refusal-text';
import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { hidden, timeOf } from '@/components/settings/tags';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { revokeOtherSessions } from '@/lib/auth-client';
import { showError, showSuccess } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

/** A place where the person is signed in. What would let anybody act as it, its token, never reaches the page. */
export interface SessionView {
  id: string;
  browser: string;
  /** ISO instant. */
  createdAt: string;
  current: boolean;
}

/** The newest ones; the button below ends all of the others, shown or not. */
const SHOWN_MAX = 6;

/** Where the person is signed in, and the ways to end that. */
export function SessionsCard({ sessions }: { sessions: readonly SessionView[] }) {
  const router = useRouter();
  const t = useTranslations('settings');
  const toRefusalText = useRefusalText();
  const toText = useRefusal();
  const [pending, setPending] = useState(false);
  const [ending, setEnding] = useState<string | null>(null);
  const others = sessions.filter(({ current }) => !current).length;

  async function handleRevoke() {
    setPending(true);
    const refused = await revokeOtherSessions();
    setPending(false);
    if (refused === null) showSuccess(t('sessions.othersSignedOut'));
    else showError(t('sessions.othersNotSignedOut'), toRefusalText(refused));
    router.refresh();
  }

  async function handleEnd(id: string) {
    setEnding(id);
    const result = await send('DELETE', `/api/user/sessions/${id}`);
    setEnding(null);
    if (result.ok) showSuccess(t('sessions.signedOut'));
    else showError(t('sessions.notSignedOut'), toText(result.failure));
    router.refresh();
  }

  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>{t('sessions.title')}</CardTitle>
        <CardDescription>{t('sessions.text')}</CardDescription>
      </CardHeader>
      <ul className="divide-y border-t">
        {sessions.slice(0, SHOWN_MAX).map(({ id, browser, createdAt, current }) => (
          <li key={id} className="flex items-center gap-4 px-5 py-4 sm:px-6">
            <MonitorSmartphone className="size-4 shrink-0 text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm font-medium">{browser}</p>
              <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
                {t.rich('since', { time: timeOf(createdAt, 'instant') })}
              </p>
            </div>
            {current ? (
              <Badge>{t('sessions.thisOne')}</Badge>
            ) : (
              <SubmitButton
                type="button"
                variant="ghost"
                size="sm"
                pending={ending === id}
                onClick={() => void handleEnd(id)}
              >
                {t.rich('sessions.signOut', { browser, hidden })}
              </SubmitButton>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > SHOWN_MAX ? (
        <p className="border-t px-5 py-4 text-sm text-muted-foreground sm:px-6">
          {t('sessions.more', { count: sessions.length - SHOWN_MAX })}
        </p>
      ) : null}
      <CardFooter className="flex-wrap justify-end">
        <SubmitButton
          type="button"
          variant="outline"
          pending={pending}
          disabled={others === 0}
          onClick={() => void handleRevoke()}
        >
          {t('sessions.signOutOthers')}
        </SubmitButton>
        <Button variant="outline" onClick={() => void useAuthStore.getState().logout()}>
          <LogOut /> {t('sessions.signOutHere')}
        </Button>
      </CardFooter>
    </Card>
  );
}
