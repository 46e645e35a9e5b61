'use client';
import { SlidersHorizontal } from 'lucide-react';
import Link from 'next/link';

import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { Button } from '@/components/ui/button';
import { isDay } from '@/lib/range-query';
import { cn } from '@/lib/utils';

export type RangeErrors = Partial<Record<'min' | 'max' | 'from' | 'to', string>>;

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
  const { type, min, max, from, to } = query;
  const isUsed = [type, min, max, from, to].some((value) => value !== undefined);
  return (
    <details open={isUsed || Object.keys(errors).length > 0} className="group rounded-xl border bg-card">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-4 py-2.5 text-sm font-medium outline-none select-none focus-visible:ring-[3px] focus-visible:ring-ring/50 [&::-webkit-details-marker]:hidden">
        <SlidersHorizontal aria-hidden className="size-4 text-muted-foreground" />
        Type, amount and date
        {isUsed ? (
          <Link
            href={clearHref}
            scroll={false}
            className="ml-auto rounded-sm text-[0.8125rem] font-normal text-muted-foreground underline decoration-border underline-offset-4 hover:text-foreground"
          >
            Clear
          </Link>
        ) : null}
      </summary>
      <div className={cn('grid grid-cols-2 gap-4 border-t px-4 pt-4 pb-5', isWide && 'lg:grid-cols-5')}>
        <Field label="Type" className={isWide ? 'max-lg:col-span-2' : 'col-span-2'}>
          {(control) => (
            <select {...control} name="type" defaultValue={type ?? ''} className={SELECT}>
              <option value="">All types</option>
              {Object.entries(labels).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="From amount" error={errors.min}>
          {(control) => <Input {...control} name="min" inputMode="numeric" defaultValue={min} placeholder="1" />}
        </Field>
        <Field label="To amount" error={errors.max}>
          {(control) => <Input {...control} name="max" inputMode="numeric" defaultValue={max} placeholder="Any" />}
        </Field>
        <Field label="From day" error={errors.from}>
          {(control) => <Input {...control} name="from" type="date" defaultValue={from} />}
        </Field>
        <Field label="To day" error={errors.to}>
          {(control) => <Input {...control} name="to" type="date" defaultValue={to} />}
        </Field>
        <Button type="submit" className={cn('col-span-2 justify-self-start', isWide && 'lg:col-span-5')}>
          Apply
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
  if (!isAmount(min)) errors.min = 'Enter a whole number, such as 50.';
  if (!isAmount(max)) errors.max = 'Enter a whole number, such as 50.';
  else if (isAmount(min) && min !== '' && max !== '' && Number(max) < Number(min)) {
    errors.max = `Enter ${min} or more.`;
  }
  if (from !== '' && !isDay(from)) errors.from = 'Enter a date.';
  if (to !== '' && !isDay(to)) errors.to = 'Enter a date.';
  else if (from !== '' && to !== '' && to < from) errors.to = 'Choose the first day or a later one.';
  return errors;
}
