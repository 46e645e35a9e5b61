'use client';
import { ShieldCheck } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
import { CopyButton } from '@/components/copy-button';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/credits/ui/dialog';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { BackupCodes } from '@/components/settings/backup-codes';
import { PasswordStep } from '@/components/settings/password-step';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  renewBackupCodes,
  type SecondFactor,
} from '@/lib/auth-client';
import { showSuccess } from '@/lib/toast';

const QrCode = lazy(() => import('@/components/qr-code'));

/** A code of an app, asked for after the password. */
export function SecondFactorCard({ on }: { on: boolean }) {
  return (
    <Card>
      <CardHeader className="pb-5 sm:pb-6">
        <CardTitle>Second factor</CardTitle>
        <CardDescription>
          {on
            ? 'Signing in with your password also asks for a code of your authenticator app.'
            : 'Sign in with a code from an authenticator app as well. A stolen password is then not enough.'}
        </CardDescription>
        <CardAction>
          {on ? (
            <Badge variant="success">
              <ShieldCheck /> On
            </Badge>
          ) : (
            <SetUp />
          )}
        </CardAction>
      </CardHeader>
      {on ? (
        <CardFooter className="flex-wrap justify-end">
          <RenewCodes />
          <TurnOff />
        </CardFooter>
      ) : null}
    </Card>
  );
}

function SetUp() {
  const router = useRouter();
  const attempt = useAttempt();
  const [made, setMade] = useState<SecondFactor | null>(null);
  const [confirmed, setConfirmed] = useState(false);

  function handlePassword(password: string) {
    void attempt.run(async () => {
      const { refused, data } = await beginSecondFactor(password);
      setMade(data);
      return refused;
    });
  }

  async function handleCode(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    if (await attempt.run(() => confirmSecondFactor(code))) setConfirmed(true);
  }

  function handleOpenChange() {
    attempt.refuse(null);
    setMade(null);
    setConfirmed(false);
    if (confirmed) router.refresh();
  }

  return (
    <Dialog onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">Set up</Button>
      </DialogTrigger>
      <DialogContent>
        {made === null ? (
          <PasswordStep
            title="Set up a second factor"
            description="You need an authenticator app, on your phone or in a password manager."
            action="Continue"
            attempt={attempt}
            onPassword={handlePassword}
          />
        ) : confirmed ? (
          <BackupCodes codes={made.backupCodes} />
        ) : (
          <form onSubmit={(event) => void handleCode(event)} noValidate className="grid gap-5">
            <DialogHeader>
              <DialogTitle>Scan this with your app</DialogTitle>
              <DialogDescription>Then type the six digits that it shows.</DialogDescription>
            </DialogHeader>
            <div className="flex flex-col items-center gap-4">
              <Suspense fallback={<div className="size-48 rounded-lg border bg-white" />}>
                <QrCode text={made.totpURI} label="The key as a QR code" />
              </Suspense>
              <Secret uri={made.totpURI} />
            </div>
            <Field label="Code" error={attempt.fieldError('code')}>
              {(control) => (
                <Input {...control} name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
              )}
            </Field>
            <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
            <DialogFooter>
              <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
                Turn it on
              </SubmitButton>
            </DialogFooter>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}

/** The same key for people who cannot scan it. */
function Secret({ uri }: { uri: string }) {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return (
    <div className="flex max-w-full items-center gap-1">
      <code className="min-w-0 font-mono text-xs break-all text-muted-foreground">
        {secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
      </code>
      <CopyButton compact text={secret} label="Copy the key" />
    </div>
  );
}

function RenewCodes() {
  const attempt = useAttempt();
  const [codes, setCodes] = useState<readonly string[] | null>(null);

  function handlePassword(password: string) {
    void attempt.run(async () => {
      const { refused, data } = await renewBackupCodes(password);
      setCodes(data?.backupCodes ?? null);
      return refused;
    });
  }

  function handleOpenChange() {
    attempt.refuse(null);
    setCodes(null);
  }

  return (
    <Dialog onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">New backup codes</Button>
      </DialogTrigger>
      <DialogContent>
        {codes === null ? (
          <PasswordStep
            title="Make new backup codes"
            description="The ones that you have work no more then."
            action="Make new codes"
            attempt={attempt}
            onPassword={handlePassword}
          />
        ) : (
          <BackupCodes codes={codes} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function TurnOff() {
  const router = useRouter();
  const attempt = useAttempt();
  const [open, setOpen] = useState(false);

  async function handlePassword(password: string) {
    if (!(await attempt.run(() => endSecondFactor(password)))) return;
    setOpen(false);
    showSuccess('The second factor is off');
    router.refresh();
  }

  function handleOpenChange(opens: boolean) {
    attempt.refuse(null);
    setOpen(opens);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">Turn off</Button>
      </DialogTrigger>
      <DialogContent>
        <PasswordStep
          title="Turn the second factor off?"
          description="Your password alone signs you in then."
          action="Turn off"
          destructive
          attempt={attempt}
          onPassword={(password) => void handlePassword(password)}
        />
      </DialogContent>
    </Dialog>
  );
}
