import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database, Ledger } from 'realtime-credits-server';
import { createLedger, migrate } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { createCharging } from '../../server/servers/charging.ts';
import { createOrders, type Orders } from '../../server/servers/orders.ts';
import {
  createServerRows,
  LEASE_MS,
  type NewServer,
  type ServerRow,
  type ServerRows,
} from '../../server/servers/server-rows.ts';
import { createServers } from '../../server/servers/servers.ts';
import { createSuspensions } from '../../server/servers/suspensions.ts';
import { DASHBOARD_MIGRATIONS } from '../../server/tables.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { EMBER, SPARK } from './support/order.ts';

const OWNER = { id: 'owner', email: 'mara@example.test', username: 'mara', displayName: 'Mara' };
const MINUTE_MS = 60_000;

let database: Database;
let ledger: Ledger;
let now = Date.now();
let rows: ServerRows;
let panel: FakePanel;
let orders: Orders;
let operations = 0;
/** A new one for each test: what one leaves held is not the next one's. */
let user: string;

beforeAll(async () => {
  database = await openEmbedded({ memory: true });
  ledger = await createLedger({ database, clock: { wallMs: () => now, setTimer: () => () => undefined } });
  await migrate(database.pool, { namespace: 'dashboard', migrations: DASHBOARD_MIGRATIONS });
});
afterAll(async () => {
  await ledger.close();
  await database.close();
});
beforeEach(async () => {
  await database.pool.query('DELETE FROM dashboard_servers');
  user = `user-${crypto.randomUUID()}`;
  await ledger.grant({
    account: user,
    amount: 100,
    idempotencyKey: `begin-${user}`,
    actor: 'system:test',
    reason: 'To begin with',
  });
  rows = createServerRows(database.pool, () => now);
  panel = createFakePanel();
  orders = createOrders({
    ledger,
    rows,
    charging: createCharging({ ledger, rows }),
    provisioner: panel,
    now: () => now,
    retryDelaysMs: [],
  });
});

function newServer(): NewServer {
  operations += 1;
  return {
    userId: user,
    operationId: `operation-${operations}`,
    request: SPARK,
    externalId: `credits-${operations}`,
    planCost: 60,
    setupFee: 0,
    perHour: null,
  };
}

/** A row whose process died right after the credits were reserved. */
async function reserve(planCost = 60, change: Partial<NewServer> = {}): Promise<ServerRow> {
  return ledger.transaction(async ({ client, ledger: joined }) => {
    const row = await rows.insert({ ...newServer(), planCost, ...change }, 20, client);
    if (row === null) throw new Error('The row is new.');
    const { hold } = await joined.hold({
      account: user,
      amount: planCost,
      idempotencyKey: row.operationId,
      actor: user,
      reason: 'Server “Harbour Town”',
      metadata: { category: 'servers', action: 'create', server: row.id },
      expiresAfterMs: 15 * MINUTE_MS,
    });
    return rows.setHold(row, hold.id, client);
  });
}

async function balance() {
  return (await ledger.balance(user)).balance;
}

const UNCHARGED = { posted: 100, held: 0, available: 100 };
const CHARGED = { posted: 40, held: 0, available: 40 };

test('L5: died between reserve and post, and the server exists: it is posted', async () => {
  const row = await reserve();
  panel.servers.set(row.externalId, 7);
  expect(await orders.settle(row)).toMatchObject({ status: 'running', panelId: 7 });
  expect(await balance()).toEqual(CHARGED);
});

test('L5: died between reserve and post, and the server does not exist: the hold is voided', async () => {
  const row = await reserve();
  expect(await orders.settle(row)).toMatchObject({
    status: 'failed',
    failure: 'The dashboard stopped before the server was made.',
  });
  expect(await balance()).toEqual(UNCHARGED);
});

test('credits that cannot be reserved leave no row, and an abandoned key leaves neither', async () => {
  const expensive = { ...newServer(), planCost: 101 };
  await expect(orders.place(expensive, 20, OWNER)).rejects.toMatchObject({ code: 'insufficient_credits' });
  const late = newServer();
  await ledger.resolveOperations(user, [late.operationId]);
  await expect(orders.place(late, 20, OWNER)).rejects.toMatchObject({ code: 'operation_abandoned' });
  expect(await rows.list(user)).toEqual([]);
  expect(panel.orders).toEqual([]);
  expect(await balance()).toEqual(UNCHARGED);
});

test('a row that cannot be written leaves no hold', async () => {
  const failing = createOrders({
    ledger,
    rows: { ...rows, setHold: () => Promise.reject(new Error('The disk is full.')) },
    charging: createCharging({ ledger, rows }),
    provisioner: panel,
    now: () => now,
  });
  await expect(failing.place(newServer(), 20, OWNER)).rejects.toThrow('The disk is full.');
  expect(await rows.list(user)).toEqual([]);
  expect(await ledger.balance(user)).toEqual({ balance: UNCHARGED, version: 1 });
});

test('died after the post and before the row said so: the row catches up, and nothing is charged twice', async () => {
  const row = await reserve();
  panel.servers.set(row.externalId, 7);
  await orders.settle(row);
  expect(await orders.settle(row)).toMatchObject({ status: 'running' });
  expect(await balance()).toEqual(CHARGED);
});

test('a silent panel leaves the order as it is', async () => {
  const row = await reserve();
  panel.silent = true;
  await expect(orders.settle(row)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(await rows.findByOperation(user, row.operationId)).toMatchObject({ status: 'provisioning' });
  expect(await balance()).toMatchObject({ held: 60 });
});

test('a hold that expired while the panel was silent: the server that turns up is removed', async () => {
  const row = await reserve();
  now += 16 * MINUTE_MS;
  panel.servers.set(row.externalId, 7);
  expect(await orders.settle(row)).toMatchObject({ status: 'failed' });
  expect(panel.servers.size).toBe(0);
  expect(await balance()).toEqual(UNCHARGED);
});

test('a server that turns up after its credits were given back is removed by a later look', async () => {
  const row = await reserve();
  const failed = await orders.settle(row);
  panel.servers.set(row.externalId, 7);
  now += MINUTE_MS;
  const [again] = await rows.takeUnfinished(10);
  expect(again?.id).toBe(failed.id);
  await orders.settle(again ?? failed);
  expect(panel.servers.size).toBe(0);
  now += MINUTE_MS;
  expect(await rows.takeUnfinished(10)).toEqual([]);
});

test('looking for a late server ends', async () => {
  const row = await reserve();
  await orders.settle(row);
  now += 11 * MINUTE_MS;
  const [again] = await rows.takeUnfinished(10);
  if (again === undefined) throw new Error('It is looked for once more at the end.');
  await orders.settle(again);
  now += MINUTE_MS;
  expect(await rows.takeUnfinished(10)).toEqual([]);
});

test('a refusal after a lost answer is only accepted once the panel was seen to have nothing', async () => {
  const charging = createCharging({ ledger, rows });
  const retrying = createOrders({ ledger, rows, charging, provisioner: panel, now: () => now, retryDelaysMs: [1] });
  panel.plan('made_but_no_answer', 'refuse');
  const find = panel.find.bind(panel);
  let looks = 0;
  panel.find = async (externalId) => {
    looks += 1;
    if (looks === 1) panel.silent = true;
    const found = find(externalId);
    panel.silent = false;
    return found;
  };
  expect(await retrying.place(newServer(), 20, OWNER)).toMatchObject({ status: 'running' });
  expect(await balance()).toEqual(CHARGED);
});

test('a row in the hands of a living process is left alone until its lease ends', async () => {
  await reserve();
  expect(await rows.takeUnfinished(10)).toEqual([]);
  now += LEASE_MS;
  expect(await rows.takeUnfinished(10)).toHaveLength(1);
  expect(await rows.takeUnfinished(10)).toEqual([]);
});

test('L9: two instances that sweep at once settle each order once', async () => {
  const made = [await reserve(), await reserve(40)];
  for (const row of made) panel.servers.set(row.externalId, row.id);
  now += LEASE_MS;
  const asked: string[] = [];
  const find = panel.find.bind(panel);
  panel.find = async (externalId) => {
    asked.push(externalId);
    return find(externalId);
  };
  const warnings: unknown[] = [];
  const charging = createCharging({ ledger, rows });
  const onWarning = (message: string) => warnings.push(message);
  const sweepers = [1, 2].map(() =>
    createServers({
      ledger,
      rows: createServerRows(database.pool, () => now),
      orders: createOrders({ ledger, rows, charging, provisioner: panel, now: () => now }),
      charging,
      suspensions: createSuspensions({ ledger, rows, provisioner: panel, onWarning }),
      onWarning,
    }),
  );
  const taken = await Promise.all(sweepers.map((servers) => servers.sweep()));
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(warnings).toEqual([]);
  expect(asked.toSorted()).toEqual(made.map(({ externalId }) => externalId).toSorted());
  expect(await balance()).toEqual({ posted: 0, held: 0, available: 0 });
  expect((await ledger.verify({ account: user })).ok).toBe(true);
});

const reserveHourly = () => reserve(2, { request: EMBER, perHour: 2 });
const HOUR_CHARGED = { posted: 98, held: 0, available: 98 };

async function readRates() {
  return (await ledger.rates(user)).rates.map(({ resource, amount, per, state }) => ({ resource, amount, per, state }));
}

const RATE = { resource: EMBER.name, amount: 2, per: 'hour', state: 'active' };

test('by the hour: an order reserves an hour, charges it when the server runs, and starts a rate', async () => {
  let seen: unknown;
  panel.plan(async () => {
    seen = { balance: await balance(), rates: await readRates() };
  });
  const row = await orders.place({ ...newServer(), request: EMBER, planCost: 2, perHour: 2 }, 20, OWNER);
  expect(seen).toEqual({ balance: { posted: 100, held: 2, available: 98 }, rates: [] });
  expect(row).toMatchObject({ status: 'running', powered: true, suspended: false });
  expect(row?.rateIds).toEqual([row?.rateId]);
  expect(await balance()).toEqual(HOUR_CHARGED);
  expect(await readRates()).toEqual([RATE]);
  // The hour is paid; the next credit is due half an hour after it.
  now += 89 * MINUTE_MS;
  expect(await balance()).toEqual(HOUR_CHARGED);
  now += MINUTE_MS;
  expect((await balance()).available).toBe(97);
});

test('by the hour: died after the server was made and before it was charged: the sweep charges it, once', async () => {
  const row = await reserveHourly();
  panel.servers.set(row.externalId, 7);
  expect(await orders.settle(row)).toMatchObject({ status: 'running', panelId: 7 });
  // Another process that has the row as it was before.
  expect(await orders.settle(row)).toMatchObject({ status: 'running', panelId: 7 });
  expect(panel.servers.size).toBe(1);
  expect(await balance()).toEqual(HOUR_CHARGED);
  expect(await readRates()).toEqual([RATE]);
});

test('by the hour: died before the server was made: nothing is charged, and no rate runs', async () => {
  const row = await reserveHourly();
  expect(await orders.settle(row)).toMatchObject({ status: 'failed' });
  expect(await balance()).toEqual(UNCHARGED);
  expect(await readRates()).toEqual([]);
});

test('by the hour: a transaction that is lost at its last statement charges nothing and starts nothing', async () => {
  const row = await reserveHourly();
  panel.servers.set(row.externalId, 7);
  const broken = { ...rows, setPower: () => Promise.reject(new Error('The disk is full.')) };
  const charging = createCharging({ ledger, rows: broken });
  const dying = createOrders({ ledger, rows, charging, provisioner: panel, now: () => now });
  await expect(dying.settle(row)).rejects.toThrow('The disk is full.');
  expect(await balance()).toEqual({ posted: 100, held: 2, available: 98 });
  expect(await readRates()).toEqual([]);
  expect(await orders.settle(row)).toMatchObject({ status: 'running' });
  expect(await balance()).toEqual(HOUR_CHARGED);
});

test('by the hour: a reservation that ran out while the panel was silent: the server is removed and costs nothing', async () => {
  const row = await reserveHourly();
  now += 16 * MINUTE_MS;
  panel.servers.set(row.externalId, 7);
  expect(await orders.settle(row)).toMatchObject({ status: 'failed' });
  expect(panel.servers.size).toBe(0);
  expect(await balance()).toEqual(UNCHARGED);
  expect(await readRates()).toEqual([]);
});

test('by the hour: two processes that settle one order at once start one rate', async () => {
  const row = await reserveHourly();
  panel.servers.set(row.externalId, 7);
  const outcomes = await Promise.all([orders.settle(row), orders.settle(row)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['running', 'running']);
  expect(panel.servers.size).toBe(1);
  expect(await readRates()).toEqual([RATE]);
  expect((await ledger.verify({ account: user })).ok).toBe(true);
});
