'use client';
import { UserX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Button } from '@/components/ui/button';
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
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
import { Input } from '@/components/ui/input';
import { UNIT } from '@/lib/unit';

/** Closes the account for good, after the password was given once more. */
export function CloseAccountCard() {
  const t = useTranslations('settings');
  const toText = useRefusal();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<{ code: string; message: string } | null>(null);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const password = new FormData(event.currentTarget).get('password');
    setPending(true);
    const result = await send('POST', '/api/user/close', { password });
    if (result.ok) {
      window.location.assign('/sign-in');
      return;
    }
    setPending(false);
    setRefusal(result.failure);
  }

  const isWrong = refusal?.code === 'wrong_password';
  const message = refusal === null ? undefined : toText(refusal);
  return (
    <Card>
      <CardHeader className="pb-5 sm:pb-6">
        <CardTitle>{t('close.title')}</CardTitle>
        <CardDescription>{t('close.text', { Unit: UNIT.title })}</CardDescription>
        <CardAction>
          <Dialog onOpenChange={() => setRefusal(null)}>
            <DialogTrigger asChild>
              <Button variant="outline">
                <UserX /> {t('close.open')}
              </Button>
            </DialogTrigger>
            <DialogContent>
              <form onSubmit={handleSubmit} noValidate className="grid gap-5">
                <DialogHeader>
                  <DialogTitle>{t('close.confirmTitle')}</DialogTitle>
                  <DialogDescription>{t('close.confirmText', { unit: UNIT.many })}</DialogDescription>
                </DialogHeader>
                <Field label={t('password')} error={isWrong ? message : undefined}>
                  {(control) => <Input {...control} type="password" name="password" autoComplete="current-password" />}
                </Field>
                <Refusal message={isWrong ? undefined : message} cooldownMs={0} />
                <DialogFooter>
                  <DialogClose asChild>
                    <Button variant="outline">{t('close.keep')}</Button>
                  </DialogClose>
                  <SubmitButton variant="destructive" pending={pending}>
                    {t('close.action')}
                  </SubmitButton>
                </DialogFooter>
              </form>
            </DialogContent>
          </Dialog>
        </CardAction>
      </CardHeader>
    </Card>
  );
}
