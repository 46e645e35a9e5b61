'use client';
import { MailCheck, MailX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';

import { CopyButton } from '@/components/copy-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { useRefusal } from '@/components/i18n/use-refusal';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminMessageLinkAnswer, AdminMessagesAnswer } from '@/lib/admin-api';
import { showError } from '@/lib/toast';

type Message = AdminMessagesAnswer['data']['messages'][number];

/** Messages to hand on, and those that could not be sent, newest first. Looking at a link is written into the audit log. */
export function MessageTable({ messages, sent }: { messages: readonly Message[]; sent: boolean }) {
  const t = useTranslations('admin-messages');
  if (messages.length === 0) {
    return (
      <Card>
        <EmptyState icon={sent ? MailCheck : MailX} title={t(sent ? 'empty.sent' : 'empty.notSent')}>
          {t(sent ? 'empty.sentText' : 'empty.notSentText')}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label={t('table.label')}>
        <TableHeader>
          <TableRow>
            <TableHead>{t('table.to')}</TableHead>
            <TableHead>{t(sent ? 'table.state' : 'table.link')}</TableHead>
            <TableHead className="max-sm:hidden">{t('table.when')}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {messages.map((message) => (
            <TableRow key={message.id}>
              <TableCell className="whitespace-normal">
                <p className="font-medium break-all">
                  <bdi>{message.to}</bdi>
                </p>
                <p className="text-[0.8125rem] text-muted-foreground">
                  <bdi>{message.subject}</bdi>
                </p>
                <p className="mt-1 text-[0.8125rem] text-muted-foreground sm:hidden">
                  <LocalTime iso={message.at} style="instant" />
                </p>
              </TableCell>
              <TableCell className="sm:min-w-72">
                <MessageLink message={message} />
              </TableCell>
              <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
                <LocalTime iso={message.at} style="instant" />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function MessageLink({ message: { id, to, link: where, failed } }: { message: Message }) {
  const t = useTranslations('admin-messages.link');
  const refusal = useRefusal();
  const [link, setLink] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function handleShow() {
    setPending(true);
    const result = await send<AdminMessageLinkAnswer>('POST', `/api/admin/messages/${id}`, {});
    setPending(false);
    if (result.ok) setLink(result.answer.data.link);
    else showError(t('failed'), refusal(result.failure));
  }

  if (failed) return <Badge variant="destructive">{t('notSent')}</Badge>;
  if (where === 'none') return <span className="text-muted-foreground">{t('none')}</span>;
  if (where === 'terminal') {
    return <span className="text-[0.8125rem] whitespace-normal text-muted-foreground">{t('terminal')}</span>;
  }
  if (link !== null) {
    return (
      <div className="flex min-w-40 items-center gap-1">
        <Input
          readOnly
          dir="ltr"
          value={link}
          aria-label={t('label', { address: to })}
          className="h-8 font-mono text-xs"
        />
        <CopyButton compact text={link} label={t('copy', { address: to })} />
      </div>
    );
  }
  return (
    <SubmitButton type="button" variant="outline" size="sm" pending={pending} onClick={() => void handleShow()}>
      <span>{t.rich('show', { address: to, rest: hide })}</span>
    </SubmitButton>
  );
}

/** What eyes see in the same line. */
function hide(chunks: ReactNode): ReactNode {
  return <span className="sr-only">{chunks}</span>;
}
