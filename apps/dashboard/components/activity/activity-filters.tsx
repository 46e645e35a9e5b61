'use client';
import { Search, SlidersHorizontal } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { useTimeZone } from '@/components/credits/activity/local-time';
import { Field } from '@/components/credits/ui/field';
import { Input } from '@/components/credits/ui/input';
import { Button } from '@/components/ui/button';
import {
  ACTIVITY_GROUPS,
  GROUP_LABELS,
  isDay,
  readActivityQuery,
  writeActivityQuery,
  type ActivityQuery,
} from '@/lib/activity';
import { cn } from '@/lib/utils';

const WAYS = [
  { way: undefined, label: 'All' },
  { way: 'in', label: 'In' },
  { way: 'out', label: 'Out' },
] as const;

type Errors = Partial<Record<'min' | 'max' | 'from' | 'to', string>>;

/** What to show. Everything is in the address: a filter can be kept, sent, and used without script. */
export function ActivityFilters({ query }: { query: ActivityQuery }) {
  const router = useRouter();
  const timeZone = useTimeZone();
  const [errors, setErrors] = useState<Errors>({});
  const { way, type, q, min, max, from, to } = query;
  const hasMore = [type, min, max, from, to].some((value) => value !== undefined);

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]),
    );
    const found = findErrors(data);
    setErrors(found);
    if (Object.keys(found).length === 0) router.push(toAddress(readActivityQuery(data)), { scroll: false });
  }

  return (
    <form action="/activity" method="get" onSubmit={handleSubmit} role="search" noValidate className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <nav aria-label="In or out" className="flex gap-1 rounded-lg bg-muted p-1">
          {WAYS.map(({ way: one, label }) => {
            const { way: _way, ...rest } = query;
            return (
              <Link
                key={label}
                href={toAddress(one === undefined ? rest : { ...rest, way: one })}
                scroll={false}
                aria-current={way === one ? 'page' : undefined}
                className="inline-flex h-8 items-center rounded-md px-3 text-sm font-medium text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 aria-[current]:bg-card aria-[current]:text-foreground aria-[current]:shadow-sm dark:aria-[current]:bg-accent forced-colors:aria-[current]:underline"
              >
                {label}
              </Link>
            );
          })}
        </nav>
        {way === undefined ? null : <input type="hidden" name="way" value={way} />}
        <input type="hidden" name="tz" value={timeZone} />
        <div className="relative min-w-48 flex-1">
          <Search aria-hidden className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground" />
          <Input
            name="q"
            type="search"
            defaultValue={q}
            maxLength={100}
            aria-label="Search by reason or by a player’s name"
            placeholder="Reason or player"
            className="pl-9"
          />
        </div>
        <Button type="submit" variant="secondary">
          Search
        </Button>
      </div>
      <details open={hasMore || Object.keys(errors).length > 0} className="group rounded-xl border bg-card">
        <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-4 py-2.5 text-sm font-medium outline-none select-none focus-visible:ring-[3px] focus-visible:ring-ring/50 [&::-webkit-details-marker]:hidden">
          <SlidersHorizontal aria-hidden className="size-4 text-muted-foreground" />
          Type, amount and date
          {hasMore ? (
            <Link
              href={toAddress({ ...(way === undefined ? {} : { way }), ...(q === undefined ? {} : { q }) })}
              scroll={false}
              className="ml-auto rounded-sm text-[0.8125rem] font-normal text-muted-foreground underline decoration-border underline-offset-4 hover:text-foreground"
            >
              Clear
            </Link>
          ) : null}
        </summary>
        <div className="grid grid-cols-2 gap-4 border-t px-4 pt-4 pb-5">
          <Field label="Type" className="col-span-2">
            {(control) => (
              <select {...control} name="type" defaultValue={type ?? ''} className={SELECT}>
                <option value="">All types</option>
                {ACTIVITY_GROUPS.map((group) => (
                  <option key={group} value={group}>
                    {GROUP_LABELS[group]}
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
          <Button type="submit" className="col-span-2 justify-self-start">
            Apply
          </Button>
        </div>
      </details>
    </form>
  );
}

const SELECT = cn(
  'h-10 w-full min-w-0 rounded-md border border-input bg-background px-3 text-base outline-none sm:text-sm',
  'focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/35',
);

function toAddress(query: ActivityQuery): string {
  const text = writeActivityQuery(query);
  return text === '' ? '/activity' : `/activity?${text}`;
}

function findErrors({ min = '', max = '', from = '', to = '' }: Record<string, string>): Errors {
  const isAmount = (text: string) => text === '' || /^\d{1,15}$/.test(text);
  const errors: Errors = {};
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
