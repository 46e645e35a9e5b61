'use client';
import { KeyRound, Pencil, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { LocalTime } from '@/components/credits/activity/local-time';
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
  return (
    <Card id="passkeys">
      <CardHeader className={passkeys.length === 0 ? 'pb-5 sm:pb-6' : 'pb-4'}>
        <CardTitle>Passkeys</CardTitle>
        <CardDescription>
          Sign in with the fingerprint, face or PIN of a device. A passkey needs neither your password nor a second
          factor.
          {hasPassword ? null : ' Set a password first to add one.'}
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
  const router = useRouter();
  const [pending, setPending] = useState(false);

  async function handleRemove() {
    setPending(true);
    const result = await send('DELETE', `/api/user/passkeys/${id}`);
    setPending(false);
    if (result.ok) showSuccess('The passkey is removed', 'Delete it on your device as well.');
    else showError('It could not be removed', result.failure.message);
    router.refresh();
  }

  return (
    <li className="flex items-center gap-4 px-5 py-4 sm:px-6">
      <KeyRound className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{name}</p>
        <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
          Since <LocalTime iso={createdAt} style="instant" />
        </p>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        <RenamePasskey id={id} name={name} />
        <SubmitButton type="button" variant="ghost" size="sm" pending={pending} onClick={() => void handleRemove()}>
          Remove<span className="sr-only"> {name}</span>
        </SubmitButton>
      </div>
    </li>
  );
}

function AddPasskey({ browser }: { browser: string }) {
  const router = useRouter();
  const attempt = useAttempt();
  const [open, setOpen] = useState(false);
  const [wrongName, setWrongName] = useState<string | undefined>(undefined);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name')).trim();
    setWrongName(name === '' ? 'Say what to call it.' : undefined);
    if (name === '') return;
    if (!hasPasskeys()) {
      attempt.refuse({ message: 'This browser has no passkeys.' });
      return;
    }
    if (!(await attempt.run(() => addPasskey(String(form.get('password')), name)))) return;
    setOpen(false);
    showSuccess('The passkey is added', 'You can sign in with it from now on.');
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
          <Plus /> Add<span className="sr-only"> a passkey</span>
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={(event) => void handleSubmit(event)} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>Add a passkey</DialogTitle>
            <DialogDescription>Your browser then asks where to keep it.</DialogDescription>
          </DialogHeader>
          <Field label="Name" error={wrongName}>
            {(control) => <Input {...control} name="name" defaultValue={browser} maxLength={NAME_LENGTH_MAX} />}
          </Field>
          <Field label="Password" error={attempt.fieldError('current')}>
            {(control) => <Input {...control} type="password" name="password" autoComplete="current-password" />}
          </Field>
          <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">Cancel</Button>
            </DialogClose>
            <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
              Continue
            </SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function RenamePasskey({ id, name }: Pick<Passkey, 'id' | 'name'>) {
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
      setWrong(issue === undefined ? result.failure.message : `A name ${issue}.`);
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
        <Button variant="ghost" size="icon-sm" aria-label={`Rename ${name}`}>
          <Pencil />
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={(event) => void handleSubmit(event)} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>Rename the passkey</DialogTitle>
            <DialogDescription>So you recognise it in this list.</DialogDescription>
          </DialogHeader>
          <Field label="Name" error={wrong}>
            {(control) => <Input {...control} name="name" defaultValue={name} maxLength={NAME_LENGTH_MAX} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">Cancel</Button>
            </DialogClose>
            <SubmitButton pending={pending}>Rename</SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
