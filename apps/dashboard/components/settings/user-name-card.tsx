'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { useIssue } from '@/components/auth/use-issue';
import { send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { LTR } from '@/components/form/ltr';
import { useRefusal } from '@/components/i18n/use-refusal';
import { timeOf } from '@/components/settings/tags';
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
  const t = useTranslations('settings.userName');
  const toIssue = useIssue();
  const toText = useRefusal();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const wanted = String(new FormData(event.currentTarget).get('username')).trim();
    if (wanted === username) {
      setWrong(t('same'));
      return;
    }
    setPending(true);
    const result = await send<MeAnswer>('POST', '/api/user/username', { username: wanted });
    setPending(false);
    if (result.ok) {
      const { coins: _confirmedElsewhere, ...profile } = result.answer.user;
      useAuthStore.getState().updateUserData(profile);
      setWrong(undefined);
      showSuccess(t('done', { name: profile.username }));
      router.refresh();
      return;
    }
    const { code, errors } = result.failure;
    const issue = errors?.find(({ path }) => path === 'username');
    if (issue !== undefined) setWrong(t('issue', { issue: toIssue(issue.message) }));
    else if (OF_THE_NAME.has(code)) setWrong(toText(result.failure));
    else showError(t('failed'), toText(result.failure));
  }

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('title')}</CardTitle>
          <CardDescription>{t('text', { unit: UNIT.many })}</CardDescription>
        </CardHeader>
        <CardContent>
          <Field
            label={t('title')}
            error={wrong}
            hint={lockedUntil === null ? t('hint') : t.rich('locked', { time: timeOf(lockedUntil, 'date') })}
          >
            {(control) => (
              <Input
                {...control}
                {...LTR}
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
            <SubmitButton pending={pending}>{t('action')}</SubmitButton>
          </CardFooter>
        ) : null}
      </form>
    </Card>
  );
}
