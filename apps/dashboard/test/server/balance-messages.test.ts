import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import type { ServerCreateAnswer } from '../../lib/api.ts';
import { createLinkSeal } from '../../server/mail/link-seal.ts';
import { createBalanceMessages } from '../../server/mail/balance-messages.ts';
import { writeLetter, type Message } from '../../server/mail/messages.ts';
import { createOutbox } from '../../server/mail/outbox.ts';
import { openTestDashboard, ORIGIN, type Person, type TestDashboard } from './support/dashboard.ts';
import { EMBER } from './support/order.ts';
import { createFakePanel } from './support/provisioner.ts';

const WAIT = { timeout: 20_000 };

let database: Database;
let dashboard: TestDashboard;
let other: TestDashboard;
let people = 0;

beforeAll(async () => {
  database = await openEmbedded({ memory: true });
  const options = { database, provisioner: createFakePanel(), limits: { serverCreate: {} } };
  const environment = { LOW_BALANCE: '50,20', TIME_ZONE: 'Europe/Berlin' };
  dashboard = await openTestDashboard({ ...options, environment });
  other = await openTestDashboard({ ...options, environment });
});
afterAll(async () => {
  await dashboard.end();
  await other.end();
  await database.close();
});

async function player(credits: number, { verified = true }: { verified?: boolean } = {}): Promise<Person> {
  people += 1;
  const person = await dashboard.signUp(`low${people}`);
  await database.pool.query(`UPDATE "user" SET "emailVerified" = $2 WHERE id = $1`, [person.id, verified]);
  await dashboard.grant(person, credits);
  return person;
}

async function rent(as: Person): Promise<void> {
  const { status } = await dashboard.send<ServerCreateAnswer>('/api/servers/create', { as, body: EMBER });
  expect(status).toBe(201);
}

const spend = ({ id }: Person, amount: number) =>
  dashboard.ledger.spend({
    account: id,
    amount,
    idempotencyKey: crypto.randomUUID(),
    actor: 'system:test',
    reason: 'A map',
  });

/** What was written to somebody about their balance, by both instances, in order. */
async function written({ email }: Person): Promise<Message[]> {
  return [...dashboard.messages, ...other.messages].filter(({ to, kind }) => to === email && kind !== 'verify');
}

/** Waits until every event was handled, and every message sent. */
async function settle({ id }: Person): Promise<void> {
  await vi.waitFor(async () => {
    const { deliveries } = await dashboard.ledger.webhooks.list({ account: id, limit: 100 });
    expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([]);
    const { rows } = await database.pool.query('SELECT 1 FROM dashboard_outbox WHERE user_id = $1', [id]);
    expect(rows).toEqual([]);
  }, WAIT);
}

test('who pays by the hour is told once for each crossing, with two instances: low, gone, and there again', async () => {
  const person = await player(100);
  await rent(person);
  await spend(person, 50); // 48
  await settle(person);
  await spend(person, 10);
  await settle(person);
  expect((await written(person)).map(({ kind, details }) => [kind, details?.available])).toEqual([['low', 48]]);
  const [low] = await written(person);
  expect(low).toMatchObject({ to: person.email, link: `${ORIGIN}/` });
  expect(low?.details?.runway).toMatch(/^until (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d \(Europe\/Berlin\)$/);

  await spend(person, 38);
  await settle(person);
  await dashboard.grant(person, 30);
  await settle(person);
  expect((await written(person)).map(({ kind, details }) => [kind, details?.available])).toEqual([
    ['low', 48],
    ['exhausted', 0],
    ['restored', 30],
  ]);
  expect([...dashboard.warnings, ...other.warnings]).toEqual([]);
});

test('nobody is told of a balance who pays nothing by the hour, has no verified address, or does not want it', async () => {
  const idle = await player(100);
  const unverified = await player(100, { verified: false });
  const silent = await player(100);
  await rent(unverified);
  await rent(silent);
  const off = await dashboard.send<{ user: object }>('/api/user/update-profile', {
    as: silent,
    body: { balance_messages: false },
  });
  expect(off.body.user).toMatchObject({ balance_messages: false });
  for (const person of [idle, unverified, silent]) {
    await spend(person, 60);
    await settle(person);
    expect(await written(person)).toEqual([]);
  }
  await dashboard.send('/api/user/update-profile', { as: silent, body: { balance_messages: true } });
  await spend(silent, 20);
  await settle(silent);
  expect((await written(silent)).map(({ kind }) => kind)).toEqual(['low']);
});

test('an event that comes again after a crash, or from a replay, writes no second message', async () => {
  const person = await player(60);
  await rent(person);
  await spend(person, 20);
  await settle(person);
  const [event] = (await dashboard.ledger.webhooks.list({ account: person.id })).deliveries;
  if (event === undefined) throw new Error('Nothing was stored.');
  await dashboard.ledger.webhooks.replay(event.id);
  await settle(person);
  // As a process does that dies before it says that it handled the event.
  const { pool } = database;
  const direct = createBalanceMessages({
    pool,
    ledger: dashboard.ledger,
    outbox: createOutbox(pool, Date.now, createLinkSeal('only-for-tests')),
    mailer: { sweep: () => Promise.resolve() },
    publicUrl: ORIGIN,
    timeZone: 'UTC',
    now: Date.now,
  });
  const received = { id: event.id, account: person.id, type: 'balance.low' as const, body: event.body };
  await Promise.all([direct.receive(received), direct.receive(received)]);
  await settle(person);
  expect(await written(person)).toHaveLength(1);
});

test('an event that is no longer true when it comes is left out', async () => {
  const person = await player(60);
  await rent(person);
  const { pool } = database;
  const addOnce = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const { receive } = createBalanceMessages({
    pool,
    ledger: dashboard.ledger,
    outbox: { addOnce },
    mailer: { sweep: () => Promise.resolve() },
    publicUrl: ORIGIN,
    timeZone: 'UTC',
    now: Date.now,
  });
  const body = JSON.stringify({ data: { threshold: 50 } });
  for (const type of ['balance.low', 'balance.exhausted'] as const) {
    await receive({ id: crypto.randomUUID(), account: person.id, type, body });
  }
  expect(addOnce).not.toHaveBeenCalled();
});

test.each([
  [
    'low',
    { available: 48, runway: 'until Tue 14:20 (UTC)' },
    'You have 48 credits left. What you pay by the hour is paid until Tue 14:20 (UTC), and then it pauses until you have credits again.',
  ],
  [
    'exhausted',
    { available: 0, runway: null },
    'What you pay by the hour is paused. Nothing is deleted, and it goes on as soon as you have enough credits.',
  ],
  [
    'exhausted',
    { available: 0, runway: 'until Tue 14:20 (UTC)' },
    'What you pay by the hour is paid until Tue 14:20 (UTC), and then it pauses. Nothing is deleted',
  ],
  [
    'restored',
    { available: 1, runway: null },
    'You have 1 credit. That is not enough yet for what you pay by the hour: it stays paused.',
  ],
  [
    'restored',
    { available: 30, runway: 'until Tue 14:20 (UTC)' },
    'You have 30 credits. What you pay by the hour is paid until Tue 14:20 (UTC).',
  ],
] as const)('a message that says %s of %j', (kind, details, sentence) => {
  const { text, html } = writeLetter({ kind, link: 'https://panel.example/', details });
  expect(text).toContain(sentence);
  expect(text).toContain('You can turn these messages off in your settings.');
  expect(html).toContain('Open the overview');
});
