'use client';
import { Pencil, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useRef, useState, type ComponentProps, type FormEvent } from 'react';

import {
  checkDraft,
  parseWhole,
  toBody,
  toDraft,
  type CodeDraft,
  type CodeProblems,
} from '@/components/admin/code-draft';
import { useFieldErrors } from '@/components/admin/use-field-errors';
import { Refusal } from '@/components/auth/refusal';
import { newKey, send } from '@/components/credits/send';
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
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { AdminCode, AdminCodeAnswer } from '@/lib/admin-api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

/** Creates a code, or changes the one given. */
export function CodeDialog({ code }: { code?: AdminCode }) {
  const t = useTranslations('admin-codes.form');
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        {code === undefined ? (
          <Button>
            <Plus /> {t('new')}
          </Button>
        ) : (
          <Button variant="outline">
            <Pencil /> {t('edit')}
          </Button>
        )}
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{code === undefined ? t('new') : t('editTitle', { code: code.code })}</DialogTitle>
          <DialogDescription>{t(code === undefined ? 'newText' : 'editText')}</DialogDescription>
        </DialogHeader>
        {/* Made when it opens: its times are in the zone of the browser. */}
        <CodeForm code={code} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function CodeForm({ code, onDone }: { code: AdminCode | undefined; onDone: () => void }) {
  const router = useRouter();
  const t = useTranslations('admin-codes');
  const toRefusal = useRefusal();
  const toErrors = useFieldErrors();
  const tWrong = useTranslations('admin-codes.wrong');
  const [draft, setDraft] = useState(() => toDraft(code));
  const [wrong, setWrong] = useState<CodeProblems>({});
  const [refusal, setRefusal] = useState<string>();
  const [pending, setPending] = useState(false);
  const [key] = useState(newKey);
  const form = useRef<HTMLFormElement>(null);
  const [amount, uses] = [parseWhole(draft.amount), parseWhole(draft.uses)];

  const input = (name: keyof CodeDraft): ComponentProps<'input'> => ({
    name,
    autoComplete: 'off',
    value: draft[name],
    onChange: (event) => {
      setDraft((before) => ({ ...before, [name]: event.target.value }));
      setWrong((before) => ({ ...before, [name]: undefined }));
    },
  });

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    const found = checkDraft(draft, code, tWrong);
    setWrong(found);
    setRefusal(undefined);
    const [first] = Object.keys(found);
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
      return;
    }
    setPending(true);
    const path = code === undefined ? '/api/admin/codes' : `/api/admin/codes/${code.code}`;
    const result = await send<AdminCodeAnswer>('POST', path, toBody(draft, code), key);
    setPending(false);
    if (!result.ok) {
      const errors = toErrors(result.failure);
      setWrong(errors);
      if (Object.keys(errors).length === 0) setRefusal(toRefusal(result.failure));
      return;
    }
    const { data } = result.answer;
    if (code === undefined) {
      const worth = t('form.worth', { amount: formatCreditsWithUnit(data.amount) });
      showSuccess(t('form.made', { code: data.code }), worth);
    } else showSuccess(t('form.changed', { code: data.code }));
    onDone();
    router.refresh();
    if (code === undefined) router.push(`/admin/codes/${data.code}`);
  }

  return (
    <form ref={form} onSubmit={handleSubmit} noValidate className="grid gap-5">
      {code === undefined ? (
        <Field label={t('form.code')} hint={t('form.codeHint')} error={wrong.code}>
          {(control) => (
            <Input
              {...control}
              {...input('code')}
              spellCheck={false}
              maxLength={40}
              placeholder={t('form.example')}
              className="font-mono uppercase placeholder:normal-case"
            />
          )}
        </Field>
      ) : null}
      <div className="grid grid-cols-2 gap-4">
        <Field label={t('one.each', { unit: UNIT.title })} error={wrong.amount}>
          {(control) => <Input {...control} {...input('amount')} inputMode="numeric" className="tabular-nums" />}
        </Field>
        <Field
          label={t('form.uses')}
          hint={
            amount === null || uses === null
              ? undefined
              : t('form.atMost', { amount: formatCreditsWithUnit(amount * uses) })
          }
          error={wrong.uses}
        >
          {(control) => <Input {...control} {...input('uses')} inputMode="numeric" className="tabular-nums" />}
        </Field>
      </div>
      <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
        <Field
          label={t('form.start')}
          hint={code === undefined ? t('form.startHint') : undefined}
          error={wrong.starts_at}
        >
          {(control) => <Input {...control} {...input('starts_at')} type="datetime-local" />}
        </Field>
        <Field label={t('form.end')} hint={t('form.endHint')} error={wrong.ends_at}>
          {(control) => <Input {...control} {...input('ends_at')} type="datetime-local" />}
        </Field>
      </div>
      <Field label={t('form.note')} hint={t('form.noteHint')} error={wrong.note}>
        {(control) => <Input {...control} {...input('note')} maxLength={200} />}
      </Field>
      {code === undefined ? null : (
        <Field label={t('form.reason')} hint={t('form.reasonHint')} error={wrong.reason}>
          {(control) => <Input {...control} {...input('reason')} maxLength={200} />}
        </Field>
      )}
      <Refusal message={refusal} cooldownMs={0} />
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{t('form.cancel')}</Button>
        </DialogClose>
        <SubmitButton pending={pending}>{t(code === undefined ? 'form.create' : 'form.save')}</SubmitButton>
      </DialogFooter>
    </form>
  );
}
