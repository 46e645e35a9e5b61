import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { UserTable } from '@/components/admin/user-table';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminUsersAnswer } from '@/lib/admin-api';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-users');
  return { title: t('title') };
}

const PAGE_SIZE = 25;

interface UsersPageProps {
  searchParams: Promise<{ query?: string | string[]; offset?: string | string[] }>;
}

export default async function UsersPage({ searchParams }: UsersPageProps) {
  await requireAdmin();
  const t = await getTranslations('admin-users');
  const asked = await searchParams;
  const query = typeof asked.query === 'string' ? asked.query.trim().slice(0, 100) : '';
  const offset = typeof asked.offset === 'string' && /^\d{1,9}$/.test(asked.offset) ? asked.offset : '0';
  const parameters = new URLSearchParams({ ...(query === '' ? {} : { query }), limit: String(PAGE_SIZE), offset });
  const { data } = await readRoute<AdminUsersAnswer>(`/api/admin/users?${parameters}`);
  return (
    <div className="grid gap-8">
      <PageHeader title={t('title')}>{t('text', { unit: UNIT.many })}</PageHeader>
      <UserTable page={data} query={query} />
    </div>
  );
}
