import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { ActivityFilters } from '@/components/activity/activity-filters';
import { ActivityPanel } from '@/components/activity/activity-panel';
import { ActivityTotals } from '@/components/activity/activity-totals';
import { AdjustUser } from '@/components/admin/adjust-user';
import { BanUser } from '@/components/admin/ban-user';
import { BalanceSums } from '@/components/admin/balance-sums';
import { UserTime } from '@/components/admin/user-time';
import { LocalTime } from '@/components/credits/activity/local-time';
import { Messages } from '@/components/i18n/messages';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { put } from '@/components/i18n/put';
import { readActivityQuery, writeActivityQuery } from '@/lib/activity';
import type { AdminActivityAnswer, AdminTimeAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-users');
  return { title: t('one.title') };
}

interface UserPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Where somebody's credits came from and went: everything that happened to them, and the sums that make the balance. */
export default async function UserPage({ params, searchParams }: UserPageProps) {
  const { user: reader } = await requireAdmin();
  const t = await getTranslations('admin-users.one');
  const id = encodeURIComponent(decodeURIComponent((await params).id));
  const query = readActivityQuery(await searchParams);
  const text = writeActivityQuery(query);
  const api = `/api/admin/users/${id}/activity`;
  const read = (filter: string, limit: number) =>
    readRoute<AdminActivityAnswer>(`${api}?${filter}${filter === '' ? '' : '&'}limit=${limit}`);
  const shown = read(text, 50);
  const [{ user, data, totals }, everything, { data: time }] = await Promise.all([
    shown,
    text === '' ? shown : read('', 1),
    readRoute<AdminTimeAnswer>(`/api/admin/users/${id}/time`),
  ]);
  return (
    <Messages areas={['admin-users', 'admin-shared', 'activity', 'errors']}>
      <div className="grid gap-8 [&>*]:min-w-0">
        <div className="grid gap-4">
          <BackLink href="/admin/users">{t('all')}</BackLink>
          <PageHeader
            title={user.username}
            actions={
              <>
                {user.id === reader.id ? null : <BanUser user={user} />}
                <AdjustUser user={user} />
              </>
            }
          >
            {t.rich('text', {
              administrator: String(user.role === 0),
              banned: String(user.banned),
              email: put(<bdi>{user.email}</bdi>),
              at: put(<LocalTime iso={user.created_at} style="date" />),
            })}
          </PageHeader>
        </div>
        <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_19rem] lg:items-start [&>*]:min-w-0">
          <aside aria-label={t('aside')} className="grid gap-5 lg:sticky lg:top-24 lg:order-2">
            {everything.totals === null ? null : <BalanceSums totals={everything.totals} />}
            <UserTime time={time} renderedAt={Date.now()} />
          </aside>
          <div className="grid gap-5 [&>*]:min-w-0">
            <ActivityFilters key={`filters?${text}`} query={query} path={`/admin/users/${id}`} />
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              {totals === null ? null : <ActivityTotals totals={totals} />}
              <Button asChild variant="ghost" size="sm" className="-me-3 max-sm:-ms-3">
                <a href={`${api}/export?${text}`} download>
                  <Download /> {t('download')}
                </a>
              </Button>
            </div>
            <ActivityPanel key={`lines?${text}`} first={data} query={text} of={user} />
          </div>
        </div>
      </div>
    </Messages>
  );
}
