'use client';
import { Activity, CircleAlert, ListFilter } from 'lucide-react';
import type { Entry } from 'realtime-credits';
import { useState } from 'react';

import { formatCredits } from '../format';
import { Alert } from '../ui/alert';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { SubmitButton } from '../ui/submit-button';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { ENTRY_FILTERS, matchesFilter, type EntryFilter } from './describe-entry';
import { EntryRow } from './entry-row';
import { formatInstant, toDayKey } from './instant';
import { useTimeZone } from './local-time';
import { translate, type ActivityKey } from './messages';
import { useHistory, type FirstPage } from './use-history';

const LABELS: Record<EntryFilter, ActivityKey> = {
  all: 'filterAll',
  in: 'filterIn',
  out: 'filterOut',
  reserved: 'filterReserved',
};

/**
 * All changes of the balance, newest first, grouped by the reader's own days.
 *
 * The newest changes are there the moment they are made; older ones are read on demand and kept.
 *
 * @param first - The newest page, where a server renders it, and renders it again when the ledger moves on. Without it the
 *   list reads for itself, and again whenever the signed-in user's balance has a new version.
 */
export function ActivityList({ first }: { first?: FirstPage }) {
  const { entries, next, isKnown, isLoading, error, readOlder, readAgain } = useHistory(first);
  const [filter, setFilter] = useState<EntryFilter>('all');
  const timeZone = useTimeZone();
  const shown = entries.filter((entry) => matchesFilter(entry, filter));

  if (!isKnown) return <Unread error={error} onRetry={readAgain} />;
  if (entries.length === 0) {
    return (
      <Card>
        <EmptyState icon={Activity} title={translate('nothingTitle')} className="py-20">
          {translate('nothing')}
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-5">
      <Tabs value={filter} onValueChange={(value) => setFilter(ENTRY_FILTERS.find((one) => one === value) ?? 'all')}>
        <TabsList aria-label={translate('filters')}>
          {ENTRY_FILTERS.map((one) => (
            <TabsTrigger key={one} value={one}>
              {translate(LABELS[one])}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={filter} className="grid gap-5">
          {shown.length === 0 ? (
            <Card>
              <EmptyState icon={ListFilter} title={translate('noneTitle')}>
                {next === null ? translate('none') : translate('noneOf', { amount: formatCredits(entries.length) })}
              </EmptyState>
            </Card>
          ) : (
            groupByDay(shown, timeZone).map(({ day, entries: ofDay }) => (
              <section
                key={day}
                aria-label={formatInstant(ofDay[0]?.createdAt ?? day, 'day', timeZone)}
                suppressHydrationWarning
              >
                <h2 className="mb-2.5 text-sm font-medium text-muted-foreground" suppressHydrationWarning>
                  {formatInstant(ofDay[0]?.createdAt ?? day, 'day', timeZone)}
                </h2>
                <Card>
                  <ul className="divide-y">
                    {ofDay.map((entry) => (
                      <EntryRow key={entry.version} entry={entry} time="time" detailed />
                    ))}
                  </ul>
                </Card>
              </section>
            ))
          )}
        </TabsContent>
      </Tabs>
      {error === null ? null : (
        <Alert role="alert" variant="destructive">
          <CircleAlert aria-hidden />
          <p>{error}</p>
        </Alert>
      )}
      <div className="flex flex-col items-center gap-3 pt-2">
        {next === null ? (
          <p className="text-sm text-muted-foreground">{translate('begins')}</p>
        ) : (
          <SubmitButton type="button" variant="outline" pending={isLoading} onClick={() => void readOlder()}>
            {translate('older')}
          </SubmitButton>
        )}
      </div>
    </div>
  );
}

/** In place of a list that nobody has read yet, or that could not be read. */
function Unread({ error, onRetry }: { error: string | null; onRetry: () => void }) {
  return (
    <Card aria-busy={error === null}>
      {error === null ? (
        <div className="grid gap-7 px-5 py-5 sm:px-6">
          <span className="sr-only">{translate('reading')}</span>
          {['w-56', 'w-40', 'w-48'].map((width) => (
            <div key={width} aria-hidden className="flex animate-pulse items-center gap-4 motion-reduce:animate-none">
              <span className="size-9 rounded-full bg-muted" />
              <span className={`h-3.5 max-w-1/2 rounded-sm bg-muted ${width}`} />
              <span className="ms-auto h-3.5 w-12 rounded-sm bg-muted" />
            </div>
          ))}
        </div>
      ) : (
        <div role="alert">
          <EmptyState
            icon={CircleAlert}
            title={translate('unreadTitle')}
            action={
              <Button variant="outline" onClick={onRetry}>
                {translate('retry')}
              </Button>
            }
          >
            {error}
          </EmptyState>
        </div>
      )}
    </Card>
  );
}

function groupByDay(entries: readonly Entry[], timeZone: string): { day: string; entries: Entry[] }[] {
  const groups: { day: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const day = toDayKey(entry.createdAt, timeZone);
    const last = groups.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else groups.push({ day, entries: [entry] });
  }
  return groups;
}
