import { getTranslations } from 'next-intl/server';
import type { Metadata } from 'next';

import { Messages } from '@/components/i18n/messages';
import { ReferralsPanel } from '@/components/referrals/referrals-panel';
import { PageHeader } from '@/components/shell/page-header';
import { requireViewer } from '@/lib/viewer';
import { getRuntime } from '@/server/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('referrals');
  return { title: t('title') };
}

export default async function ReferralsPage() {
  const t = await getTranslations('referrals');
  const { user } = await requireViewer();
  return (
    <Messages areas={['referrals', 'errors']}>
      <div className="grid gap-8">
        <PageHeader title={t('title')}>{t('text')}</PageHeader>
        <ReferralsPanel initial={await getRuntime().readReferrals(user.id)} />
      </div>
    </Messages>
  );
}
