import { getTranslations } from 'next-intl/server';
import { Download } from 'lucide-react';
import type { Metadata } from 'next';

import { ActivityFilters } from '@/components/activity/activity-filters';
import { ActivityPanel } from '@/components/activity/activity-panel';
import { ActivityTotals } from '@/components/activity/activity-totals';
import { ExplainBalance } from '@/components/balance/explain-balance';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { readActivityQuery, writeActivityQuery } from '@/lib/activity';
import type { ActivityAnswer, ActivityTotalsAnswer } from '@/lib/api';
import { readRoute } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('activity');
  return { title: t('title') };
}

interface ActivityPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ActivityPage({ searchParams }: ActivityPageProps) {
  const t = await getTranslations('activity');
  const query = readActivityQuery(await searchParams);
  const text = writeActivityQuery(query);
  const readTotals = async (filter: string) =>
    (await readRoute<ActivityTotalsAnswer>(`/api/activity/totals?${filter}`)).data;
  const all = readTotals('');
  const [{ data: first }, totals, everything] = await Promise.all([
    readRoute<ActivityAnswer>(`/api/activity?${text}`),
    text === '' ? all : readTotals(text),
    all,
  ]);
  return (
    <Messages areas={['activity']}>
      <div className="grid gap-8 [&>*]:min-w-0">
        <PageHeader title={t('title')}>{t('text')}</PageHeader>
        <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_19rem] lg:items-start [&>*]:min-w-0">
          <aside aria-label={t('yourBalance')} className="lg:sticky lg:top-24 lg:order-2">
            <ExplainBalance totals={everything} />
          </aside>
          <div className="grid gap-5 [&>*]:min-w-0">
            <ActivityFilters key={`filters?${text}`} query={query} path="/activity" />
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <ActivityTotals totals={totals} />
              <Button asChild variant="ghost" size="sm" className="-me-3 max-sm:-ms-3">
                {/* A file, and no page: the browser's own download shows its progress. */}
                <a href={`/api/activity/export?${text}`} download>
                  <Download /> {t('download')}
                </a>
              </Button>
            </div>
            <ActivityPanel key={`lines?${text}`} first={first} query={text} />
          </div>
        </div>
      </div>
    </Messages>
  );
}
