'use client';
import { Pencil, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState, type ComponentProps, type FormEvent } from 'react';

import {
  checkDraft,
  parseWhole,
  toBody,
  toDraft,
  type CodeDraft,
  type CodeProblems,
} from '@/components/admin/code-draft';
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
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { AdminCode, AdminCodeAnswer } from '@/lib/admin-api';
import { formatCreditsWithUnit } from '@/lib/format';
import { showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

/** Creates a code, or changes the one given. */
export function CodeDialog({ code }: { code?: AdminCode }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        {code === undefined ? (
          <Button>
            <Plus /> New code
          </Button>
        ) : (
          <Button variant="outline">
            <Pencil /> Edit
          </Button>
        )}
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{code === undefined ? 'New code' : `Edit ${code.code}`}</DialogTitle>
          <DialogDescription>
            {code === undefined
              ? 'Players redeem it under Earn, each of them once.'
              : 'A change takes effect at once. What was paid stays paid.'}
          </DialogDescription>
        </DialogHeader>
        {/* Made when it opens: its times are in the zone of the browser. */}
        <CodeForm code={code} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function CodeForm({ code, onDone }: { code: AdminCode | undefined; onDone: () => void }) {
  const router = useRouter();
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
    const found = checkDraft(draft, code);
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
      const errors = result.failure.errors ?? [];
      setWrong(Object.fromEntries(errors.map(({ path: name, message }) => [name, message])));
      if (errors.length === 0) setRefusal(result.failure.message);
      return;
    }
    const { data, message } = result.answer;
    showSuccess(message, code === undefined ? `Worth ${formatCreditsWithUnit(data.amount)} to each.` : undefined);
    onDone();
    router.refresh();
    if (code === undefined) router.push(`/admin/codes/${data.code}`);
  }

  return (
    <form ref={form} onSubmit={handleSubmit} noValidate className="grid gap-5">
      {code === undefined ? (
        <Field label="Code" hint="Leave it empty for a random one." error={wrong.code}>
          {(control) => (
            <Input
              {...control}
              {...input('code')}
              spellCheck={false}
              maxLength={40}
              placeholder="SUMMER26"
              className="font-mono uppercase placeholder:normal-case"
            />
          )}
        </Field>
      ) : null}
      <div className="grid grid-cols-2 gap-4">
        <Field label={`${UNIT.title} for each`} error={wrong.amount}>
          {(control) => <Input {...control} {...input('amount')} inputMode="numeric" className="tabular-nums" />}
        </Field>
        <Field
          label="Uses in total"
          hint={amount === null || uses === null ? undefined : `At most ${formatCreditsWithUnit(amount * uses)}.`}
          error={wrong.uses}
        >
          {(control) => <Input {...control} {...input('uses')} inputMode="numeric" className="tabular-nums" />}
        </Field>
      </div>
      <div className="grid gap-5 sm:grid-cols-2 sm:gap-4">
        <Field label="Start" hint={code === undefined ? 'Empty: now.' : undefined} error={wrong.starts_at}>
          {(control) => <Input {...control} {...input('starts_at')} type="datetime-local" />}
        </Field>
        <Field label="End" hint="Empty: it does not end." error={wrong.ends_at}>
          {(control) => <Input {...control} {...input('ends_at')} type="datetime-local" />}
        </Field>
      </div>
      <Field label="Note" hint="Optional. Only administrators see it." error={wrong.note}>
        {(control) => <Input {...control} {...input('note')} maxLength={200} />}
      </Field>
      {code === undefined ? null : (
        <Field label="Reason for the change" hint="Optional. It is kept in the history." error={wrong.reason}>
          {(control) => <Input {...control} {...input('reason')} maxLength={200} />}
        </Field>
      )}
      <Refusal message={refusal} cooldownMs={0} />
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <SubmitButton pending={pending}>{code === undefined ? 'Create code' : 'Save'}</SubmitButton>
      </DialogFooter>
    </form>
  );
}
