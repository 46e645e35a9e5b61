import { createHmac } from 'node:crypto';

/** One-way: the tables tell nobody which mailbox or address somebody came with. */
export function hashPrivately(secret: string, value: string): string {
  return createHmac('sha256', `referrals:${secret}`).update(value).digest('base64url');
}

/** `Me+1@example.com` and `me@example.com` are one mailbox, and so are `m.e@gmail.com` and `me@googlemail.com`. */
export function toMailbox(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  const [local = ''] = email.slice(0, at).toLowerCase().split('+');
  return domain === 'gmail.com' || domain === 'googlemail.com'
    ? `${local.replaceAll('.', '')}@gmail.com`
    : `${local}@${domain}`;
}
