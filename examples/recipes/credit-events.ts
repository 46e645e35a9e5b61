import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ledger } from 'realtime-credits-server';
import { listUnpaid } from './hourly-server.ts';

export interface CreditEventsOptions {
  ledger: Ledger;
  /** The secrets of the ledger's `webhooks`. */
  secrets: readonly string[];
  /** Pauses these servers of an account, and continues all others of it. */
  setPaused: (account: string, servers: string[]) => Promise<void>;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** Older ones may be recorded requests that somebody sends again; the ledger signs each delivery again. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Answers the ledger's own webhooks: pauses servers when their rates are suspended, and continues them after a top-up.
 * What an event says may be older than another one: what is done follows from the ledger as it is now, so an event that
 * comes twice does no harm. When `setPaused` fails the event comes again.
 */
export function createCreditEvents(options: CreditEventsOptions): (request: Request) => Promise<Response> {
  const { ledger, secrets, setPaused, now = Date.now } = options;
  return async (request) => {
    const body = await request.text();
    if (!isSigned(request.headers, body, { secrets, nowMs: now() })) return new Response(null, { status: 401 });
    const { type, data } = JSON.parse(body) as { type: string; data: { account: string } };
    if (type === 'rate.settled') await setPaused(data.account, await listUnpaid(ledger, data.account));
    return new Response(null, { status: 204 });
  };
}

/** Whether a request is signed as Standard Webhooks are, with one of these secrets, within five minutes of now. */
function isSigned(
  headers: Headers,
  body: string,
  { secrets, nowMs }: { secrets: readonly string[]; nowMs: number },
): boolean {
  const [id, timestamp] = [headers.get('webhook-id') ?? '', headers.get('webhook-timestamp') ?? ''];
  const given = (headers.get('webhook-signature') ?? '')
    .split(' ')
    .map((signature) => Buffer.from(signature.replace(/^v1,/, ''), 'base64'));
  const isRecent = Math.abs(nowMs - Number(timestamp) * 1_000) <= TOLERANCE_MS;
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    return isRecent && given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}
