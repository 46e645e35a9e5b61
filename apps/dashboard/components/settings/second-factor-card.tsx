'use client';
import { ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
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
import { LTR } from '@/components/form/ltr';
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
  const t = useTranslations('settings.secondFactor');
  return (
    <Card>
      <CardHeader className="pb-5 sm:pb-6">
        <CardTitle>{t('title')}</CardTitle>
        <CardDescription>{t(on ? 'textOn' : 'textOff')}</CardDescription>
        <CardAction>
          {on ? (
            <Badge variant="success">
              <ShieldCheck /> {t('on')}
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
  const t = useTranslations('settings');
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
        <Button variant="outline">{t('secondFactor.setUp')}</Button>
      </DialogTrigger>
      <DialogContent>
        {made === null ? (
          <PasswordStep
            title={t('secondFactor.setUpTitle')}
            description={t('secondFactor.setUpText')}
            action={t('continue')}
            attempt={attempt}
            onPassword={handlePassword}
          />
        ) : confirmed ? (
          <BackupCodes codes={made.backupCodes} />
        ) : (
          <form onSubmit={(event) => void handleCode(event)} noValidate className="grid gap-5">
            <DialogHeader>
              <DialogTitle>{t('secondFactor.scanTitle')}</DialogTitle>
              <DialogDescription>{t('secondFactor.scanText')}</DialogDescription>
            </DialogHeader>
            <div className="flex flex-col items-center gap-4">
              <Suspense fallback={<div className="size-48 rounded-lg border bg-white" />}>
                <QrCode text={made.totpURI} label={t('secondFactor.qrCode')} />
              </Suspense>
              <Secret uri={made.totpURI} />
            </div>
            <Field label={t('secondFactor.code')} error={attempt.fieldError('code')}>
              {(control) => (
                <Input
                  {...control}
                  {...LTR}
                  name="code"
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  maxLength={10}
                />
              )}
            </Field>
            <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
            <DialogFooter>
              <SubmitButton pending={attempt.pending} disabled={attempt.cooldownMs > 0}>
                {t('secondFactor.turnOn')}
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
  const t = useTranslations('settings.secondFactor');
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return (
    <div className="flex max-w-full items-center gap-1">
      <code dir="ltr" className="min-w-0 font-mono text-xs break-all text-muted-foreground">
        {secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
      </code>
      <CopyButton compact text={secret} label={t('copyKey')} />
    </div>
  );
}

function RenewCodes() {
  const t = useTranslations('settings');
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
        <Button variant="outline">{t('secondFactor.renew')}</Button>
      </DialogTrigger>
      <DialogContent>
        {codes === null ? (
          <PasswordStep
            title={t('secondFactor.renewTitle')}
            description={t('secondFactor.renewText')}
            action={t('secondFactor.renewAction')}
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
  const t = useTranslations('settings');
  const attempt = useAttempt();
  const [open, setOpen] = useState(false);

  async function handlePassword(password: string) {
    if (!(await attempt.run(() => endSecondFactor(password)))) return;
    setOpen(false);
    showSuccess(t('secondFactor.isOff'));
    router.refresh();
  }

  function handleOpenChange(opens: boolean) {
    attempt.refuse(null);
    setOpen(opens);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">{t('secondFactor.turnOff')}</Button>
      </DialogTrigger>
      <DialogContent>
        <PasswordStep
          title={t('secondFactor.turnOffTitle')}
          description={t('secondFactor.turnOffText')}
          action={t('secondFactor.turnOff')}
          destructive
          attempt={attempt}
          onPassword={(password) => void handlePassword(password)}
        />
      </DialogContent>
    </Dialog>
  );
}
