'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type FormEvent } from 'react';

import { findRangeErrors, RangeFilter, type RangeErrors } from '@/components/activity/range-filter';
import { TextSearch } from '@/components/activity/text-search';
import { useTimeZone } from '@/components/credits/activity/local-time';
import { Input } from '@/components/credits/ui/input';
import { readTransferQuery, TRANSFER_GROUPS, writeTransferQuery, type TransferQuery } from '@/lib/transfers';

const PATH = '/admin/activity';

/** Which transfers to show. Everything is in the address: a filter can be kept, sent, and used without script. */
export function TransferFilters({ query }: { query: TransferQuery }) {
  const router = useRouter();
  const t = useTranslations('admin-transactions');
  const timeZone = useTimeZone();
  const [errors, setErrors] = useState<RangeErrors>({});
  const { user, q } = query;

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]),
    );
    const found = findRangeErrors(data);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    const text = writeTransferQuery(readTransferQuery(data));
    router.push(text === '' ? PATH : `${PATH}?${text}`, { scroll: false });
  }

  return (
    <form action={PATH} method="get" onSubmit={handleSubmit} role="search" noValidate className="grid gap-3">
      <input type="hidden" name="tz" value={timeZone} />
      <div className="flex flex-wrap items-center gap-3">
        <Input
          name="user"
          defaultValue={user}
          maxLength={100}
          autoComplete="off"
          autoCapitalize="none"
          aria-label={t('filters.userLabel')}
          placeholder={t('filters.user')}
          className="sm:max-w-52"
        />
        <TextSearch defaultValue={q} label={t('filters.reasonLabel')} placeholder={t('filters.reason')} />
      </div>
      <RangeFilter
        query={query}
        labels={Object.fromEntries(TRANSFER_GROUPS.map((group) => [group, t(`groups.${group}`)]))}
        errors={errors}
        clearHref={PATH}
        isWide
      />
    </form>
  );
}
