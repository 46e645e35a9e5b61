'use client';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';

import { findRangeErrors, RangeFilter, type RangeErrors } from '@/components/activity/range-filter';
import { useTimeZone } from '@/components/credits/activity/local-time';
import { Input } from '@/components/credits/ui/input';
import { Button } from '@/components/ui/button';
import { readTransferQuery, TRANSFER_LABELS, writeTransferQuery, type TransferQuery } from '@/lib/transfers';

const PATH = '/admin/activity';

/** Which transfers to show. Everything is in the address: a filter can be kept, sent, and used without script. */
export function TransferFilters({ query }: { query: TransferQuery }) {
  const router = useRouter();
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
          aria-label="User name of one of both sides"
          placeholder="User name"
          className="sm:max-w-52"
        />
        <div className="relative min-w-48 flex-1">
          <Search aria-hidden className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground" />
          <Input
            name="q"
            type="search"
            defaultValue={q}
            maxLength={100}
            aria-label="Search by reason"
            placeholder="Reason"
            className="pl-9"
          />
        </div>
        <Button type="submit" variant="secondary">
          Search
        </Button>
      </div>
      <RangeFilter query={query} labels={TRANSFER_LABELS} errors={errors} clearHref={PATH} isWide />
    </form>
  );
}
