'use client';
import { MailCheck, MailX } from 'lucide-react';
import { useState } from 'react';

import { CopyButton } from '@/components/copy-button';
import { LocalTime } from '@/components/credits/activity/local-time';
import { send } from '@/components/credits/send';
import { EmptyState } from '@/components/credits/ui/empty-state';
import { SubmitButton } from '@/components/credits/ui/submit-button';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { AdminMessageLinkAnswer, AdminMessagesAnswer } from '@/lib/admin-api';
import { showError } from '@/lib/toast';

type Message = AdminMessagesAnswer['data']['messages'][number];

/** Messages to hand on, and those that could not be sent, newest first. Looking at a link is written into the audit log. */
export function MessageTable({ messages, sent }: { messages: readonly Message[]; sent: boolean }) {
  if (messages.length === 0) {
    return (
      <Card>
        <EmptyState icon={sent ? MailCheck : MailX} title={sent ? 'Nothing failed' : 'Nothing to hand on'}>
          {sent ? 'A message that cannot be sent appears here.' : 'What would be sent to people appears here.'}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-hidden">
      <Table aria-label="Messages">
        <TableHeader>
          <TableRow>
            <TableHead>To</TableHead>
            <TableHead>{sent ? 'State' : 'Link'}</TableHead>
            <TableHead className="max-sm:hidden">When</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {messages.map((message) => (
            <TableRow key={message.id}>
              <TableCell className="whitespace-normal">
                <p className="font-medium break-all">{message.to}</p>
                <p className="text-[0.8125rem] text-muted-foreground">{message.subject}</p>
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
  const [link, setLink] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function handleShow() {
    setPending(true);
    const result = await send<AdminMessageLinkAnswer>('POST', `/api/admin/messages/${id}`, {});
    setPending(false);
    if (result.ok) setLink(result.answer.data.link);
    else showError('The link could not be shown', result.failure.message);
  }

  if (failed) return <Badge variant="destructive">Not sent</Badge>;
  if (where === 'none') return <span className="text-muted-foreground">None</span>;
  if (where === 'terminal') {
    return <span className="text-[0.8125rem] whitespace-normal text-muted-foreground">In the terminal only</span>;
  }
  if (link !== null) {
    return (
      <div className="flex min-w-40 items-center gap-1">
        <Input readOnly value={link} aria-label={`Link for ${to}`} className="h-8 font-mono text-xs" />
        <CopyButton compact text={link} label={`Copy the link for ${to}`} />
      </div>
    );
  }
  return (
    <SubmitButton type="button" variant="outline" size="sm" pending={pending} onClick={() => void handleShow()}>
      Show<span className="sr-only"> the link for {to}</span>
    </SubmitButton>
  );
}
