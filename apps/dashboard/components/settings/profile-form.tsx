'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { useIssue } from '@/components/auth/use-issue';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
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
  const t = useTranslations('settings.profile');
  const tAuth = useTranslations('auth.refusals');
  const toIssue = useIssue();
  const toText = useRefusal();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<Record<string, string>>({});

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    if (text('display_name') === '') {
      setWrong({ display_name: tAuth('noName') });
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
      showSuccess(t('saved'));
      router.refresh();
    } else {
      setWrong(Object.fromEntries((result.failure.errors ?? []).map(({ path, message }) => [path, toIssue(message)])));
      showError(t('failed'), toText(result.failure));
    }
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('title')}</CardTitle>
          <CardDescription>{t('text')}</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <Field label={t('displayName')} error={wrong['display_name']} className="sm:col-span-2">
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
          <Field label={t('firstName')} error={wrong['first_name']}>
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
          <Field label={t('lastName')} error={wrong['last_name']}>
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
          <SubmitButton pending={pending}>{t('save')}</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
