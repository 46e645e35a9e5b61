'use client';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import type { Me, MeAnswer } from '@/lib/api';
import { send } from '@/components/credits/send';
import { showError, showSuccess } from '@/lib/toast';
import { useAuthStore } from '@/stores/user-store';

const NAME_LENGTH_MAX = 60;

/** How the person is called here. */
export function ProfileForm({ user }: { user: Me }) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<Record<string, string>>({});

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    if (text('display_name') === '') {
      setWrong({ display_name: 'Say what to call you.' });
      return;
    }
    setPending(true);
    const result = await send<MeAnswer>('POST', '/api/user/update-profile', {
      display_name: text('display_name'),
      first_name: text('first_name'),
      last_name: text('last_name'),
    });
    setPending(false);
    if (result.ok) {
      const { coins: _confirmedElsewhere, ...profile } = result.answer.user;
      useAuthStore.getState().updateUserData(profile);
      setWrong({});
      showSuccess('Your profile is saved');
      router.refresh();
    } else {
      setWrong(Object.fromEntries((result.failure.errors ?? []).map(({ path, message }) => [path, message])));
      showError('Your profile was not saved', result.failure.message);
    }
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Profile</CardTitle>
          <CardDescription>How you are greeted. Others see your user name.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <Field label="Display name" error={wrong['display_name']} className="sm:col-span-2">
            {(control) => (
              <Input
                {...control}
                name="display_name"
                autoComplete="nickname"
                maxLength={NAME_LENGTH_MAX}
                defaultValue={user.display_name}
              />
            )}
          </Field>
          <Field label="First name" error={wrong['first_name']}>
            {(control) => (
              <Input
                {...control}
                name="first_name"
                autoComplete="given-name"
                maxLength={NAME_LENGTH_MAX}
                defaultValue={user.first_name}
              />
            )}
          </Field>
          <Field label="Last name" error={wrong['last_name']}>
            {(control) => (
              <Input
                {...control}
                name="last_name"
                autoComplete="family-name"
                maxLength={NAME_LENGTH_MAX}
                defaultValue={user.last_name}
              />
            )}
          </Field>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending}>Save</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
