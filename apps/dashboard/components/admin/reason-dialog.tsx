'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Refusal } from '@/components/auth/refusal';
import { newKey, type SendResult } from '@/components/credits/send';
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
import { Input } from '@/components/credits/ui/input';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Button } from '@/components/ui/button';

interface ReasonDialogProps<Answer> {
  /** The button that opens it. */
  trigger: ReactNode;
  title: string;
  text: ReactNode;
  /** Who reads the reason. */
  hint: string;
  /** On the button that does it. */
  action: string;
  /** Between the text and the reason. */
  children?: ReactNode;
  /** Does it. `key` names one intended command, however often it is sent. */
  onSubmit: (reason: string, key: string) => Promise<SendResult<Answer>>;
  /** Says that it was done; the page is read again then. */
  onDone: (answer: Answer) => void;
}

/** Asks an operator for a reason before something is done for it. The page gives it the areas `admin-shared` and `errors`. */
export function ReasonDialog<Answer>({
  trigger,
  title,
  text,
  hint,
  action,
  children,
  onSubmit,
  onDone,
}: ReasonDialogProps<Answer>) {
  const router = useRouter();
  const t = useTranslations('admin-shared.reason');
  const toRefusal = useRefusal();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [key, setKey] = useState(newKey);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    if (reason.length < 3) {
      setRefusal(t('wrong'));
      return;
    }
    setPending(true);
    const result = await onSubmit(reason, key);
    setPending(false);
    if (!result.ok) {
      setRefusal(toRefusal(result.failure));
      return;
    }
    setOpen(false);
    setKey(newKey());
    onDone(result.answer);
    router.refresh();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setRefusal(null);
      }}
    >
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent>
        <form onSubmit={handleSubmit} noValidate className="grid gap-5">
          <DialogHeader>
            <DialogTitle>{title}</DialogTitle>
            <DialogDescription>{text}</DialogDescription>
          </DialogHeader>
          {children}
          <Field label={t('label')} hint={hint}>
            {(control) => <Input {...control} name="reason" autoComplete="off" maxLength={200} />}
          </Field>
          <Refusal message={refusal ?? undefined} cooldownMs={0} />
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">{t('cancel')}</Button>
            </DialogClose>
            <SubmitButton pending={pending}>{action}</SubmitButton>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
