'use client';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import { send } from '@/components/credits/send';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LocalTime } from '@/components/credits/activity/local-time';
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
  const [pending, setPending] = useState(false);
  const [ending, setEnding] = useState<string | null>(null);
  const others = sessions.filter(({ current }) => !current).length;

  async function handleRevoke() {
    setPending(true);
    const refused = await revokeOtherSessions();
    setPending(false);
    if (refused === null) showSuccess('Every other browser is signed out');
    else showError('The other browsers are still signed in', refused.message);
    router.refresh();
  }

  async function handleEnd(id: string) {
    setEnding(id);
    const result = await send('DELETE', `/api/user/sessions/${id}`);
    setEnding(null);
    if (result.ok) showSuccess('That browser is signed out');
    else showError('It could not be signed out', result.failure.message);
    router.refresh();
  }

  return (
    <Card>
      <CardHeader className="pb-4">
        <CardTitle>Where you are signed in</CardTitle>
        <CardDescription>
          Is there a browser you do not recognise? Sign it out, and change your password.
        </CardDescription>
      </CardHeader>
      <ul className="divide-y border-t">
        {sessions.slice(0, SHOWN_MAX).map(({ id, browser, createdAt, current }) => (
          <li key={id} className="flex items-center gap-4 px-5 py-4 sm:px-6">
            <MonitorSmartphone className="size-4 shrink-0 text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm font-medium">{browser}</p>
              <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
                Since <LocalTime iso={createdAt} style="instant" />
              </p>
            </div>
            {current ? (
              <Badge>This one</Badge>
            ) : (
              <SubmitButton
                type="button"
                variant="ghost"
                size="sm"
                pending={ending === id}
                onClick={() => void handleEnd(id)}
              >
                Sign out<span className="sr-only"> {browser}</span>
              </SubmitButton>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > SHOWN_MAX ? (
        <p className="border-t px-5 py-4 text-sm text-muted-foreground sm:px-6">
          And {sessions.length - SHOWN_MAX} more.
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
          Sign out the others
        </SubmitButton>
        <Button variant="outline" onClick={() => void useAuthStore.getState().logout()}>
          <LogOut /> Sign out here
        </Button>
      </CardFooter>
    </Card>
  );
}
