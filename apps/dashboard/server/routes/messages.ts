import { z } from 'zod';
import type { AdminMessageLinkAnswer, AdminMessagesAnswer } from '../../lib/admin-api.ts';
import type { Audit } from '../administration/audit.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { Routes } from '../http/route.ts';
import type { ShownMessages } from '../mail/shown-messages.ts';

export interface MessageRoutesOptions {
  messages: ShownMessages;
  sendsMail: boolean;
  audit: Pick<Audit, 'record'>;
}

const showSchema = z.strictObject({});

/** `GET /api/admin/messages`, and `POST /api/admin/messages/[id]`, which shows a link and says so in the audit log. */
export function registerMessageRoutes(routes: Routes, { messages, sendsMail, audit }: MessageRoutesOptions): void {
  routes.admin('GET', '/api/admin/messages', async () => {
    const data = { sent: sendsMail, messages: await messages.list() };
    return { body: { success: true, data } satisfies AdminMessagesAnswer };
  });

  routes.admin('POST', '/api/admin/messages/:id', async ({ request, user, caller, param }) => {
    await readBody(request, showSchema);
    const id = param('id');
    const found = /^\d{1,15}$/.test(id) ? await messages.findLink(Number(id)) : null;
    if (found === null) throw new DashboardError('message_not_found', 'There is no such link to show.');
    await audit.record({
      actor: user.id,
      kind: 'show_link',
      target: found.userId,
      reason: found.subject,
      address: caller.address ?? '',
      // Each time that a link is shown is a row.
      operationId: crypto.randomUUID(),
    });
    return { body: { success: true, data: { link: found.link } } satisfies AdminMessageLinkAnswer };
  });
}
