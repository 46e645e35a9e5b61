import { Search, Users } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';

import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Avatar } from '@/components/ui/avatar';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminUsersAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';

interface UserTableProps {
  page: AdminUsersAnswer['data'];
  query: string;
}

/** Everybody with an account, to be searched. Each page has an address: it can be bookmarked. */
export function UserTable({ page, query }: UserTableProps) {
  const t = useTranslations('admin-users.table');
  const tPages = useTranslations('admin-shared.pages');
  const { users, total, limit, offset } = page;
  const address = (to: number) =>
    `/admin/users?${new URLSearchParams({ ...(query === '' ? {} : { query }), offset: String(to) })}`;
  return (
    <div className="grid gap-4 [&>*]:min-w-0">
      <form action="/admin/users" role="search" className="relative max-w-sm">
        <Search className="pointer-events-none absolute top-3 start-3 size-4 text-muted-foreground" aria-hidden />
        <Input
          key={query}
          type="search"
          name="query"
          defaultValue={query}
          placeholder={t('placeholder')}
          aria-label={t('search')}
          className="ps-9"
        />
      </form>
      <Card className="overflow-hidden">
        {users.length === 0 ? (
          <EmptyState icon={Users} title={query === '' ? t('none') : t('nobody', { query })}>
            {t(query === '' ? 'noneText' : 'nobodyText')}
          </EmptyState>
        ) : (
          <Table aria-label={t('label')}>
            <TableHeader>
              <TableRow>
                <TableHead>{t('user')}</TableHead>
                <TableHead className="text-end">{t('available')}</TableHead>
                <TableHead className="text-end max-sm:hidden">{t('reserved')}</TableHead>
                <TableHead className="text-end max-sm:hidden">{t('version')}</TableHead>
                <TableHead className="max-sm:hidden">{t('joined')}</TableHead>
                <TableHead className="hidden sm:table-cell">
                  <span className="sr-only">{t('open')}</span>
                </TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {users.map((user) => (
                <TableRow key={user.id} className="hover:bg-accent/30">
                  <TableCell>
                    <div className="flex items-center gap-3">
                      <Avatar name={user.username} />
                      <div className="min-w-0">
                        <p className="flex items-center gap-2 font-medium">
                          <Link
                            href={`/admin/users/${encodeURIComponent(user.id)}`}
                            className="rounded-sm underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
                          >
                            <bdi>{user.username}</bdi>
                          </Link>
                          {user.role === 0 ? <Badge>{t('admin')}</Badge> : null}
                          {user.banned ? <Badge variant="destructive">{t('banned')}</Badge> : null}
                        </p>
                        <p className="text-[0.8125rem] text-muted-foreground">
                          <bdi>{user.email}</bdi>
                        </p>
                      </div>
                    </div>
                  </TableCell>
                  <TableCell className="text-end">
                    <Amount amount={user.coins} />
                  </TableCell>
                  <TableCell className="text-end text-muted-foreground tabular-nums max-sm:hidden">
                    {formatCredits(user.held)}
                  </TableCell>
                  <TableCell className="text-end text-muted-foreground tabular-nums max-sm:hidden">
                    {user.version}
                  </TableCell>
                  <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                    <LocalTime iso={user.created_at} style="date" />
                  </TableCell>
                  <TableCell className="hidden text-end sm:table-cell">
                    <Button asChild variant="outline" size="sm">
                      <Link href={`/admin/users/${encodeURIComponent(user.id)}`}>
                        {t('open')}
                        <span className="sr-only"> {user.username}</span>
                      </Link>
                    </Button>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
      <div className="flex items-center justify-between gap-4 text-sm text-muted-foreground">
        <p>{t('total', { count: total })}</p>
        {total > limit ? (
          <nav aria-label={tPages('label')} className="flex gap-2">
            {offset > 0 ? (
              <Button asChild variant="outline" size="sm">
                <Link href={address(Math.max(0, offset - limit))}>{tPages('newer')}</Link>
              </Button>
            ) : null}
            {offset + users.length < total ? (
              <Button asChild variant="outline" size="sm">
                <Link href={address(offset + limit)}>{tPages('older')}</Link>
              </Button>
            ) : null}
          </nav>
        ) : null}
      </div>
    </div>
  );
}
