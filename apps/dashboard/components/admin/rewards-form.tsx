'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { useFieldErrors } from '@/components/admin/use-field-errors';
import { newKey, send } from '@/components/credits/send';
import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import type { Translator } from '@/i18n/translator';
import type { AdminRewardsAnswer, RewardsView } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Wrong = Record<string, string>;

/** What each day and each referral pays. */
export function RewardsForm({ rewards }: { rewards: RewardsView }) {
  const router = useRouter();
  const t = useTranslations('admin-rewards');
  const refusal = useRefusal();
  const toErrors = useFieldErrors();
  const [pending, setPending] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  /** One for each intended change: a repetition after a lost answer changes nothing twice. */
  const [key, setKey] = useState(newKey);

  async function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    const found = findWrong(text, rewards.daily.length, t);
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
      showSuccess(t('form.saved'), t('form.savedText'));
      router.refresh();
    } else {
      setKey(newKey());
      setWrong(toErrors(result.failure));
      showError(t('form.failed'), refusal(result.failure));
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
          <CardTitle>{t('form.title')}</CardTitle>
          <CardDescription>{t('form.text', { unit: UNIT.many })}</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-7">
          <fieldset className="grid gap-4">
            <legend className="mb-4 text-sm font-semibold">{t('form.daily')}</legend>
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
              {rewards.daily.map((value, index) =>
                amount(`daily.${index}`, t('day', { day: String(index + 1) }), value),
              )}
            </div>
            <p className="text-[0.8125rem] text-muted-foreground">
              {t('form.again', { day: String(rewards.daily.length) })}
            </p>
          </fieldset>
          <fieldset>
            <legend className="mb-4 text-sm font-semibold">{t('form.referrals')}</legend>
            <div className="grid gap-4 sm:grid-cols-2">
              {amount('signup', t('form.signup'), rewards.signup, t('form.signupHint'))}
              {amount('click', t('form.click'), rewards.click, t('form.clickHint'))}
            </div>
          </fieldset>
          <Field label={t('form.reason')} error={wrong['reason']} hint={t('form.reasonHint')}>
            {(control) => <Input {...control} name="reason" maxLength={200} placeholder={t('form.reasonExample')} />}
          </Field>
        </CardContent>
        <CardFooter className="justify-end">
          <SubmitButton pending={pending}>{t('form.save')}</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}

const AMOUNT_MAX = 1_000_000;

function findWrong(text: (name: string) => string, days: number, t: Translator<'admin-rewards'>): Wrong {
  const wrong: Wrong = {};
  const check = (name: string, min: number) => {
    const value = text(name);
    if (/^\d{1,7}$/.test(value) && Number(value) >= min && Number(value) <= AMOUNT_MAX) return;
    wrong[name] = t('form.wrongAmount', { min: String(min), max: formatCredits(AMOUNT_MAX) });
  };
  for (let index = 0; index < days; index += 1) check(`daily.${index}`, 1);
  check('signup', 0);
  check('click', 0);
  if (text('reason').length < 3) wrong['reason'] = t('form.wrongReason');
  return wrong;
}
