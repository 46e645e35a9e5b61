'use client';
import { useTranslations } from 'next-intl';
import type { FormEvent, ReactNode } from 'react';

import { Refusal } from '@/components/auth/refusal';
import type { Attempt } from '@/components/auth/use-attempt';
import {
  DialogClose,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/credits/ui/dialog';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';

interface PasswordStepProps {
  title: string;
  description: ReactNode;
  /** What the button does. */
  action: string;
  destructive?: boolean;
  attempt: Attempt;
  onPassword: (password: string) => void;
}

/** Inside a dialog: asks for the password before something that matters. */
export function PasswordStep({ title, description, action, destructive, attempt, onPassword }: PasswordStepProps) {
  const t = useTranslations('settings');

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onPassword(String(new FormData(event.currentTarget).get('password')));
  }

  return (
    <form onSubmit={handleSubmit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{description}</DialogDescription>
      </DialogHeader>
      <Field label={t('password')} error={attempt.fieldError('current')}>
        {(control) => <Input {...control} type="password" name="password" autoComplete="current-password" />}
      </Field>
      <Refusal message={attempt.message} cooldownMs={attempt.cooldownMs} />
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{t('cancel')}</Button>
        </DialogClose>
        <SubmitButton
          variant={destructive === true ? 'destructive' : 'default'}
          pending={attempt.pending}
          disabled={attempt.cooldownMs > 0}
        >
          {action}
        </SubmitButton>
      </DialogFooter>
    </form>
  );
}
