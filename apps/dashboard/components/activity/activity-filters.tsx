'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { findRangeErrors, RangeFilter, type RangeErrors } from '@/components/activity/range-filter';
import { TextSearch } from '@/components/activity/text-search';
import { useTimeZone } from '@/components/credits/activity/local-time';
import { ACTIVITY_GROUPS, readActivityQuery, writeActivityQuery, type ActivityQuery } from '@/lib/activity';

const WAYS = [
  { way: undefined, label: 'all' },
  { way: 'in', label: 'in' },
  { way: 'out', label: 'out' },
] as const;

/** What to show. Everything is in the address: a filter can be kept, sent, and used without script. */
export function ActivityFilters({ query, path }: { query: ActivityQuery; /** Of the page. */ path: string }) {
  const t = useTranslations('activity');
  const router = useRouter();
  const timeZone = useTimeZone();
  const [errors, setErrors] = useState<RangeErrors>({});
  const { way, q } = query;
  const toAddress = (wanted: ActivityQuery) => {
    const text = writeActivityQuery(wanted);
    return text === '' ? path : `${path}?${text}`;
  };

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]),
    );
    const found = findRangeErrors(data);
    setErrors(found);
    if (Object.keys(found).length === 0) router.push(toAddress(readActivityQuery(data)), { scroll: false });
  }

  return (
    <form action={path} method="get" onSubmit={handleSubmit} role="search" noValidate className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <nav aria-label={t('ways.label')} className="flex gap-1 rounded-lg bg-muted p-1">
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
                {t(`ways.${label}`)}
              </Link>
            );
          })}
        </nav>
        {way === undefined ? null : <input type="hidden" name="way" value={way} />}
        <input type="hidden" name="tz" value={timeZone} />
        <TextSearch defaultValue={q} label={t('search.label')} placeholder={t('search.placeholder')} />
      </div>
      <RangeFilter
        query={query}
        labels={Object.fromEntries(ACTIVITY_GROUPS.map((group) => [group, t(`groups.${group}`)]))}
        errors={errors}
        clearHref={toAddress({ ...(way === undefined ? {} : { way }), ...(q === undefined ? {} : { q }) })}
      />
    </form>
  );
}
