import type { Metadata } from 'next';

import { MessageTable } from '@/components/admin/message-table';
import { PageHeader } from '@/components/shell/page-header';
import type { AdminMessagesAnswer } from '@/lib/admin-api';
import { readRoute, requireAdmin } from '@/lib/viewer';

export const metadata: Metadata = { title: 'Messages' };

export default async function MessagesPage() {
  await requireAdmin();
  const { data } = await readRoute<AdminMessagesAnswer>('/api/admin/messages');
  return (
    <div className="grid gap-8 [&>*]:min-w-0">
      <PageHeader title="Messages">
        {data.sent
          ? 'Messages to people are sent by e-mail. Here are those that could not be sent: the log says why.'
          : 'No e-mail can be sent, as no SMTP_URL is set: hand these on yourself.'}
      </PageHeader>
      <MessageTable messages={data.messages} sent={data.sent} />
    </div>
  );
}
