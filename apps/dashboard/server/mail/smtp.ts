import { createTransport } from 'nodemailer';
import type { Deliver } from './mailer.ts';
import { writeLetter } from './messages.ts';

/** Long enough for a slow server, and far below the hours that the library's own would hold a message. */
const TIMEOUT_MS = 20_000;

/**
 * Sends messages to an SMTP server. What it wants to know besides (`?requireTLS=true`) may be in the URL.
 *
 * @param url - Starts with `smtp://` or `smtps://`; its user name and password are sent over TLS only.
 * @param from - Such as `Panel <panel@example.com>`.
 */
export function createSmtp({ url, from }: { url: string; from: string }): { deliver: Deliver; close(): void } {
  const { username, hostname } = new URL(url);
  const domain = /@([^<>@\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  const isLocal = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(username !== '' && !isLocal && url.startsWith('smtp:') ? { requireTLS: true } : {}),
  });
  return {
    deliver: async (message, id) => {
      await transport.sendMail({
        from,
        to: { name: '', address: message.to },
        ...writeLetter(message),
        messageId: `<${id}@${domain}>`,
        // No holiday answers.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => transport.close(),
  };
}
