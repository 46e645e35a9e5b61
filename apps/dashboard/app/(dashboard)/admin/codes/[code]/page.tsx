import { Users } from 'lucide-react';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';

import { CodeChanges } from '@/components/admin/code-changes';
import { CodeDialog } from '@/components/admin/code-dialog';
import { CodeStateBadge, CodeUses } from '@/components/admin/code-state';
import { StopCode } from '@/components/admin/stop-code';
import { CopyButton } from '@/components/copy-button';
import { Amount } from '@/components/credits/activity/amount';
import { LocalTime } from '@/components/credits/activity/local-time';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { Messages } from '@/components/i18n/messages';
import { BackLink } from '@/components/shell/back-link';
import { PageHeader } from '@/components/shell/page-header';
import { Stat } from '@/components/stat';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import type { AdminCodePageAnswer } from '@/lib/admin-api';
import { formatCredits } from '@/lib/format';
import { UNIT } from '@/lib/unit';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-codes');
  return { title: t('one.title') };
}

export default async function CodePage({ params }: { params: Promise<{ code: string }> }) {
  await requireAdmin();
  const t = await getTranslations('admin-codes');
  const asked = encodeURIComponent(decodeURIComponent((await params).code));
  const { data } = await readRoute<AdminCodePageAnswer>(`/api/admin/codes/${asked}`);
  const { code, redemptions, changes } = data;
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <div className="grid gap-4">
        <BackLink href="/admin/codes">{t('one.all')}</BackLink>
        <PageHeader
          title={code.code}
          actions={
            <Messages areas={['admin-codes', 'admin-shared', 'errors']}>
              <CopyButton text={code.code} label={t('one.copy')} />
              <StopCode code={code} />
              <CodeDialog code={code} />
            </Messages>
          }
        >
          {code.note === '' ? t('one.earn') : code.note}
        </PageHeader>
      </div>
      <Card>
        <CardContent>
          <dl className="grid grid-cols-2 gap-5 sm:grid-cols-3 lg:grid-cols-5">
            <Stat label={t('table.state')}>
              <CodeStateBadge code={code} at={Date.now()} />
            </Stat>
            <Stat label={t('one.each', { unit: UNIT.title })}>
              <Amount amount={code.amount} className="font-semibold" />
            </Stat>
            <Stat label={t('table.used')}>
              <CodeUses code={code} />
            </Stat>
            <Stat label={t('table.start')}>
              <LocalTime iso={code.starts_at} style="full" className="text-base" />
            </Stat>
            <Stat label={t('table.end')}>
              {code.ends_at === null ? t('open') : <LocalTime iso={code.ends_at} style="full" className="text-base" />}
            </Stat>
          </dl>
        </CardContent>
      </Card>
      <div className="grid items-start gap-5 lg:grid-cols-2 [&>*]:min-w-0">
        <Card>
          <CardHeader className="pb-4">
            <CardTitle>{t('one.usedBy')}</CardTitle>
            {redemptions.length < code.uses ? (
              <CardDescription>{t('one.newest', { count: formatCredits(redemptions.length) })}</CardDescription>
            ) : null}
          </CardHeader>
          {redemptions.length === 0 ? (
            <EmptyState icon={Users} title={t('one.nobody')} className="border-t" />
          ) : (
            <ul className="divide-y border-t text-sm">
              {redemptions.map(({ user_id: id, username, amount, redeemed_at: at }) => (
                <li key={id} className="flex items-center justify-between gap-4 px-5 py-3 sm:px-6">
                  <div className="min-w-0">
                    <Link
                      href={`/admin/users/${encodeURIComponent(id)}`}
                      className="rounded-sm font-medium wrap-anywhere underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50"
                    >
                      <bdi>{username}</bdi>
                    </Link>
                    <p className="text-[0.8125rem] text-muted-foreground">
                      <LocalTime iso={at} style="instant" />
                    </p>
                  </div>
                  <Amount amount={amount} />
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card>
          <CardHeader className="pb-4">
            <CardTitle>{t('one.changes')}</CardTitle>
          </CardHeader>
          <CodeChanges changes={changes} />
        </Card>
      </div>
    </div>
  );
}
