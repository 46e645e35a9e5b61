'use client';
import { BadgeCheck, Mail } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { useAttempt } from '@/components/auth/use-attempt';
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
import { LTR } from '@/components/form/ltr';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { changeEmail, sendVerificationEmail } from '@/lib/auth-client';
import { showSuccess } from '@/lib/toast';

/** The address, whether it is confirmed, and how to change it. */
export function EmailCard({ email, verified }: { email: string; verified: boolean }) {
  const t = useTranslations('settings');
  const attempt = useAttempt();

  async function handleSend() {
    if (await attempt.run(sendVerificationEmail)) showSuccess(t('linkSent'), t('linkSentTo', { email }));
  }

  return (
    <Card id="email">
      <CardHeader>
        <CardTitle>{t('email.title')}</CardTitle>
        <CardDescription>{t('email.text')}</CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
          <Mail className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          <bdi className="min-w-0 font-medium break-all">{email}</bdi>
          {verified ? (
            <Badge variant="success">
              <BadgeCheck /> {t('email.confirmed')}
            </Badge>
          ) : (
            <Badge variant="outline">{t('email.notConfirmed')}</Badge>
          )}
        </p>
        <div className="empty:hidden">
          <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
        </div>
      </CardContent>
      <CardFooter className="flex-wrap justify-end">
        {verified ? null : (
          <SubmitButton
            type="button"
            variant="outline"
            pending={attempt.pending}
            disabled={attempt.cooldownMs > 0}
            onClick={() => void handleSend()}
          >
            {t('email.sendAgain')}
          </SubmitButton>
        )}
        <ChangeEmail email={email} />
      </CardFooter>
    </Card>
  );
}

function ChangeEmail({ email }: { email: string }) {
  const [open, setOpen] = useState(false);
  const t = useTranslations('settings');
  const attempt = useAttempt();

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = String(form.get('email')).trim();
    if (wanted.toLowerCase() === email) {
      attempt.refuse({ field: 'email', reason: 'sameAddress' });
      return;
    }
    if (!(await attempt.run(() => changeEmail(wanted, String(form.get('password')))))) return;
    setOpen(false);
    showSuccess(t('email.sent'), t('email.sentText', { email: wanted }));
  }

  function handleOpenChange(opens: boolean) {
    attempt.refuse(null);
    setOpen(opens);
  }

  return (
    <Dialog open={open} onOpenChange={handleOpenChange}>
      <DialogTrigger asChild>
        <Button variant="outline">{t('email.change')}</Button>
      </DialogTrigger>
      <DialogContent>
        <form onSubmit={handleSubmit} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{t('email.changeTitle')}</DialogTitle>
            <DialogDescription>{t('email.changeText')}</DialogDescription>
          </DialogHeader>
          <Field label={t('email.new')} error={attempt.fieldError('email')}>
            {(control) => <Input {...control} {...LTR} type="email" name="email" autoComplete="email" />}
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
              {t('email.action')}
            </SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
