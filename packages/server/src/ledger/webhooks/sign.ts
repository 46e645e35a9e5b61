import { createHmac } from 'node:crypto';

/** What a delivery says about itself. */
export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs a body as Standard Webhooks do: an HMAC-SHA256 of `id.timestamp.body` for each secret.
 *
 * @see https://www.standardwebhooks.com
 */
export function sign(
  { id, body }: { id: string; body: string },
  secrets: readonly Buffer[],
  nowMs: number,
): SignedHeaders {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
