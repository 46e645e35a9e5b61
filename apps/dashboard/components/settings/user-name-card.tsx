'use client';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import type { MeAnswer } from '@/lib/api';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';
import { useAuthStore } from '@/stores/user-store';

const LENGTH_MAX = 30;
/** Refusals that are about what was typed. */
const OF_THE_NAME = new Set(['name_taken', 'name_changed_recently', 'forbidden']);

/** The name by which others find the person. `lockedUntil`: from when on another can be chosen, where that is not now. */
export function UserNameCard({ username, lockedUntil }: { username: string; lockedUntil: string | null }) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const wanted = String(new FormData(event.currentTarget).get('username')).trim();
    if (wanted === username) {
      setWrong('This is your user name already.');
      return;
    }
    setPending(true);
    const result = await send<MeAnswer>('POST', '/api/user/username', { username: wanted });
    setPending(false);
    if (result.ok) {
      const { coins: _confirmedElsewhere, ...profile } = result.answer.user;
      useAuthStore.getState().updateUserData(profile);
      setWrong(undefined);
      showSuccess(`You are ${profile.username} now`);
      router.refresh();
      return;
    }
    const { code, message, errors } = result.failure;
    const issue = errors?.find(({ path }) => path === 'username');
    if (issue !== undefined) setWrong(`A user name ${issue.message}.`);
    else if (OF_THE_NAME.has(code)) setWrong(message);
    else showError('Your user name was not changed', message);
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>User name</CardTitle>
          <CardDescription>How others find you, send you {UNIT.many} and see you in their history.</CardDescription>
        </CardHeader>
        <CardContent>
          <Field
            label="User name"
            error={wrong}
            hint={
              lockedUntil === null ? (
                'You can change it once in 30 days. The old one stays yours for 90 days, and nobody else gets it.'
              ) : (
                <>
                  You can choose another from <LocalTime iso={lockedUntil} style="date" /> on.
                </>
              )
            }
          >
            {(control) => (
              <Input
                {...control}
                name="username"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={LENGTH_MAX}
                defaultValue={username}
                disabled={lockedUntil !== null}
              />
            )}
          </Field>
        </CardContent>
        {lockedUntil === null ? (
          <CardFooter className="justify-end">
            <SubmitButton pending={pending}>Change user name</SubmitButton>
          </CardFooter>
        ) : null}
      </form>
    </Card>
  );
}
