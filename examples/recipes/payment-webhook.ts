import { createHmac, timingSafeEqual } from 'node:crypto';
import { CreditsError, isCreditsError } from 'realtime-credits';
import { toProblemResponse, type Ledger } from 'realtime-credits-server';
import { restorePayment, takeBackPayment } from './chargeback.ts';
import { creditPayment } from './payments.ts';

export interface PaymentWebhookOptions {
  ledger: Ledger;
  /** What your payment provider signs with; while you change it, the old one and the new one. */
  secrets: readonly string[];
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Called for events that a person should look at. */
  onWarning?: (message: string, cause: unknown) => void;
}

/** Older ones may be recorded requests that somebody sends again; the provider signs each delivery again. */
const TOLERANCE_MS = 5 * 60_000;
const BODY_BYTES_MAX = 65_536;
const ACTOR = 'system:payments';

/**
 * Answers your payment provider: `POST` with `Signature: t=<seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256 of
 * `<seconds>.<body>`, and the body is `{type, payment: {id, amount_cents}}`.
 *
 * 200 means "done, or nothing to do": also for a delivery that comes again, and for events that are none of ours. Anything
 * else makes the provider deliver it again, and shows it to you as failing.
 */
export function createPaymentWebhook(options: PaymentWebhookOptions): (request: Request) => Promise<Response> {
  const { ledger, secrets, now = Date.now, onWarning = () => undefined } = options;

  async function receive(request: Request): Promise<void> {
    // The bytes as they came: parsed and written again they would be other bytes, with another signature.
    const body = await readBytes(request);
    assertSigned(body, request.headers.get('signature') ?? '', secrets, now());
    const { type, payment, paidCents } = parseEvent(body);
    if (type === 'payment.succeeded') await creditPayment(ledger, { payment, paidCents });
    if (type === 'payment.charged_back') await takeBackPayment(ledger, { payment, actor: ACTOR });
    if (type === 'payment.dispute_won') await restorePayment(ledger, { payment, actor: ACTOR });
  }

  return async (request) => {
    try {
      await receive(request);
      return Response.json({ received: true });
    } catch (error) {
      const requestId = crypto.randomUUID();
      const isForeign = isCreditsError(error) && error.code === 'forbidden'; // anybody can call a public route
      if (!isForeign) onWarning(`A payment event was not carried out (request ${requestId}).`, error);
      return toProblemResponse(error, requestId);
    }
  };
}

/** @throws {CreditsError} `forbidden` — not signed by the provider, or not within five minutes of now */
function assertSigned(body: Uint8Array, header: string, secrets: readonly string[], nowMs: number): void {
  const fields = header.split(',').map((field) => field.trim().split('='));
  const seconds = fields.find(([name]) => name === 't')?.[1] ?? '';
  const given = fields.filter(([name]) => name === 'v1').map(([, hex = '']) => Buffer.from(hex, 'hex'));
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
    // Comparing bytes one after the other would tell a forger, by its timing, how many of them are right.
    return given.some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
  });
  // The time is trusted only because it is signed as well.
  const isRecent = Math.abs(nowMs - Number(seconds) * 1_000) <= TOLERANCE_MS;
  if (!isSigned || !isRecent) throw new CreditsError('forbidden', 'The event is not signed by the payment provider.');
}

/** Events that are not about a payment have neither id nor amount; nothing is done about them. */
function parseEvent(body: Uint8Array): { type: string; payment: string; paidCents: number } {
  try {
    const event: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    const { type, payment } = event as { type?: unknown; payment?: { id?: unknown; amount_cents?: unknown } };
    return { type: String(type), payment: String(payment?.id ?? ''), paidCents: Number(payment?.amount_cents) };
  } catch (cause) {
    throw new CreditsError('invalid_request', 'The event is not JSON.', { cause });
  }
}

/** Counted as they come: nobody has shown yet who they are. @throws {CreditsError} `body_too_large` */
async function readBytes(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let chunk = await reader?.read(); chunk !== undefined && !chunk.done; chunk = await reader?.read()) {
    chunks.push(chunk.value);
    bytes += chunk.value.byteLength;
    if (bytes > BODY_BYTES_MAX) {
      void reader?.cancel().catch(() => undefined);
      throw new CreditsError('body_too_large', `An event has at most ${BODY_BYTES_MAX} bytes.`);
    }
  }
  return Buffer.concat(chunks);
}
