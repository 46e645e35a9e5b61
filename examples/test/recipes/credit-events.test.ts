import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLedger, toNodeListener } from 'realtime-credits-server';
import { afterEach, expect, test, vi } from 'vitest';
import { createCreditEvents } from '../../recipes/credit-events.ts';
import { startServer } from '../../recipes/hourly-server.ts';
import { createPaymentWebhook } from '../../recipes/payment-webhook.ts';
import { PAYMENTS_TABLE } from '../../recipes/payments.ts';
import { useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const PROVIDER_SECRET = 'a secret of the payment provider';
const now = (): number => bench.time.nowMs;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(handle: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer((request, response) => void toNodeListener({ fetch: handle })(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/credits`;
}

/** What the payment provider sends, signed by it. */
function announce(payment: string, cents: number): Request {
  const body = JSON.stringify({ type: 'payment.succeeded', payment: { id: payment, amount_cents: cents } });
  const seconds = Math.floor(now() / 1_000);
  const signature = createHmac('sha256', PROVIDER_SECRET).update(`${seconds}.${body}`).digest('hex');
  const headers = { signature: `t=${seconds},v1=${signature}` };
  return new Request('https://panel.example/payments', { method: 'POST', headers, body });
}

test('a top-up by a payment webhook ends a suspension, and the panel is told of both', async () => {
  const paused: string[][] = [];
  let handle = async (_request: Request): Promise<Response> => new Response(null, { status: 503 });
  const ledger = await createLedger({
    database: bench.database,
    schema: 'told',
    clock: { wallMs: now, setTimer: () => () => undefined },
    webhooks: {
      url: await serve((request) => handle(request)),
      secrets: [SECRET],
      events: ['rate.settled'],
      isPrivateAllowed: true,
    },
  });
  closing.push(() => ledger.close());
  handle = createCreditEvents({
    ledger,
    secrets: [SECRET],
    now,
    setPaused: async (_account, servers) => void paused.push(servers),
  });
  const receivePayment = createPaymentWebhook({ ledger, secrets: [PROVIDER_SECRET], now });
  await bench.database.pool.query(PAYMENTS_TABLE);
  await bench.database.pool.query(
    `INSERT INTO payments (id, account, credits, price_cents) VALUES ('top-up-1', 'owner', 60, 500)`,
  );
  const by = { actor: 'system:test', reason: 'A test', idempotencyKey: 'opening:owner' };
  await ledger.grant({ ...by, account: 'owner', amount: 6 });
  await startServer(ledger, { account: 'owner', server: 'server-1', creditsPerHour: 6 }, 'order-1');
  bench.time.nowMs += 3_600_000;
  await ledger.balance('owner');
  await vi.waitFor(() => expect(paused.at(-1)).toEqual(['server-1']));
  expect((await receivePayment(announce('top-up-1', 500))).status).toBe(200);
  expect((await ledger.rates('owner')).rates.map(({ state }) => state)).toEqual(['active']);
  await vi.waitFor(() => expect(paused.at(-1)).toEqual([]));
});

test('an event that the ledger did not sign, or long ago, is refused', async () => {
  const { ledger } = bench;
  const handle = createCreditEvents({ ledger, secrets: [SECRET], now, setPaused: async () => undefined });
  const body = JSON.stringify({ type: 'balance.low', data: { account: 'owner' } });
  const deliver = async (secret: string, ageMs: number): Promise<number> => {
    const timestamp = Math.floor((now() - ageMs) / 1_000);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`id-1.${timestamp}.${body}`).digest('base64');
    const headers = {
      'webhook-id': 'id-1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    };
    return (await handle(new Request('https://panel.example/credits', { method: 'POST', headers, body }))).status;
  };
  expect(await deliver(SECRET, 0)).toBe(204);
  expect(await deliver(SECRET, 6 * 60_000)).toBe(401);
  expect(await deliver(`whsec_${Buffer.alloc(32, 4).toString('base64')}`, 0)).toBe(401);
});
