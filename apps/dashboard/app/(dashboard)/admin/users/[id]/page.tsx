import { Download } from 'lucide-react';
import type { Metadata } from 'next';

import { ActivityFilters } from '@/components/activity/activity-filters';
import { ActivityPanel } from '@/components/activity/activity-panel';
import { ActivityTotals } from '@/components/activity/activity-totals';
import { AdjustUser } from '@/components/admin/adjust-user';
import { BalanceSums } from '@/components/admin/balance-sums';
import { UserTime } from '@/components/admin/user-time';
import { LocalTime } from '@/components/credits/activity/local-time';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Button } from '@/components/ui/button';
import { readActivityQuery, writeActivityQuery } from '@/lib/activity';
import type { AdminActivityAnswer, AdminTimeAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'User' };

interface UserPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Where somebody's credits came from and went: everything that happened to them, and the sums that make the balance. */
export default async function UserPage({ params, searchParams }: UserPageProps) {
  await requireAdmin();
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
    <div className="grid gap-8 [&>*]:min-w-0">
      <div className="grid gap-4">
        <BackLink href="/admin/users">All users</BackLink>
        <PageHeader title={user.username} actions={<AdjustUser user={user} />}>
          {user.email}
          {user.role === 0 ? ', administrator' : ''}
          {user.banned ? ', banned' : ''}, joined <LocalTime iso={user.created_at} style="date" />
        </PageHeader>
      </div>
      <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_19rem] lg:items-start [&>*]:min-w-0">
        <aside aria-label="The balance" className="grid gap-5 lg:sticky lg:top-24 lg:order-2">
          {everything.totals === null ? null : <BalanceSums totals={everything.totals} />}
          <UserTime time={time} renderedAt={Date.now()} />
        </aside>
        <div className="grid gap-5 [&>*]:min-w-0">
          <ActivityFilters key={`filters?${text}`} query={query} path={`/admin/users/${id}`} />
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            {totals === null ? null : <ActivityTotals totals={totals} />}
            <Button asChild variant="ghost" size="sm" className="-mr-3 max-sm:-ml-3">
              <a href={`${api}/export?${text}`} download>
                <Download /> Download CSV
              </a>
            </Button>
          </div>
          <ActivityPanel key={`lines?${text}`} first={data} query={text} of={user} />
        </div>
      </div>
    </div>
  );
}
