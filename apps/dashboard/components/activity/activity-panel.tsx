'use client';
import { useTranslations } from 'next-intl';
import { Activity, CircleAlert, ListFilter } from 'lucide-react';
import { useEffect, useRef } from 'react';

import { ActivityRow } from '@/components/activity/activity-row';
import { useActivity } from '@/components/activity/use-activity';
import { formatInstant, toDayKey } from '@/components/credits/activity/instant';
import { useTimeZone } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import type { AdminUser } from '@/lib/admin-api';
import type { ActivityAnswer, ActivityItem } from '@/lib/api';
import { UNIT } from '@/lib/unit';

interface ActivityPanelProps {
  first: ActivityAnswer['data'];
  /** The filter, as an address has it; '' for everything. */
  query: string;
  /** Whose they are, where an administrator looks. By default they are the reader's own. */
  of?: AdminUser;
}

/** The lines of a filter, newest first, grouped by the reader's own days. Older ones come as the reader gets there. */
export function ActivityPanel({ first, query, of }: ActivityPanelProps) {
  const t = useTranslations('activity');
  const api = of === undefined ? '/api/activity' : `/api/admin/users/${encodeURIComponent(of.id)}/activity`;
  const { items, next, isLoading, error, readOlder } = useActivity(first, query, api);
  const timeZone = useTimeZone();
  const end = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (end.current === null || next === null || error !== null) return;
    // Read before the end is seen. A failure waits for the button.
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void readOlder();
      },
      { rootMargin: '600px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [next, error, readOlder]);

  if (items.length === 0) {
    return (
      <Card>
        {query === '' ? (
          <EmptyState icon={Activity} title={t('empty.title')} className="py-20">
            {t('empty.text', { one: UNIT.one })}
          </EmptyState>
        ) : (
          <EmptyState icon={ListFilter} title={t('empty.noMatch')} className="py-16">
            {t('empty.noMatchText')}
          </EmptyState>
        )}
      </Card>
    );
  }
  return (
    <div className="grid gap-6 [&>*]:min-w-0">
      {groupByDay(items, { timeZone, reservedNow: t('reservedNow') }).map(({ key, title, items: ofDay }) => (
        // A long list costs the browser only what is on the screen.
        <section
          key={key}
          aria-label={title}
          suppressHydrationWarning
          className="[content-visibility:auto] [contain-intrinsic-size:auto_20rem]"
        >
          <h2 className="mb-2.5 text-sm font-medium text-muted-foreground" suppressHydrationWarning>
            {title}
          </h2>
          <Card className="overflow-hidden">
            <ul className="divide-y">
              {ofDay.map((item) => (
                <ActivityRow
                  key={item.version}
                  item={item}
                  time={key === RESERVED ? 'instant' : 'time'}
                  detailed
                  {...(of === undefined ? {} : { of })}
                />
              ))}
            </ul>
          </Card>
        </section>
      ))}
      {error === null ? null : (
        <Alert role="alert" variant="destructive">
          <CircleAlert aria-hidden />
          <p>{error}</p>
        </Alert>
      )}
      <div ref={end} className="flex justify-center pt-1">
        {next === null ? (
          <p className="text-sm text-muted-foreground">{t(query === '' ? 'begins' : 'noMore')}</p>
        ) : (
          <SubmitButton type="button" variant="outline" pending={isLoading} onClick={() => void readOlder()}>
            {t('older')}
          </SubmitButton>
        )}
      </div>
    </div>
  );
}

const RESERVED = 'reserved';

interface Group {
  key: string;
  title: string;
  items: ActivityItem[];
}

function groupByDay(
  items: readonly ActivityItem[],
  { timeZone, reservedNow }: { timeZone: string; reservedNow: string },
): Group[] {
  const groups: Group[] = [];
  for (const item of items) {
    const key = item.group === 'reserved' ? RESERVED : toDayKey(item.created_at, timeZone);
    const last = groups.at(-1);
    if (last?.key === key) last.items.push(item);
    else {
      const title = key === RESERVED ? reservedNow : formatInstant(item.created_at, 'day', timeZone);
      groups.push({ key, title, items: [item] });
    }
  }
  return groups;
}
