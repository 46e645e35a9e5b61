'use client';
import { KeyRound, Pencil, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { useIssue } from '@/components/auth/use-issue';
import { send } from '@/components/credits/send';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/credits/ui/dialog';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { hidden, timeOf } from '@/components/settings/tags';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import type { SignInWaysAnswer } from '@/lib/api';
import { addPasskey, hasPasskeys } from '@/lib/passkeys';
import { showError, showSuccess } from '@/lib/toast';

type Passkey = SignInWaysAnswer['data']['passkeys'][number];

const NAME_LENGTH_MAX = 60;

interface PasskeysCardProps {
  passkeys: readonly Passkey[];
  /** Adding one asks for the password. */
  hasPassword: boolean;
  /** Where the person is now, as a name for a new one. */
  browser: string;
}

/** Passkeys that sign the person in, and how to add, name and remove them. */
export function PasskeysCard({ passkeys, hasPassword, browser }: PasskeysCardProps) {
  const t = useTranslations('settings.passkeys');
  return (
    <Card id="passkeys">
      <CardHeader className={passkeys.length === 0 ? 'pb-5 sm:pb-6' : 'pb-4'}>
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>
          {t('text')}
          {hasPassword ? null : ` ${t('passwordFirst')}`}
        </CardDescription>
        {hasPassword ? (
          <CardAction>
            <AddPasskey browser={browser} />
          </CardAction>
        ) : null}
      </CardHeader>
      {passkeys.length === 0 ? null : (
        <ul className="divide-y border-t">
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function PasskeyRow({ passkey: { id, name, created_at: createdAt } }: { passkey: Passkey }) {
  const t = useTranslations('settings');
  const toText = useRefusal();
  const router = useRouter();
  const [pending, setPending] = useState(false);

  async function handleRemove() {
    setPending(true);
    const result = await send('DELETE', `/api/user/passkeys/${id}`);
    setPending(false);
    if (result.ok) showSuccess(t('passkeys.removed'), t('passkeys.removedText'));
    else showError(t('passkeys.notRemoved'), toText(result.failure));
    router.refresh();
  }

  return (
    <li className="flex items-center gap-4 px-5 py-4 sm:px-6">
      <KeyRound className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">
          <bdi>{name}</bdi>
        </p>
        <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
          {t.rich('since', { time: timeOf(createdAt, 'instant') })}
        </p>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        <RenamePasskey id={id} name={name} />
        <SubmitButton type="button" variant="ghost" size="sm" pending={pending} onClick={() => void handleRemove()}>
          {t.rich('passkeys.remove', { name, hidden })}
        </SubmitButton>
      </div>
    </li>
  );
}

function AddPasskey({ browser }: { browser: string }) {
  const t = useTranslations('settings');
  const router = useRouter();
  const attempt = useAttempt();
  const [open, setOpen] = useState(false);
  const [wrongName, setWrongName] = useState<string | undefined>(undefined);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name')).trim();
    setWrongName(name === '' ? t('passkeys.noName') : undefined);
    if (name === '') return;
    if (!hasPasskeys()) {
      attempt.refuse({ reason: 'noPasskeys' });
      return;
    }
    if (!(await attempt.run(() => addPasskey(String(form.get('password')), name)))) return;
    setOpen(false);
    showSuccess(t('passkeys.added'), t('passkeys.addedText'));
    router.refresh();
  }

  function handleOpenChange(opens: boolean) {
    attempt.refuse(null);
    setWrongName(undefined);
    setOpen(opens);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Plus /> {t.rich('passkeys.add', { hidden })}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={(event) => void handleSubmit(event)} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{t('passkeys.addTitle')}</DialogTitle>
            <DialogDescription>{t('passkeys.addText')}</DialogDescription>
          </DialogHeader>
          <Field label={t('passkeys.name')} error={wrongName}>
            {(control) => <Input {...control} name="name" defaultValue={browser} maxLength={NAME_LENGTH_MAX} />}
          </Field>
          <Field label={t('password')} error={attempt.fieldError('current')}>
            {(control) => <Input {...control} type="password" name="password" autoComplete="current-password" />}
          </Field>
          <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">{t('cancel')}</Button>
            </DialogClose>
            <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
              {t('continue')}
            </SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function RenamePasskey({ id, name }: Pick<Passkey, 'id' | 'name'>) {
  const t = useTranslations('settings');
  const toIssue = useIssue();
  const toText = useRefusal();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>(undefined);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get('name'));
    setPending(true);
    const result = await send('POST', `/api/user/passkeys/${id}`, { name: wanted });
    setPending(false);
    if (!result.ok) {
      const issue = result.failure.errors?.find(({ path }) => path === 'name')?.message;
      setWrong(issue === undefined ? toText(result.failure) : t('passkeys.nameIssue', { issue: toIssue(issue) }));
      return;
    }
    setOpen(false);
    router.refresh();
  }

  function handleOpenChange(opens: boolean) {
    setWrong(undefined);
    setOpen(opens);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={t('passkeys.renameOne', { name })}>
          <Pencil />
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={(event) => void handleSubmit(event)} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{t('passkeys.renameTitle')}</DialogTitle>
            <DialogDescription>{t('passkeys.renameText')}</DialogDescription>
          </DialogHeader>
          <Field label={t('passkeys.name')} error={wrong}>
            {(control) => <Input {...control} name="name" defaultValue={name} maxLength={NAME_LENGTH_MAX} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">{t('cancel')}</Button>
            </DialogClose>
            <SubmitButton pending={pending}>{t('passkeys.rename')}</SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
