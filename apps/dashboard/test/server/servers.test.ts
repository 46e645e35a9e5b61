import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CatalogueAnswer, ServerCreateAnswer, ServersAnswer } from '../../lib/api.ts';
import { SERVERS_MAX } from '../../server/servers/servers.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { SPARK } from './support/order.ts';

let dashboard: TestDashboard;
let panel: FakePanel;
let people = 0;

beforeAll(async () => {
  panel = createFakePanel();
  dashboard = await openTestDashboard({
    provisioner: panel,
    retryDelaysMs: [1, 1],
    limits: { serverCreate: {} },
  });
});
beforeEach(() => {
  panel.silent = false;
  panel.orders.length = 0;
});
afterAll(() => dashboard.end());

async function buyer(credits: number): Promise<Person> {
  people += 1;
  const person = await dashboard.signUp(`buyer${people}`);
  await dashboard.grant(person, credits);
  return person;
}

function create(as: Person, key: string, change: object = {}) {
  return dashboard.send<Either<ServerCreateAnswer>>('/api/servers/create', {
    as,
    body: { ...SPARK, ...change },
    headers: { 'idempotency-key': key },
  });
}

async function list(as: Person) {
  return (await dashboard.send<ServersAnswer>('/api/servers', { as })).body.data.servers;
}

test('a server is reserved, made, and paid: the answer names it, its cost and the balance', async () => {
  const person = await buyer(100);
  const { status, body } = await create(person, 'one');
  expect(status).toBe(201);
  expect(body).toMatchObject({
    success: true,
    server: { name: 'Harbour Town', status: 'running', total_cost: 60 },
    cost_breakdown: { plan_cost: 60, setup_fee: 0, total_cost: 60 },
    data: { new_balance: 40 },
    snapshot: { balance: { posted: 40, held: 0, available: 40 }, applied: ['one'] },
  });
  expect(body.server_id).toBe(body.server.id);
  expect(panel.servers.size).toBe(1);
});

test('no request reaches the panel before the credits are held', async () => {
  const person = await buyer(100);
  let seen: unknown;
  panel.plan(async () => {
    seen = (await dashboard.ledger.balance(person.id)).balance;
  });
  await create(person, 'held-first');
  expect(seen).toEqual({ posted: 100, held: 60, available: 40 });
});

test('the same key answers again with the same server, also when sent twice at once', async () => {
  const person = await buyer(100);
  const [first, second] = await Promise.all([create(person, 'twice'), create(person, 'twice')]);
  const third = await create(person, 'twice');
  expect([first.status, second.status, third.status]).toEqual([201, 201, 201]);
  expect(new Set([first, second, third].map((reply) => reply.body.server_id)).size).toBe(1);
  expect(await list(person)).toHaveLength(1);
  expect(panel.orders).toHaveLength(1);
  expect(third.body.data.new_balance).toBe(40);
});

test('the same key for another server is refused', async () => {
  const person = await buyer(200);
  await create(person, 'mine');
  const reply = await create(person, 'mine', { name: 'Another Town' });
  expect(reply.status).toBe(422);
  expect(reply.body.code).toBe('idempotency_key_reused');
  expect(await list(person)).toHaveLength(1);
});

test('too few credits: refused with the balance, nothing kept, and the same key works once there are enough', async () => {
  const person = await buyer(59);
  const refused = await create(person, 'poor');
  expect(refused.status).toBe(402);
  expect(refused.body).toMatchObject({
    code: 'insufficient_credits',
    details: { requested: 60, available: 59 },
    snapshot: { balance: { available: 59, held: 0 } },
  });
  expect(await list(person)).toEqual([]);
  await dashboard.grant(person, 1);
  expect((await create(person, 'poor')).status).toBe(201);
});

test('L1: 20 parallel purchases with credits for 6 make exactly 6 servers', async () => {
  const person = await buyer(6 * 60 + 59);
  const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => create(person, `many-${index}`)));
  expect(replies.filter((reply) => reply.status === 201)).toHaveLength(6);
  expect(replies.filter((reply) => reply.body.code === 'insufficient_credits')).toHaveLength(14);
  expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 59, held: 0, available: 59 });
});

test('L5: the panel refuses: the hold is voided, nothing was charged, and the reason is kept', async () => {
  const person = await buyer(100);
  panel.plan('refuse');
  const refused = await create(person, 'no-room');
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({
    code: 'provisioning_failed',
    message: 'There is no room for this plan right now. You were not charged.',
    snapshot: { balance: { posted: 100, held: 0, available: 100 } },
  });
  expect(await list(person)).toMatchObject([
    { status: 'failed', failure: 'There is no room for this plan right now.', pterodactyl_id: null },
  ]);
  expect((await create(person, 'no-room')).body.code).toBe('provisioning_failed');
  expect(panel.orders).toHaveLength(1);
});

test('a lost answer: the server is found by its external id instead of made twice', async () => {
  const person = await buyer(100);
  panel.plan('made_but_no_answer');
  expect((await create(person, 'lost')).status).toBe(201);
  expect(panel.orders).toHaveLength(1);
  expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 40, held: 0, available: 40 });
});

test('a request that never arrived is sent again under the same external id', async () => {
  const person = await buyer(100);
  panel.plan('no_answer');
  expect((await create(person, 'again')).status).toBe(201);
  expect(panel.orders).toHaveLength(2);
  expect(panel.orders[0]?.externalId).toBe(panel.orders[1]?.externalId);
});

test('a panel that stays silent: the credits stay reserved, and the same key gets the outcome later', async () => {
  const person = await buyer(100);
  panel.silent = true;
  panel.plan('made_but_no_answer', 'no_answer', 'no_answer');
  const waiting = await create(person, 'silent');
  expect(waiting.status).toBe(503);
  expect(waiting.body).toMatchObject({ code: 'unavailable', snapshot: { balance: { posted: 100, held: 60 } } });
  expect(waiting.headers.get('retry-after')).toBe('3');
  expect(await list(person)).toMatchObject([{ status: 'provisioning' }]);

  panel.silent = false;
  await dashboard.startSweeping();
  expect((await create(person, 'silent')).status).toBe(201);
  expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 40, held: 0, available: 40 });
});

test('deleting removes it at the panel, pays nothing back, and may be repeated with the same key', async () => {
  const person = await buyer(100);
  const made = await create(person, 'short-lived');
  const before = panel.servers.size;
  const remove = (key: string) =>
    dashboard.send(`/api/servers/${made.body.server_id}`, {
      as: person,
      method: 'DELETE',
      headers: { 'idempotency-key': key },
    });
  const removed = await remove('bye');
  expect(removed.status).toBe(200);
  expect(removed.body).toMatchObject({ data: { new_balance: 40 }, snapshot: { balance: { available: 40 } } });
  expect(panel.servers.size).toBe(before - 1);
  expect(await list(person)).toEqual([]);
  expect((await remove('bye')).status).toBe(200);
  expect((await remove('another')).status).toBe(404);
});

test('a panel that is silent while deleting: said so, and done by a later sweep', async () => {
  const person = await buyer(100);
  const made = await create(person, 'stubborn');
  panel.silent = true;
  const reply = await dashboard.send(`/api/servers/${made.body.server_id}`, { as: person, method: 'DELETE' });
  expect(reply.status).toBe(503);
  expect(await list(person)).toMatchObject([{ status: 'deleting' }]);
  panel.silent = false;
  await dashboard.startSweeping();
  expect(await list(person)).toEqual([]);
});

test('another person’s server does not exist', async () => {
  const owner = await buyer(100);
  const other = await buyer(0);
  const made = await create(owner, 'private');
  const reply = await dashboard.send(`/api/servers/${made.body.server_id}`, { as: other, method: 'DELETE' });
  expect(reply.status).toBe(404);
  expect(reply.body.code).toBe('server_not_found');
  expect(await list(other)).toEqual([]);
  expect(await list(owner)).toMatchObject([{ status: 'running' }]);
});

test.each([
  ['a full location', { location_id: 'sgp' }],
  ['software of another type', { server_software_id: 'rust' }],
  ['a plan that does not exist', { plan_id: 'free' }],
  ['an object as an id', { plan_id: { $ne: null } }],
  ['an unknown field', { price: 1 }],
  ['a name with markup', { name: '<b>hello</b>' }],
  ['a name that is too long', { name: 'x'.repeat(41) }],
])('%s is refused, and nothing is reserved', async (_what, change) => {
  const person = await buyer(100);
  const reply = await create(person, 'bad', change);
  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('invalid_request');
  expect((await dashboard.ledger.balance(person.id)).version).toBe(1);
  expect(await list(person)).toEqual([]);
});

test('one person has a number of servers at most', async () => {
  const person = await buyer(60 * (SERVERS_MAX + 1));
  for (let index = 0; index < SERVERS_MAX; index += 1) expect((await create(person, `n${index}`)).status).toBe(201);
  const reply = await create(person, 'too-many');
  expect(reply.status).toBe(409);
  expect(reply.body.code).toBe('server_limit_reached');
  expect(reply.body.snapshot?.balance.available).toBe(60);
});

test('the catalogue shows prices, and not the panel’s own names', async () => {
  const person = await buyer(0);
  const { body } = await dashboard.send<CatalogueAnswer>('/api/servers/catalogue', { as: person });
  expect(body.data.plans.map((plan) => plan.id)).toEqual(['spark', 'ember', 'blaze']);
  expect(body.data.provisioner).toBe('pterodactyl');
  expect(JSON.stringify(body)).not.toMatch(/nest|egg/);
});
