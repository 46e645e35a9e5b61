import { ArrowLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';

import { AdjustUser } from '@/components/admin/adjust-user';
import { EntryTable } from '@/components/admin/entry-table';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { PageHeader } from '@/components/shell/page-header';
import { Stat } from '@/components/stat';
import { Card, CardContent } from '@/components/ui/card';
import type { AdminEntriesAnswer } from '@/lib/api';
import { formatCredits } from '@/lib/format';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'User' };

interface UserPageProps {
  params: Promise<{ id: string }>;
}

export default async function UserPage({ params }: UserPageProps) {
  await requireAdmin();
  const id = decodeURIComponent((await params).id);
  const path = `/api/admin/users/${encodeURIComponent(id)}/coins?limit=50`;
  const { user, entries, next } = await readRoute<AdminEntriesAnswer>(path);
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <div className="grid gap-4">
        <Link
          href="/admin/users"
          className="flex w-fit items-center gap-2 rounded-sm text-sm text-muted-foreground outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 lg:hidden"
        >
          <ArrowLeft className="size-4" aria-hidden /> All users
        </Link>
        <PageHeader title={user.username} actions={<AdjustUser user={user} />}>
          {user.email}
          {user.role === 0 ? ', administrator' : ''}
          {user.banned ? ', banned' : ''}
        </PageHeader>
      </div>
      <Card>
        <CardContent>
          <dl className="grid grid-cols-2 gap-5 sm:grid-cols-4">
            <Stat label="Available">
              <Amount amount={user.coins} className="font-semibold" />
            </Stat>
            <Stat label="Reserved">{formatCredits(user.held)}</Stat>
            <Stat label="Version">{user.version}</Stat>
            <Stat label="Joined">
              <LocalTime iso={user.created_at} style="date" className="text-lg" />
            </Stat>
          </dl>
        </CardContent>
      </Card>
      <section aria-labelledby="entries" className="grid gap-4 [&>*]:min-w-0">
        <h2 id="entries" className="font-semibold">
          Entries
        </h2>
        <EntryTable key={user.id} userId={user.id} first={{ entries, next }} />
      </section>
    </div>
  );
}
