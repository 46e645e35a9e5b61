import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AdminBurnAnswer } from '../../lib/admin-api.ts';
import type {
  ActivityAnswer,
  GameServer,
  ServerAnswer,
  ServerCreateAnswer,
  ServerPowerAnswer,
  ServersAnswer,
} from '../../lib/api.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { EMBER, SPARK } from './support/order.ts';

let dashboard: TestDashboard;
let panel: FakePanel;
let people = 0;

beforeAll(async () => {
  panel = createFakePanel();
  dashboard = await openTestDashboard({ provisioner: panel, retryDelaysMs: [1, 1], limits: { serverCreate: {} } });
  await dashboard.startSweeping();
});
beforeEach(() => {
  panel.silent = false;
});
afterAll(() => dashboard.end());

async function buyer(credits: number): Promise<Person> {
  people += 1;
  const person = await dashboard.signUp(`hourly${people}`);
  await dashboard.grant(person, credits);
  return person;
}

function order(as: Person, change: object = {}) {
  return dashboard.send<Either<ServerCreateAnswer>>('/api/servers/create', { as, body: { ...EMBER, ...change } });
}

async function create(as: Person, change: object = {}): Promise<GameServer> {
  const { status, body } = await order(as, change);
  if (status !== 201) throw new Error(`It is not made: ${JSON.stringify(body)}`);
  return body.server;
}

const setPower = (as: Person, id: number, on: boolean, key: string = crypto.randomUUID()) =>
  dashboard.send<Either<ServerPowerAnswer>>(`/api/servers/${id}/power`, {
    as,
    body: { on },
    headers: { 'idempotency-key': key },
  });

const read = async (as: Person) => (await dashboard.send<ServersAnswer>('/api/servers', { as })).body.data;
const readOne = async (as: Person, id: number) =>
  (await dashboard.send<ServerAnswer>(`/api/servers/${id}`, { as })).body.data;
const available = async ({ id }: Person) => (await dashboard.ledger.balance(id)).balance.available;

/** Leaves nothing, as time would: what is spent is what runs out. */
async function spendAll(person: Person): Promise<void> {
  const amount = await available(person);
  const base = { idempotencyKey: crypto.randomUUID(), actor: 'system:test', reason: 'All of it' };
  await dashboard.ledger.spend({ ...base, account: person.id, amount });
}

/** As if its minimum had been used up: a rate that was started long ago. */
async function ageRate(person: Person): Promise<void> {
  await dashboard.database.pool.query(
    `UPDATE credits.rates SET prepaid = 0 WHERE account = (SELECT number FROM credits.accounts WHERE id = $1)`,
    [person.id],
  );
}

test('a server by the hour is charged its first hour, and burns from then on', async () => {
  const person = await buyer(100);
  const { status, body } = await order(person);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    server: { status: 'running', per_hour: 2, total_cost: 2 },
    cost_breakdown: { plan_cost: 2, setup_fee: 0, total_cost: 2 },
    data: { new_balance: 98 },
    snapshot: { balance: { posted: 98, held: 0, available: 98 } },
  });
  const { burn } = await read(person);
  expect(burn.per_hour).toBe(2);
  // An hour is paid, and 98 credits are for 49 more.
  const hours = (Date.parse(burn.exhausts_at ?? '') - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(49.9);
  expect(hours).toBeLessThanOrEqual(50);
});

test('less than an hour: refused, and nothing is kept', async () => {
  const person = await buyer(1);
  const { status, body } = await order(person);
  expect(status).toBe(402);
  expect(body).toMatchObject({ code: 'insufficient_credits', details: { requested: 2, available: 1 } });
  expect(await read(person)).toMatchObject({ servers: [], burn: { per_hour: 0, exhausts_at: null } });
});

test('the panel refuses: the first hour comes back, and no rate runs', async () => {
  const person = await buyer(100);
  panel.plan('refuse');
  expect((await order(person)).status).toBe(409);
  expect(await available(person)).toBe(100);
  expect((await dashboard.ledger.rates(person.id)).rates).toEqual([]);
});

test('deleting ends what it costs at once, also while the panel is silent', async () => {
  const person = await buyer(100);
  const { id } = await create(person);
  panel.silent = true;
  const remove = () =>
    dashboard.send(`/api/servers/${id}`, { as: person, method: 'DELETE', headers: { 'idempotency-key': 'gone' } });
  expect((await remove()).status).toBe(503);
  expect(await read(person)).toMatchObject({ servers: [{ status: 'deleting' }], burn: { per_hour: 0 } });
  expect((await dashboard.ledger.rates(person.id)).rates).toEqual([]);
  panel.silent = false;
  expect((await remove()).status).toBe(200);
  expect(await readOne(person, id)).toMatchObject({ server: { status: 'deleted' }, charged: 2, address: null });
  expect(await available(person)).toBe(98);
});

test('stopped by its owner it costs nothing and is suspended at the panel; each start pays an hour', async () => {
  const person = await buyer(100);
  const { id, pterodactyl_id: panelId } = await create(person);
  const stopped = await setPower(person, id, false, 'stop');
  expect(stopped.body).toMatchObject({ server: { status: 'stopped' }, data: { new_balance: 98 } });
  expect(panel.suspended.has(panelId ?? 0)).toBe(true);
  expect((await setPower(person, id, false, 'stop')).status).toBe(200);
  expect(await read(person)).toMatchObject({ burn: { per_hour: 0, exhausts_at: null } });

  const started = await setPower(person, id, true, 'start');
  expect(started.body).toMatchObject({ server: { status: 'running' }, data: { new_balance: 96 } });
  expect(panel.suspended.has(panelId ?? 0)).toBe(false);
  // Sent again, and asked for again: one start.
  expect((await setPower(person, id, true, 'start')).body.data.new_balance).toBe(96);
  expect((await setPower(person, id, true)).body.data.new_balance).toBe(96);
  expect((await dashboard.ledger.rates(person.id)).rates).toHaveLength(1);
  expect(await readOne(person, id)).toMatchObject({ charged: 4, charges: [{ amount: 4 }] });
});

test('a start that cannot be paid is refused, and the server stays stopped', async () => {
  const person = await buyer(3);
  const { id } = await create(person);
  await setPower(person, id, false);
  const refused = await setPower(person, id, true);
  expect(refused.status).toBe(402);
  expect(refused.body.code).toBe('insufficient_credits');
  expect(await read(person)).toMatchObject({ servers: [{ status: 'stopped' }], burn: { per_hour: 0 } });
});

test('a stop that does not reach the panel ends the cost, and the sweep tells the panel', async () => {
  const person = await buyer(100);
  const { id, pterodactyl_id: panelId } = await create(person);
  panel.silent = true;
  expect((await setPower(person, id, false)).status).toBe(200);
  expect(panel.suspended.has(panelId ?? 0)).toBe(false);
  expect(await read(person)).toMatchObject({ burn: { per_hour: 0 } });
  panel.silent = false;
  await dashboard.startSweeping();
  expect(panel.suspended.has(panelId ?? 0)).toBe(true);
});

test('no credits left: suspended here and at the panel; the grant that comes resumes it', async () => {
  const person = await buyer(100);
  const { id, pterodactyl_id: panelId } = await create(person);
  await ageRate(person);
  await spendAll(person);
  await vi.waitFor(() => expect(panel.suspended.has(panelId ?? 0)).toBe(true), { timeout: 10_000 });
  expect(await readOne(person, id)).toMatchObject({ server: { status: 'suspended' }, burn: { per_hour: 0 } });
  await dashboard.grant(person, 10);
  await vi.waitFor(() => expect(panel.suspended.has(panelId ?? 0)).toBe(false), { timeout: 10_000 });
  expect(await read(person)).toMatchObject({ servers: [{ status: 'running' }], burn: { per_hour: 2 } });
});

test('a suspension that nobody was notified of is found by the sweep', async () => {
  const person = await buyer(100);
  const { pterodactyl_id: panelId } = await create(person);
  // As if the process that told the panel had died before it said so.
  panel.suspended.add(panelId ?? 0);
  await dashboard.database.pool.query(`UPDATE dashboard_servers SET suspended = true WHERE panel_id = $1`, [panelId]);
  await dashboard.startSweeping();
  expect(panel.suspended.has(panelId ?? 0)).toBe(false);
});

test('a suspended server can be deleted, and does not come back with credits', async () => {
  const person = await buyer(100);
  const { id } = await create(person);
  await ageRate(person);
  await spendAll(person);
  await dashboard.ledger.snapshot(person.id);
  expect((await readOne(person, id)).server.status).toBe('suspended');
  expect((await dashboard.send(`/api/servers/${id}`, { as: person, method: 'DELETE' })).status).toBe(200);
  await dashboard.grant(person, 10);
  expect(await read(person)).toMatchObject({ servers: [], burn: { per_hour: 0 } });
  expect(await available(person)).toBe(10);
});

test('a plan that was paid once can be stopped and started, which costs nothing', async () => {
  const person = await buyer(100);
  const { id, pterodactyl_id: panelId } = await create(person, SPARK);
  expect((await setPower(person, id, false)).body).toMatchObject({ server: { status: 'stopped' } });
  expect(panel.suspended.has(panelId ?? 0)).toBe(true);
  const started = await setPower(person, id, true);
  expect(started.body).toMatchObject({ server: { status: 'running' }, data: { new_balance: 40 } });
  expect(panel.suspended.has(panelId ?? 0)).toBe(false);
  expect(await readOne(person, id)).toMatchObject({ charged: 60, charges: [] });
});

test('a server has a page: where it is, what it cost, and nothing of it for other people', async () => {
  const person = await buyer(100);
  const { id, pterodactyl_id: panelId } = await create(person);
  const data = await readOne(person, id);
  expect(data).toMatchObject({
    server: { id, status: 'running', per_hour: 2 },
    burn: { per_hour: 2 },
    address: `203.0.113.7:${25_565 + (panelId ?? 0)}`,
    panel_url: `https://panel.example.test/server/${panelId}`,
    charged: 2,
    charges: [{ group: 'hosting', reason: 'Hosting: Survival world, 1 h', change: -2, usage: { server: id } }],
  });
  panel.silent = true;
  expect(await readOne(person, id)).toMatchObject({ address: null, panel_url: null, charged: 2 });
  panel.silent = false;
  const other = await buyer(0);
  for (const reply of [await dashboard.send(`/api/servers/${id}`, { as: other }), await setPower(other, id, false)]) {
    expect(reply.status).toBe(404);
    expect(reply.body.code).toBe('server_not_found');
  }
});

test('the history has no line for the reservation of an hour that is charged', async () => {
  const person = await buyer(100);
  await create(person);
  const { body } = await dashboard.send<ActivityAnswer>('/api/activity', { as: person });
  expect(body.data.items.map(({ group, change, balance }) => [group, change, balance])).toEqual([
    ['hosting', -2, 98],
    ['gifts', 100, 100],
  ]);
});

test('operators see what everything costs by the hour, and who runs out next', async () => {
  const boss = await buyer(0);
  await dashboard.promote(boss);
  const [rich, poor] = [await buyer(5_000), await buyer(7)];
  await create(rich, { plan_id: 'blaze' });
  await create(poor, { plan_id: 'blaze' });
  const { body } = await dashboard.send<AdminBurnAnswer>('/api/admin/burn', { as: boss });
  expect(body.data.per_hour).toBeGreaterThanOrEqual(12);
  expect(body.data.next[0]).toMatchObject({ user_id: poor.id, username: poor.username, per_hour: 6, available: 1 });
  const instants = body.data.next.map(({ exhausts_at: at }) => at);
  expect(instants).toEqual(instants.toSorted());
});
