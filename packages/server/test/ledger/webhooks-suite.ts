import { afterEach, expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/clock.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { createLedgerOnStorage } from '../../src/ledger/ledger-on-storage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { SqlQuery } from '../../src/ledger/postgres/database.ts';
import { openPostgresStorage } from '../../src/ledger/postgres/postgres-storage.ts';
import { parseWebhooks, type WebhookOptions } from '../../src/ledger/webhooks/options.ts';
import { by, fresh, refusal, type DatabaseBench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';
import { openReceiver, SECRET, type ReceivedEvent, type Receiver } from '../support/receiver.ts';
import { recordQueries } from '../support/record-queries.ts';

const BALANCE = ['balance.low', 'balance.exhausted', 'balance.restored'] as const;
const WAIT = { timeout: 20_000 };

/** Events and their delivery, on a database. Each test has a ledger of its own: an outbox belongs to a ledger. */
export function testWebhooks(bench: DatabaseBench): void {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function receive(...answer: Parameters<typeof openReceiver>): Promise<Receiver> {
    const receiver = await openReceiver(...answer);
    closing.push(() => receiver.close());
    return receiver;
  }

  const nameSchema = (): string => fresh('hooks').replace(':', '_');

  /** A ledger that tells a receiver. */
  async function open(
    { url }: Pick<Receiver, 'url'>,
    webhooks: Pick<WebhookOptions, 'events'> & Partial<WebhookOptions>,
    { schema = nameSchema(), expirySweepMs = HOUR_MS }: { schema?: string; expirySweepMs?: number } = {},
  ): Promise<{ ledger: Ledger; schema: string; close: () => Promise<void> }> {
    const ledger = await createLedger({
      database: bench.database,
      schema,
      expirySweepMs,
      clock: { ...SYSTEM_CLOCK, wallMs: () => bench.time.nowMs },
      webhooks:
        webhooks.onEvent === undefined ? { url, secrets: [SECRET], isPrivateAllowed: true, ...webhooks } : webhooks,
    });
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= ledger.close());
    closing.push(close);
    return { ledger, schema, close };
  }

  const grant = (ledger: Ledger, account: string, amount: number) =>
    ledger.grant({ ...by('system:test'), account, amount });
  const spend = (ledger: Ledger, account: string, amount: number) => ledger.spend({ ...by(account), account, amount });

  const sql = async <Row>(statement: string): Promise<Row[]> =>
    (await bench.database.pool.query(statement)).rows as Row[];

  /** Types of all events that were stored for an account, in order. */
  const stored = (ledger: Ledger, account: string): Promise<string[]> =>
    ledger.webhooks.list({ account, limit: 100 }).then(({ deliveries }) =>
      deliveries.toReversed().map(({ type, body }) => {
        const { threshold } = (JSON.parse(body) as ReceivedEvent).data;
        return threshold === undefined ? type : `${type} ${threshold}`;
      }),
    );

  test('T16 an account is warned once for each crossing, and again only after it was clearly above', async () => {
    const receiver = await receive();
    const { ledger } = await open(receiver, { events: BALANCE, thresholds: [20, 100] });
    const account = fresh('user');
    await grant(ledger, account, 500);
    await spend(ledger, account, 400);
    await grant(ledger, account, 9); // 109: a tenth above would be 110
    await spend(ledger, account, 50);
    await grant(ledger, account, 51); // 110
    await spend(ledger, account, 95); // 15
    await spend(ledger, account, 15);
    await grant(ledger, account, 500);
    await spend(ledger, account, 500);
    const expected = ['low 100', 'low 20', 'exhausted', 'restored', 'exhausted'].map((each) => `balance.${each}`);
    expect(await stored(ledger, account)).toEqual(expected);
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(expected), WAIT);
  });

  test('T16 what an account is below before anything was told is passed over, and what it is above is armed', async () => {
    const { ledger } = await open(await receive(), { events: BALANCE, thresholds: [100, 20] });
    const account = fresh('user');
    await grant(ledger, account, 50);
    await spend(ledger, account, 10);
    await grant(ledger, account, 61); // 101
    await spend(ledger, account, 1);
    expect(await stored(ledger, account)).toEqual(['balance.low 100']);
    await spend(ledger, account, 90);
    expect(await stored(ledger, account)).toEqual(['balance.low 100', 'balance.low 20']);
  });

  test('T16 commands of one batch are told as if each came alone', async () => {
    const { ledger } = await open(await receive(), { events: BALANCE, thresholds: [10] });
    const account = fresh('user');
    await grant(ledger, account, 50);
    await Promise.all([spend(ledger, account, 45), grant(ledger, account, 95), spend(ledger, account, 95)]);
    expect(await stored(ledger, account)).toEqual(['balance.low 10', 'balance.low 10']);
  });

  test('T16 a rate is suspended after its warnings, and the grant that pays for it resumes it', async () => {
    const receiver = await receive();
    const events = [...BALANCE, 'rate.settled'] as const;
    const { ledger } = await open(receiver, { events, thresholds: [20] }, { expirySweepMs: 20 });
    const account = fresh('user');
    await grant(ledger, account, 60);
    await ledger.startRate({ ...by('system:panel'), account, resource: 'server', amount: 60, per: 'hour' });
    for (let minute = 0; minute < 61; minute += 10) {
      bench.time.nowMs += 10 * 60_000;
      await ledger.balance(account);
    }
    const { rates } = await ledger.rates(account);
    expect(rates.map(({ state }) => state)).toEqual(['suspended']);
    await grant(ledger, account, 60);
    expect((await ledger.rates(account)).rates.map(({ state }) => state)).toEqual(['active']);
    const told = (await stored(ledger, account)).filter((type) => type !== 'rate.settled');
    expect(told).toEqual(['balance.low 20', 'balance.exhausted', 'balance.restored']);
    await vi.waitFor(() => expect(receiver.received.at(-1)?.data).toMatchObject({ rate: { state: 'active' } }), WAIT);
  });

  test('T16 a threshold and the end that are settled together are told as the end alone', async () => {
    const { ledger } = await open(await receive(), { events: BALANCE, thresholds: [20, 40] });
    const account = fresh('user');
    await grant(ledger, account, 60);
    await ledger.startRate({ ...by('system:panel'), account, resource: 'server', amount: 60, per: 'hour' });
    bench.time.nowMs += 2 * HOUR_MS;
    await ledger.balance(account);
    expect(await stored(ledger, account)).toEqual(['balance.exhausted']);
    // Both thresholds count as told: they are armed again by what the account has, not by what was sent.
    await grant(ledger, account, 30);
    await spend(ledger, account, 15);
    expect(await stored(ledger, account)).toEqual(['balance.exhausted', 'balance.restored', 'balance.low 20']);
  });

  test('T17 the instant of a threshold is known in advance, and nobody has to read', async () => {
    const receiver = await receive();
    const { ledger, schema } = await open(receiver, { events: BALANCE, thresholds: [97] }, { expirySweepMs: 20 });
    const account = fresh('user');
    await grant(ledger, account, 100);
    const startMs = bench.time.nowMs;
    await ledger.startRate({ ...by('system:panel'), account, resource: 'server', amount: 60, per: 'hour' });
    const dueAt = `SELECT (extract(epoch FROM due_at) * 1000)::bigint AS due FROM ${schema}.rates`;
    expect((await sql<{ due: string }>(dueAt)).map(({ due }) => Number(due) - startMs)).toEqual([3 * 60_000]);
    bench.time.nowMs = startMs + 3 * 60_000 - 1;
    expect(await stored(ledger, account)).toEqual([]);
    bench.time.nowMs += 1;
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['balance.low 97']), WAIT);
    expect(receiver.received[0]?.data).toMatchObject({ balance: { available: 97 } });
  });

  test('T17 credits that expire are told at the instants that the host named, unless they are spent', async () => {
    const receiver = await receive();
    const events = ['lot.expiring', 'lot.expired'] as const;
    const { ledger, schema } = await open(receiver, { events, expiringDays: [1, 7] }, { expirySweepMs: 20 });
    const [account, spender] = [fresh('user'), fresh('user')];
    const expiresAt = new Date(bench.time.nowMs + 5 * DAY_MS).toISOString();
    for (const each of [account, spender]) {
      await ledger.grant({ ...by('system:test'), account: each, amount: 10, expiresAt });
    }
    await spend(ledger, spender, 10);
    await spend(ledger, account, 4);
    bench.time.nowMs += 4 * DAY_MS;
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['lot.expiring']), WAIT);
    expect(receiver.received[0]?.data).toMatchObject({ lot: { available: 6, amount: 10, expiresAt } });
    bench.time.nowMs += DAY_MS;
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['lot.expiring', 'lot.expired']), WAIT);
    expect(receiver.told(spender)).toEqual([]);
    await vi.waitFor(async () => expect(await sql(`SELECT 1 FROM ${schema}.lot_alerts`)).toEqual([]), WAIT);
  });

  test('T17 a hold that ends is told', async () => {
    const receiver = await receive();
    const { ledger } = await open(receiver, { events: ['hold.expired'] }, { expirySweepMs: 20 });
    const account = fresh('user');
    await grant(ledger, account, 10);
    const { hold } = await ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
    bench.time.nowMs += 60_000;
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['hold.expired']), WAIT);
    expect(receiver.received[0]?.data).toMatchObject({ hold: { id: hold.id, state: 'expired' } });
  });

  test('T18 an account has a bounded number of low balances in a day, whatever an automatic top-up does', async () => {
    const { ledger } = await open(await receive(), { events: BALANCE, thresholds: [10], lowPerDay: 2 });
    const account = fresh('user');
    bench.time.nowMs = (Math.floor(bench.time.nowMs / DAY_MS) + 1) * DAY_MS;
    const emptyAndTopUp = async (): Promise<void> => {
      await grant(ledger, account, 100);
      await spend(ledger, account, 95);
      await spend(ledger, account, 5);
    };
    for (let time = 0; time < 4; time += 1) await emptyAndTopUp();
    const count = async (type: string) => (await stored(ledger, account)).filter((each) => each === type).length;
    expect([await count('balance.low 10'), await count('balance.exhausted')]).toEqual([2, 4]);
    bench.time.nowMs += DAY_MS;
    await emptyAndTopUp();
    expect(await count('balance.low 10')).toBe(3);
  });

  test('T19 an event is committed with its change or not at all, and once', async () => {
    const receiver = await receive();
    const { ledger } = await open(receiver, { events: ['transfer.posted'] });
    const account = fresh('user');
    const command = { ...by('system:test'), account, amount: 10 };
    await ledger.grant(command);
    expect((await ledger.grant(command)).replayed).toBe(true);
    await refusal(ledger.spend({ ...by(account), account, amount: 11 }), 'insufficient_credits');
    const undone = ledger.transaction(async ({ ledger: joined }) => {
      await joined.grant({ ...by('system:test'), account, amount: 5 });
      throw new Error('The host changed its mind.');
    });
    await expect(undone).rejects.toThrow('changed its mind');
    expect(await stored(ledger, account)).toEqual(['transfer.posted']);
    await ledger.transaction(async ({ ledger: joined }) => {
      await joined.spend({ ...by(account), account, amount: 4 });
    });
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['transfer.posted', 'transfer.posted']), WAIT);
    const [first, second] = receiver.received;
    expect(first?.data).toMatchObject({ version: 1, entry: { verb: 'grant', amount: 10, direction: 'credit' } });
    expect(second?.data).toMatchObject({ version: 2, balance: { posted: 6, held: 0, available: 6 } });
  });

  test('T19 an event of a process that died after its commit is sent by another one', async () => {
    const schema = nameSchema();
    const receiver = await receive();
    const events = ['transfer.posted'] as const;
    const { rules } = parseWebhooks({ url: receiver.url, secrets: [SECRET], events, isPrivateAllowed: true });
    const location = { database: bench.database, schema, listenUrl: undefined, onWarning: () => undefined };
    const { storage } = await openPostgresStorage({ ...location, events: rules });
    const dying = createLedgerOnStorage({ storage, clock: { ...SYSTEM_CLOCK, wallMs: () => bench.time.nowMs } });
    const account = fresh('user');
    await grant(dying, account, 10);
    await dying.close();
    expect(receiver.received).toEqual([]);
    await open(receiver, { events }, { schema });
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['transfer.posted']), WAIT);
  });

  test('T19 an event of a process that died while it sent is sent again, with the same id and body', async () => {
    const receiver = await receive((_event, response) => {
      if (receiver.received.length > 1) response.end();
    });
    const events = ['transfer.posted'] as const;
    const first = await open(receiver, { events });
    const account = fresh('user');
    await grant(first.ledger, account, 10);
    await vi.waitFor(() => expect(receiver.received.length).toBe(1), WAIT);
    // The first process never receives an answer, and its claim ends.
    bench.time.nowMs += 61_000;
    await open(receiver, { events }, { schema: first.schema });
    await vi.waitFor(() => expect(receiver.told(account)).toEqual(['transfer.posted']), WAIT);
    const [before, after] = receiver.received;
    expect([after?.id, after?.text]).toEqual([before?.id, before?.text]);
    await receiver.close(); // what the first process receives now changes nothing
    await first.close();
    expect((await first.ledger.webhooks.list({ account })).deliveries.map(({ state }) => state)).toEqual(['delivered']);
  });

  test('two instances send each event once, in the order of each account', async () => {
    const receiver = await receive();
    const events = ['transfer.posted', 'balance.low'] as const;
    const one = await open(receiver, { events, thresholds: [1] });
    const two = await open(receiver, { events, thresholds: [1] }, { schema: one.schema });
    const accounts = Array.from({ length: 12 }, () => fresh('user'));
    const commands = accounts.flatMap((account) =>
      [one, two, one, two].map(({ ledger }, index) => grant(ledger, account, index + 1)),
    );
    await Promise.all(commands);
    await vi.waitFor(() => expect(receiver.received.length).toBe(48), WAIT);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(48);
    for (const account of accounts) {
      const versions = receiver.received.filter(({ data }) => data.account === account).map(({ data }) => data.version);
      expect(versions).toEqual([1, 2, 3, 4]);
    }
    await one.close();
    await two.close();
    const { deliveries } = await one.ledger.webhooks.list({ state: 'delivered', limit: 100 });
    expect(deliveries.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 48 }, () => 1));
  });

  test('T17 what comes while as many events as can be are on their way is sent after them', async () => {
    const held: (() => void)[] = [];
    let isHolding = true;
    const receiver = await receive((_event, response) => {
      if (isHolding) held.push(() => response.end());
      else response.end();
    });
    const { ledger } = await open(receiver, { events: ['transfer.posted'] });
    await Promise.all(Array.from({ length: 20 }, () => grant(ledger, fresh('user'), 1)));
    await vi.waitFor(() => expect(held).toHaveLength(20), WAIT);
    const [next, last] = [fresh('user'), fresh('user')];
    await grant(ledger, next, 1);
    isHolding = false;
    for (const answer of held) answer();
    await vi.waitFor(() => expect(receiver.told(next)).toEqual(['transfer.posted']), WAIT);
    await grant(ledger, last, 1);
    await vi.waitFor(() => expect(receiver.told(last)).toEqual(['transfer.posted']), WAIT);
  });

  test('a receiver in the process gets what others get: in order, and again what it rejected or what nobody settled', async () => {
    const account = fresh('user');
    const taken: { id: string; type: string; version: number }[] = [];
    let isDown = true;
    const onEvent: WebhookOptions['onEvent'] = async ({ id, type, body, ...event }) => {
      const { data } = JSON.parse(body) as { data: { version: number; account: string } };
      expect([event.account, data.account]).toEqual([account, account]);
      taken.push({ id, type, version: data.version });
      if (isDown) throw new Error('The table is locked.');
    };
    const webhooks = { events: ['transfer.posted', 'balance.low'] as const, thresholds: [5], onEvent };
    const { ledger, schema } = await open({ url: '' }, webhooks);
    await open({ url: '' }, webhooks, { schema });
    await grant(ledger, account, 6);
    await spend(ledger, account, 1);
    await vi.waitFor(async () => {
      const { deliveries } = await ledger.webhooks.list({ account });
      expect(deliveries.at(-1)).toMatchObject({ state: 'pending', attempts: 1, error: 'The table is locked.' });
    }, WAIT);
    isDown = false;
    bench.time.nowMs += 10_000;
    await vi.waitFor(() => expect(taken).toHaveLength(4), WAIT);
    expect(taken.map(({ type, version }) => [type, version])).toEqual([
      ['transfer.posted', 1],
      ['transfer.posted', 1],
      ['transfer.posted', 2],
      ['balance.low', 2],
    ]);
    expect(taken[1]?.id).toBe(taken[0]?.id);
  });

  test('later events of an account wait for one that fails, and other accounts do not', async () => {
    const [failing, other] = [fresh('user'), fresh('user')];
    let isDown = true;
    const receiver = await receive(({ data }, response) => {
      response.statusCode = data.account === failing && isDown ? 500 : 200;
      response.end();
    });
    const { ledger } = await open(receiver, { events: ['transfer.posted'] });
    await grant(ledger, failing, 1);
    await grant(ledger, failing, 2);
    await grant(ledger, other, 3);
    await vi.waitFor(() => expect(receiver.told(other)).toEqual(['transfer.posted']), WAIT);
    const { deliveries } = await vi.waitFor(async () => {
      const page = await ledger.webhooks.list({ account: failing });
      expect(page.deliveries.at(-1)?.error).toBe('The receiver answered 500.');
      return page;
    }, WAIT);
    expect(deliveries.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['pending', 0],
      ['pending', 1],
    ]);
    isDown = false;
    bench.time.nowMs += 10_000;
    await vi.waitFor(() => expect(receiver.told(failing)).toHaveLength(2), WAIT);
    const versions = receiver.received.filter(({ data }) => data.account === failing).map(({ data }) => data.version);
    expect(versions).toEqual([1, 1, 2]);
  });

  test('an event that fails for a day is given up, stays visible, and can be sent again', async () => {
    let isDown = true;
    const receiver = await receive((_event, response) => {
      response.statusCode = isDown ? 503 : 200;
      response.end();
    });
    const { ledger } = await open(receiver, { events: ['transfer.posted'], keepDays: 3 });
    const account = fresh('user');
    await grant(ledger, account, 1);
    await vi.waitFor(() => expect(receiver.received.length).toBe(1), WAIT);
    const find = async (state: 'pending' | 'failed' | 'delivered') =>
      (await ledger.webhooks.list({ state, account })).deliveries;
    await vi.waitFor(async () => expect((await find('pending'))[0]?.error).toContain('503'), WAIT);
    bench.time.nowMs += DAY_MS;
    await vi.waitFor(async () => expect(await find('failed')).toHaveLength(1), WAIT);
    const [failed] = await find('failed');
    expect(failed).toMatchObject({
      account,
      type: 'transfer.posted',
      attempts: 2,
      error: 'The receiver answered 503.',
    });
    isDown = false;
    await ledger.webhooks.replay(failed?.id ?? '');
    await vi.waitFor(async () => expect(await find('delivered')).toHaveLength(1), WAIT);
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set([failed?.id]));
    // What was delivered long ago is removed.
    bench.time.nowMs += 4 * DAY_MS;
    await grant(ledger, fresh('user'), 1);
    await vi.waitFor(async () => expect(await find('delivered')).toEqual([]), WAIT);
    await refusal(ledger.webhooks.replay(failed?.id ?? ''), 'not_found');
    await refusal(ledger.webhooks.replay('x'), 'invalid_request');
    await refusal(ledger.webhooks.list({ limit: 0 }), 'invalid_request');
  });

  test('without webhooks a command sends no statement more, and stores no row', async () => {
    const sent: SqlQuery[] = [];
    const schema = nameSchema();
    const database = { ...bench.database, pool: recordQueries(bench.database.pool, (query) => sent.push(query)) };
    const clock = { wallMs: () => bench.time.nowMs, setTimer: () => () => undefined };
    const ledger = await createLedger({ database, schema, clock });
    const account = fresh('user');
    await grant(ledger, account, 100);
    sent.length = 0;
    const expiresAt = new Date(bench.time.nowMs + 5 * DAY_MS).toISOString();
    await ledger.grant({ ...by('system:test'), account, amount: 10, expiresAt });
    await spend(ledger, account, 110);
    expect(sent.filter(({ text }) => /outbox|alerts/.test(text))).toEqual([]);
    for (const table of ['outbox', 'alerts', 'lot_alerts'])
      expect(await sql(`SELECT 1 FROM ${schema}.${table}`)).toEqual([]);
    await ledger.close();
  });

  test('what a process without webhooks changed is made up for by the next one that has them', async () => {
    const { ledger, schema } = await open(await receive(), { events: BALANCE, thresholds: [10] });
    const plain = await createLedger({
      database: bench.database,
      schema,
      clock: { wallMs: () => bench.time.nowMs, setTimer: () => () => undefined },
    });
    const account = fresh('user');
    await grant(ledger, account, 100);
    await spend(ledger, account, 95);
    await grant(plain, account, 95);
    await spend(ledger, account, 95);
    expect(await stored(ledger, account)).toEqual(['balance.low 10', 'balance.low 10']);
    await plain.close();
  });
}
