'use client';
import { useTranslations } from 'next-intl';
import { SlidersHorizontal } from 'lucide-react';
import Link from 'next/link';

import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { Button } from '@/components/ui/button';
import { isDay } from '@/lib/range-query';
import { cn } from '@/lib/utils';

/** What is wrong with a field: the name of its text, and what the text says. */
interface RangeError {
  text: 'whole' | 'orMore' | 'date' | 'later';
  min: string;
}

export type RangeErrors = Partial<Record<'min' | 'max' | 'from' | 'to', RangeError>>;

interface RangeFilterProps {
  query: { type?: string; min?: string; max?: string; from?: string; to?: string };
  /** What can be chosen as `type`. */
  labels: Readonly<Record<string, string>>;
  errors: RangeErrors;
  /** The address without these conditions. */
  clearHref: string;
  /** Beside each other where there is room. */
  isWide?: boolean;
}

/** Fields of a filter by type, amount and date, folded away while none of them is used. */
export function RangeFilter({ query, labels, errors, clearHref, isWide = false }: RangeFilterProps) {
  const t = useTranslations('activity.range');
  const { type, min, max, from, to } = query;
  const write = (error: RangeError | undefined) =>
    error === undefined ? undefined : t(error.text, { min: error.min });
  const isUsed = [type, min, max, from, to].some((value) => value !== undefined);
  return (
    <details open={isUsed || Object.keys(errors).length > 0} className="group rounded-xl border bg-card">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-4 py-2.5 text-sm font-medium outline-none select-none focus-visible:ring-[3px] focus-visible:ring-ring/50 [&::-webkit-details-marker]:hidden">
        <SlidersHorizontal aria-hidden className="size-4 text-muted-foreground" />
        {t('summary')}
        {isUsed ? (
          <Link
            href={clearHref}
            scroll={false}
            className="ms-auto rounded-sm text-[0.8125rem] font-normal text-muted-foreground underline decoration-border underline-offset-4 hover:text-foreground"
          >
            {t('clear')}
          </Link>
        ) : null}
      </summary>
      <div className={cn('grid grid-cols-2 gap-4 border-t px-4 pt-4 pb-5', isWide && 'lg:grid-cols-5')}>
        <Field label={t('type')} className={isWide ? 'max-lg:col-span-2' : 'col-span-2'}>
          {(control) => (
            <select {...control} name="type" defaultValue={type ?? ''} className={SELECT}>
              <option value="">{t('allTypes')}</option>
              {Object.entries(labels).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('min')} error={write(errors.min)}>
          {(control) => <Input {...control} name="min" inputMode="numeric" defaultValue={min} placeholder="1" />}
        </Field>
        <Field label={t('max')} error={write(errors.max)}>
          {(control) => <Input {...control} name="max" inputMode="numeric" defaultValue={max} placeholder={t('any')} />}
        </Field>
        <Field label={t('from')} error={write(errors.from)}>
          {(control) => <Input {...control} name="from" type="date" defaultValue={from} />}
        </Field>
        <Field label={t('to')} error={write(errors.to)}>
          {(control) => <Input {...control} name="to" type="date" defaultValue={to} />}
        </Field>
        <Button type="submit" className={cn('col-span-2 justify-self-start', isWide && 'lg:col-span-5')}>
          {t('apply')}
        </Button>
      </div>
    </details>
  );
}

const SELECT = cn(
  'h-10 w-full min-w-0 rounded-md border border-input bg-background px-3 text-base outline-none sm:text-sm',
  'focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/35',
);

export function findRangeErrors({ min = '', max = '', from = '', to = '' }: Record<string, string>): RangeErrors {
  const isAmount = (text: string) => text === '' || /^\d{1,15}$/.test(text);
  const errors: RangeErrors = {};
  if (!isAmount(min)) errors.min = { text: 'whole', min };
  if (!isAmount(max)) errors.max = { text: 'whole', min };
  else if (isAmount(min) && min !== '' && max !== '' && Number(max) < Number(min)) {
    errors.max = { text: 'orMore', min };
  }
  if (from !== '' && !isDay(from)) errors.from = { text: 'date', min };
  if (to !== '' && !isDay(to)) errors.to = { text: 'date', min };
  else if (from !== '' && to !== '' && to < from) errors.to = { text: 'later', min };
  return errors;
}
