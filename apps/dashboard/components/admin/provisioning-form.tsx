'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { useFieldErrors } from '@/components/admin/use-field-errors';
import { Choice } from '@/components/form/choice';
import { Field } from '@/components/credits/ui/field';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import type { AdminProvisioningAnswer } from '@/lib/admin-api';
import { send } from '@/components/credits/send';
import { showError, showSuccess } from '@/lib/toast';
import { UNIT } from '@/lib/unit';

type Settings = AdminProvisioningAnswer['data'];

const OUTCOMES = ['none', 'refuse', 'no_node', 'lost_answer'] as const satisfies readonly Settings['failure'][];

/** How the built-in simulator behaves: so that everybody can see what a failing panel does to a balance. */
export function ProvisioningForm({ settings }: { settings: Settings }) {
  const router = useRouter();
  const t = useTranslations('admin-provisioning.form');
  const refusal = useRefusal();
  const toErrors = useFieldErrors();
  const [delay, setDelay] = useState(String(settings.delay_ms));
  const [failure, setFailure] = useState(settings.failure);
  const [wrong, setWrong] = useState<string>();
  const [pending, setPending] = useState(false);

  async function handleSubmit(event: FormEvent) {
    event.preventDefault();
    if (pending) return;
    if (!/^\d{1,6}$/.test(delay.trim())) {
      setWrong(t('delayWrong'));
      return;
    }
    setPending(true);
    const body = { delay_ms: Number(delay.trim()), failure };
    const result = await send<AdminProvisioningAnswer>('POST', '/api/admin/provisioning', body);
    setPending(false);
    if (result.ok) showSuccess(t('saved'));
    else {
      setWrong(toErrors(result.failure)['delay_ms']);
      showError(t('failed'), refusal(result.failure));
    }
    router.refresh();
  }

  return (
    <Card className="max-w-2xl">
      <form onSubmit={handleSubmit} noValidate className="contents">
        <CardHeader>
          <CardTitle>{t('title')}</CardTitle>
          <CardDescription>{t('text', { unit: UNIT.many })}</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-6">
          <fieldset>
            <legend className="mb-3 text-sm font-medium">{t('legend')}</legend>
            <div className="grid gap-3 sm:grid-cols-2">
              {OUTCOMES.map((value) => (
                <Choice
                  key={value}
                  name="failure"
                  value={value}
                  checked={failure === value}
                  onSelect={() => setFailure(value)}
                >
                  <span className="font-medium">{t(`outcomes.${value}`)}</span>
                  <span className="text-[0.8125rem] text-muted-foreground">
                    {t(`outcomes.${value}Text`, { unit: UNIT.many })}
                  </span>
                </Choice>
              ))}
            </div>
          </fieldset>
          <Field label={t('delay')} hint={t('delayHint')} error={wrong} className="max-w-xs">
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
          <SubmitButton pending={pending}>{t('save')}</SubmitButton>
        </CardFooter>
      </form>
    </Card>
  );
}
