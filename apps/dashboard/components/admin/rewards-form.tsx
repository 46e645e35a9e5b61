'use client';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { newKey, send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminRewardsAnswer, RewardsView } from '@/lib/admin-api';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Wrong = Record<string, string>;

/** What each day and each referral pays. */
export function RewardsForm({ rewards }: { rewards: RewardsView }) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  /** One for each intended change: a repetition after a lost answer changes nothing twice. */
  const [key, setKey] = useState(newKey);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    const found = findWrong(text, rewards.daily.length);
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    setPending(true);
    const result = await send<AdminRewardsAnswer>(
      'POST',
      '/api/admin/rewards',
      {
        daily: rewards.daily.map((_, index) => Number(text(`daily.${index}`))),
        signup: Number(text('signup')),
        click: Number(text('click')),
        version: rewards.version,
        reason: text('reason'),
      },
      key,
    );
    setPending(false);
    if (result.ok) {
      showSuccess('The rewards are saved', 'They hold from now on.');
      router.refresh();
    } else {
      setKey(newKey());
      setWrong(Object.fromEntries((result.failure.errors ?? []).map(({ path, message }) => [path, message])));
      showError('The rewards were not saved', result.failure.message);
    }
  }

  const amount = (name: string, label: string, value: number, hint?: string) => (
    <Field key={name} label={label} error={wrong[name]} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <Input {...control} name={name} inputMode="numeric" defaultValue={value} className="tabular-nums" />
      )}
    </Field>
  );

  return (
    <Card>
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>Amounts</CardTitle>
          <CardDescription>Whole {UNIT.many}. What was earned before keeps its amount.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-7">
          <fieldset className="grid gap-4">
            <legend className="mb-4 text-sm font-semibold">Daily bonus, by consecutive days</legend>
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
              {rewards.daily.map((value, index) => amount(`daily.${index}`, `Day ${index + 1}`, value))}
            </div>
            <p className="text-[0.8125rem] text-muted-foreground">After day {rewards.daily.length} it begins again.</p>
          </fieldset>
          <fieldset>
            <legend className="mb-4 text-sm font-semibold">Referrals</legend>
            <div className="grid gap-4 sm:grid-cols-2">
              {amount('signup', 'For each referral', rewards.signup, 'When the new player claims a first bonus.')}
              {amount('click', 'For each visit', rewards.click, 'Of a link, once for each visitor.')}
            </div>
          </fieldset>
          <Field label="Reason" error={wrong['reason']} hint="For the audit log.">
            {(control) => <Input {...control} name="reason" maxLength={200} placeholder="Summer event" />}
          </Field>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending}>Save</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}

const AMOUNT_MAX = 1_000_000;

function findWrong(text: (name: string) => string, days: number): Wrong {
  const wrong: Wrong = {};
  const check = (name: string, min: number) => {
    const value = text(name);
    if (/^\d{1,7}$/.test(value) && Number(value) >= min && Number(value) <= AMOUNT_MAX) return;
    wrong[name] = `Enter a whole number from ${min} to 1,000,000.`;
  };
  for (let index = 0; index < days; index += 1) check(`daily.${index}`, 1);
  check('signup', 0);
  check('click', 0);
  if (text('reason').length < 3) wrong['reason'] = 'Say why, in 3 characters or more.';
  return wrong;
}
