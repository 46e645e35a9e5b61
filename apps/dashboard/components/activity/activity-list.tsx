'use client';
import { Activity, CircleAlert, ListFilter } from 'lucide-react';
import type { Entry, HistoryPage } from 'realtime-credits';
import { useState } from 'react';

import { ENTRY_FILTERS, matchesFilter, type EntryFilter } from '@/components/activity/describe-entry';
import { EntryRow } from '@/components/activity/entry-row';
import { joinPages, type Page } from '@/components/activity/join-pages';
import { SubmitButton } from '@/components/form/submit-button';
import { useTimeZone } from '@/components/local-time';
import { EmptyState } from '@/components/states/empty-state';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { formatCount, formatInstant, toDayKey } from '@/lib/format';
import { send } from '@/lib/send';

const OLDER_PAGE_SIZE = 50;

const LABELS: Record<EntryFilter, string> = { all: 'Everything', in: 'In', out: 'Out', reserved: 'Reservations' };

/**
 * All changes of the balance, newest first, grouped by the reader's own days.
 *
 * The first page comes with the page and again whenever the ledger moves on; older ones are read on demand and kept.
 */
export function ActivityList({ first }: { first: Pick<HistoryPage, 'entries' | 'next'> }) {
  const { entries, next, isLoading, error, readOlder } = useHistory(first);
  const [filter, setFilter] = useState<EntryFilter>('all');
  const timeZone = useTimeZone();
  const shown = entries.filter((entry) => matchesFilter(entry, filter));

  if (entries.length === 0) {
    return (
      <Card>
        <EmptyState icon={Activity} title="Nothing has happened yet" className="py-20">
          Every credit that comes or goes will be listed here, with its reason and what it made of your balance.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-5">
      <Tabs value={filter} onValueChange={(value) => setFilter(ENTRY_FILTERS.find((one) => one === value) ?? 'all')}>
        <TabsList aria-label="Which changes to show">
          {ENTRY_FILTERS.map((one) => (
            <TabsTrigger key={one} value={one}>
              {LABELS[one]}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={filter} className="grid gap-5">
          {shown.length === 0 ? (
            <Card>
              <EmptyState icon={ListFilter} title="None of these so far">
                {next === null
                  ? 'Your account has had no change of this kind.'
                  : `Nothing of this kind among the newest ${formatCount(entries.length, 'change')}.`}
              </EmptyState>
            </Card>
          ) : (
            groupByDay(shown, timeZone).map(({ day, entries: ofDay }) => (
              <section key={day} aria-label={formatInstant(ofDay[0]?.createdAt ?? day, 'day', timeZone)}>
                <h2 className="mb-2.5 text-sm font-medium text-muted-foreground">
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
          <p className="text-sm text-muted-foreground">This is where your account begins.</p>
        ) : (
          <SubmitButton type="button" variant="outline" pending={isLoading} onClick={() => void readOlder()}>
            Show older
          </SubmitButton>
        )}
      </div>
    </div>
  );
}

function useHistory(first: Pick<HistoryPage, 'entries' | 'next'>) {
  const [older, setOlder] = useState<Page<Entry> | null>(null);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { items: entries, next } = joinPages({ items: first.entries, next: first.next }, older, toVersion);

  async function readOlder(): Promise<void> {
    if (next === null || isLoading) return;
    setLoading(true);
    const path = `/api/credits/history?before=${next}&limit=${OLDER_PAGE_SIZE}`;
    const result = await send<HistoryPage>('GET', path);
    setLoading(false);
    if (!result.ok) {
      setError(result.failure.message);
      return;
    }
    setError(null);
    setOlder({ items: [...entries, ...result.answer.entries], next: result.answer.next });
  }

  return { entries, next, isLoading, error, readOlder };
}

const toVersion = ({ version }: Entry) => version;

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
