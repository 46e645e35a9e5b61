import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';

import { MessageTable } from '@/components/admin/message-table';
import { Messages } from '@/components/i18n/messages';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminMessagesAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin-messages');
  return { title: t('title') };
}

export default async function MessagesPage() {
  await requireAdmin();
  const t = await getTranslations('admin-messages');
  const { data } = await readRoute<AdminMessagesAnswer>('/api/admin/messages');
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title={t('title')}>{t(data.sent ? 'sentText' : 'notSentText')}</PageHeader>
      <Messages areas={['admin-messages', 'errors']}>
        <MessageTable messages={data.messages} sent={data.sent} />
      </Messages>
    </div>
  );
}
