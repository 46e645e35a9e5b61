'use client';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { Choice } from '@/components/form/choice';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import type { AdminProvisioningAnswer } from '@/lib/admin-api';
import { send } from '@/components/credits/send';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Settings = AdminProvisioningAnswer['data'];

const OUTCOMES: { value: Settings['failure']; label: string; text: string }[] = [
  { value: 'none', label: 'Works', text: `The server runs, and the reserved ${UNIT.many} are charged.` },
  { value: 'refuse', label: 'Refuses', text: `The panel says no, and the ${UNIT.many} come back.` },
  { value: 'no_node', label: 'No room', text: `No machine has room for the plan; the ${UNIT.many} come back.` },
  {
    value: 'lost_answer',
    label: 'Loses its answer',
    text: 'The server is made, but the answer is lost: it is found again, and charged once.',
  },
];

/** How the built-in simulator behaves: so that everybody can see what a failing panel does to a balance. */
export function ProvisioningForm({ settings }: { settings: Settings }) {
  const router = useRouter();
  const [delay, setDelay] = useState(String(settings.delay_ms));
  const [failure, setFailure] = useState(settings.failure);
  const [wrong, setWrong] = useState<string>();
  const [pending, setPending] = useState(false);

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    if (!/^\d{1,6}$/.test(delay.trim())) {
      setWrong('Give a whole number of milliseconds.');
      return;
    }
    setPending(true);
    const body = { delay_ms: Number(delay.trim()), failure };
    const result = await send<AdminProvisioningAnswer>('POST', '/api/admin/provisioning', body);
    setPending(false);
    if (result.ok) showSuccess('The simulator behaves like this from now on');
    else {
      setWrong(result.failure.errors?.find(({ path }) => path === 'delay_ms')?.message);
      showError('The simulator was not changed', result.failure.message);
    }
    router.refresh();
  }

  return (
    <Card className="max-w-2xl">
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Simulator</CardTitle>
          <CardDescription>No panel is connected. Servers are simulated; the {UNIT.many} are real.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-6">
          <fieldset>
            <legend className="mb-3 text-sm font-medium">What the next creation does</legend>
            <div className="grid gap-3 sm:grid-cols-2">
              {OUTCOMES.map(({ value, label, text }) => (
                <Choice
                  key={value}
                  name="failure"
                  value={value}
                  checked={failure === value}
                  onSelect={() => setFailure(value)}
                >
                  <span className="font-medium">{label}</span>
                  <span className="text-[0.8125rem] text-muted-foreground">{text}</span>
                </Choice>
              ))}
            </div>
          </fieldset>
          <Field label="How long it takes" hint="In milliseconds; 1000 is a second." error={wrong} className="max-w-xs">
            {(control) => (
              <Input
                {...control}
                name="delay_ms"
                inputMode="numeric"
                className="tabular-nums"
                value={delay}
                onChange={(event) => {
                  setDelay(event.target.value);
                  setWrong(undefined);
                }}
              />
            )}
          </Field>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending}>Save</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
