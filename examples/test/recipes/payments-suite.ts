import { createHmac } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { restorePayment, takeBackPayment } from '../../recipes/chargeback.ts';
import { createPaymentWebhook } from '../../recipes/payment-webhook.ts';
import { creditPayment, PAYMENTS_TABLE } from '../../recipes/payments.ts';
import { expectRefusal, type TestLedger } from '../support/test-ledger.ts';

const SECRET = 'whsec_test';
const NOW_MS = Date.parse('2026-11-22T12:00:00.000Z');

/** What both kinds of database keep. Only several connections show that two transactions wait for each other. */
export function testPayments(bench: TestLedger): void {
  const warnings: string[] = [];
  let receive: (request: Request) => Promise<Response>;

  beforeAll(async () => {
    await bench.database.pool.query(PAYMENTS_TABLE);
    receive = createPaymentWebhook({
      ledger: bench.ledger,
      secrets: ['whsec_before', SECRET],
      now: () => NOW_MS,
      onWarning: (_message, cause) => warnings.push(String(cause)),
    });
  });

  interface Delivery {
    body: string;
    secret?: string;
    seconds?: number | string;
    signature?: string;
  }

  function deliver({ body, secret = SECRET, seconds = NOW_MS / 1_000, signature }: Delivery): Promise<Response> {
    const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    const headers = { signature: signature ?? `t=${seconds},v1=${hex}` };
    return receive(new Request('https://panel.example/webhooks/payments', { method: 'POST', body, headers }));
  }

  const announce = (payment: string, type = 'payment.succeeded') =>
    deliver({ body: JSON.stringify({ type, payment: { id: payment, amount_cents: 500 } }) });

  /** What the host's checkout writes: 500 credits for 5.00. */
  async function checkOut(payment: string, account: string): Promise<void> {
    const insert = 'INSERT INTO payments (id, account, credits, price_cents) VALUES ($1, $2, 500, 500)';
    await bench.database.pool.query(insert, [payment, account]);
  }

  async function readPayment(payment: string): Promise<unknown> {
    const read = 'SELECT state, taken, owed FROM payments WHERE id = $1';
    return (await bench.database.pool.query(read, [payment])).rows[0];
  }

  async function spend(account: string, amount: number): Promise<void> {
    await bench.ledger.spend({ account, actor: account, amount, reason: 'Server', idempotencyKey: `spend-${amount}` });
  }

  test('a payment is credited once, delivered ten times at once and once more later', async () => {
    await checkOut('pay-1', 'payer-1'); // an account that the ledger does not have yet
    const answers = await Promise.all(Array.from({ length: 10 }, () => announce('pay-1')));
    answers.push(await announce('pay-1'));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 11 }, () => 200));
    expect(await creditPayment(bench.ledger, { payment: 'pay-1', paidCents: 500 })).toBe(false);
    expect(await bench.readAvailable('payer-1')).toBe(500);
    expect(await readPayment('pay-1')).toMatchObject({ state: 'paid' });
  });

  test('when the credits are refused, the payment stays open: the row and the credits are one', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-2', account);
    const taken = { account, amount: 1, actor: 'system:test', reason: 'A test', idempotencyKey: 'taken' };
    await bench.ledger.grant({ ...taken, claimKey: 'payment:pay-2' });
    expect((await announce('pay-2')).status).toBe(409);
    expect(await readPayment('pay-2')).toMatchObject({ state: 'open' });
  });

  test('when the row cannot be written, no credits arrive, and the next delivery brings both', async () => {
    const { pool } = bench.database;
    const account = await bench.openAccount();
    await checkOut('pay-3', account);
    await pool.query(`ALTER TABLE payments ADD CONSTRAINT frozen CHECK (id <> 'pay-3' OR state = 'open')`);
    expect((await announce('pay-3')).status).toBe(500);
    expect(await bench.readAvailable(account)).toBe(0);
    await pool.query('ALTER TABLE payments DROP CONSTRAINT frozen');
    expect((await announce('pay-3')).status).toBe(200);
    expect(await bench.readAvailable(account)).toBe(500);
  });

  test('an event that the provider did not sign, or not just now, moves nothing', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-4', account);
    const body = JSON.stringify({ type: 'payment.succeeded', payment: { id: 'pay-4', amount_cents: 500 } });
    const seconds = NOW_MS / 1_000;
    const hex = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
    const forgeries: Delivery[] = [
      { body, secret: 'another' },
      { body, secret: '' },
      { body, signature: '' },
      { body, signature: hex },
      { body, signature: `t=${seconds},v1=` },
      { body, signature: `t=${seconds},v1=${hex.slice(0, -2)}` },
      { body, signature: `t=${seconds + 1},v1=${hex}` },
      { body, signature: `t=${seconds},v0=${hex}` },
      { body: `${body} `, signature: `t=${seconds},v1=${hex}` },
      { body, seconds: seconds - 301 },
      { body, seconds: seconds + 301 },
      { body, seconds: 'soon' },
    ];
    const warned = warnings.length;
    for (const forgery of forgeries) expect((await deliver(forgery)).status).toBe(403);
    expect(await bench.readAvailable(account)).toBe(0);
    expect(warnings).toHaveLength(warned);
    const both = `t=${seconds}, v1=${'0'.repeat(64)}, v1=${hex}`;
    for (const good of [
      { body, signature: both },
      { body, secret: 'whsec_before' },
      { body, seconds: seconds - 300 },
    ]) {
      expect((await deliver(good)).status).toBe(200);
    }
    expect(await bench.readAvailable(account)).toBe(500);
  });

  test('events that are none of ours are acknowledged, and do not come again', async () => {
    for (const body of ['{"type":"customer.created"}', '{"type":"payment.failed","payment":{"id":"pay-5"}}', '{}']) {
      const answer = await deliver({ body });
      expect([answer.status, await answer.json()]).toEqual([200, { received: true }]);
    }
  });

  test('a payment that nobody here knows, another price and nonsense are refused and reported', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-6', account);
    const warned = warnings.length;
    expect((await announce('pay-of-nobody')).status).toBe(404);
    const cheap = { type: 'payment.succeeded', payment: { id: 'pay-6', amount_cents: 5 } };
    expect((await deliver({ body: JSON.stringify(cheap) })).status).toBe(400);
    for (const body of ['nonsense', 'null', '{"type":"payment.succeeded","payment":{"id":"pay-6"}}', '']) {
      expect((await deliver({ body })).status).toBe(400);
    }
    expect((await deliver({ body: ' '.repeat(65_537) })).status).toBe(413);
    expect(warnings).toHaveLength(warned + 7);
    expect(await bench.readAvailable(account)).toBe(0);
  });

  test('a chargeback takes all back where all is there, once', async () => {
    const account = await bench.openAccount(10);
    await checkOut('pay-7', account);
    await announce('pay-7');
    const operators = ['op-1', 'op-2', 'op-3'].map((actor) =>
      takeBackPayment(bench.ledger, { payment: 'pay-7', actor }),
    );
    const [answer, ...backs] = await Promise.all([announce('pay-7', 'payment.charged_back'), ...operators]);
    expect(answer.status).toBe(200);
    for (const back of backs) expect(back).toEqual({ taken: 500, owed: 0 });
    expect(await bench.readAvailable(account)).toBe(10);
    expect(await readPayment('pay-7')).toEqual({ state: 'charged_back', taken: 500, owed: 0 });
    expect((await bench.ledger.history(account)).entries[0]?.verb).toBe('reverse');
  });

  test('a chargeback takes what is left where some is spent, and writes down the rest', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-8', account);
    await announce('pay-8');
    await spend(account, 380);
    expect(await takeBackPayment(bench.ledger, { payment: 'pay-8', actor: 'op-1' })).toEqual({ taken: 120, owed: 380 });
    expect(await takeBackPayment(bench.ledger, { payment: 'pay-8', actor: 'op-2' })).toEqual({ taken: 120, owed: 380 });
    expect(await bench.readAvailable(account)).toBe(0);
    expect((await bench.ledger.history(account)).entries[0]).toMatchObject({ actor: 'op-1', amount: 120 });
  });

  test('a chargeback of which nothing is left takes nothing', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-9', account);
    await announce('pay-9');
    await spend(account, 500);
    expect((await announce('pay-9', 'payment.charged_back')).status).toBe(200);
    expect(await readPayment('pay-9')).toEqual({ state: 'charged_back', taken: 0, owed: 500 });
  });

  test('a chargeback that overtakes its payment leaves nothing to credit', async () => {
    const account = await bench.openAccount();
    await checkOut('pay-10', account);
    await announce('pay-10', 'payment.charged_back');
    expect(await creditPayment(bench.ledger, { payment: 'pay-10', paidCents: 500 })).toBe(false);
    expect(await bench.readAvailable(account)).toBe(0);
    expect(await readPayment('pay-10')).toEqual({ state: 'charged_back', taken: 0, owed: 0 });
  });

  test('a payment that an operator had taken back before its chargeback is not taken twice', async () => {
    const { ledger } = bench;
    const account = await bench.openAccount(500);
    await checkOut('pay-11', account);
    await announce('pay-11');
    const transfer = (await ledger.history(account)).entries[0]?.transfer ?? '';
    await ledger.reverse({ transfer, actor: 'op-1', reason: 'Paid twice', idempotencyKey: 'undo' });
    expect(await takeBackPayment(ledger, { payment: 'pay-11', actor: 'op-1' })).toEqual({ taken: 0, owed: 0 });
    expect(await bench.readAvailable(account)).toBe(500);
  });

  test('D1 (after the charge): a payment that an operator took back by mistake and gave again is taken back by its chargeback', async () => {
    const { ledger } = bench;
    const account = await bench.openAccount();
    await checkOut('pay-13', account);
    await announce('pay-13');
    const undo = async (idempotencyKey: string) => {
      const transfer = (await ledger.history(account)).entries[0]?.transfer ?? '';
      await ledger.reverse({ transfer, actor: 'op-1', reason: 'Wrong ticket', idempotencyKey });
    };
    await undo('mistake');
    await undo('undone');
    expect(await bench.readAvailable(account)).toBe(500);
    await spend(account, 100);
    expect(await takeBackPayment(ledger, { payment: 'pay-13', actor: 'op-1' })).toEqual({ taken: 400, owed: 100 });
    expect(await bench.readAvailable(account)).toBe(0);
  });

  test('what a chargeback took comes back once when the dispute is won, and only then', async () => {
    const { ledger } = bench;
    const account = await bench.openAccount();
    await checkOut('pay-12', account);
    await announce('pay-12');
    expect(await restorePayment(ledger, { payment: 'pay-12', actor: 'op-1' })).toBe(false);
    await spend(account, 100);
    await announce('pay-12', 'payment.charged_back');
    await Promise.all([1, 2].map(() => announce('pay-12', 'payment.dispute_won')));
    expect(await restorePayment(ledger, { payment: 'pay-12', actor: 'op-1' })).toBe(false);
    expect(await bench.readAvailable(account)).toBe(400);
    expect(await readPayment('pay-12')).toEqual({ state: 'restored', taken: 400, owed: 0 });
    await expectRefusal(restorePayment(ledger, { payment: 'pay-of-nobody', actor: 'op-1' }), 'not_found');
  });

  test('a chargeback and a purchase at once leave no balance below 0, and every credit accounted for', async () => {
    for (const index of [0, 1, 2, 3]) {
      const [account, payment] = [await bench.openAccount(), `race-${index}`];
      await checkOut(payment, account);
      await announce(payment);
      const [back, bought] = await Promise.allSettled([
        takeBackPayment(bench.ledger, { payment, actor: 'op-1' }),
        spend(account, 200),
      ]);
      if (back.status === 'rejected') throw back.reason;
      const { taken, owed } = back.value;
      expect(taken + owed).toBe(500);
      expect(await bench.readAvailable(account)).toBe(500 - taken - (bought.status === 'fulfilled' ? 200 : 0));
    }
  });
}
