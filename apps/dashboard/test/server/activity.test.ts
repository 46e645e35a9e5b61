import { afterAll, beforeAll, expect, test } from 'vitest';
import { readActivityQuery, writeActivityQuery, type ActivityQuery } from '../../lib/activity.ts';
import type { ActivityAnswer, ActivityItem, ActivityItemAnswer, ActivityTotalsAnswer } from '../../lib/api.ts';
import { startOfDay } from '../../server/activity/day-start.ts';
import { openTestDashboard, ORIGIN, type Either, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { SPARK } from './support/order.ts';

let dashboard: TestDashboard;
let panel: FakePanel;
let people = 0;

beforeAll(async () => {
  panel = createFakePanel();
  dashboard = await openTestDashboard({ provisioner: panel, retryDelaysMs: [] });
});
afterAll(() => dashboard.end());

async function player(credits: number): Promise<Person> {
  people += 1;
  const person = await dashboard.signUp(`Player_${people}`);
  await dashboard.grant(person, credits);
  return person;
}

async function read(as: Person, query: ActivityQuery = {}, page = ''): Promise<ActivityAnswer['data']> {
  const path = `/api/activity?${writeActivityQuery(query)}${page}`;
  const reply = await dashboard.send<Either<ActivityAnswer>>(path, { as });
  expect(reply.status).toBe(200);
  return reply.body.data;
}

async function readTotals(as: Person, query: ActivityQuery = {}): Promise<ActivityTotalsAnswer['data']> {
  return (await dashboard.send<ActivityTotalsAnswer>(`/api/activity/totals?${writeActivityQuery(query)}`, { as })).body
    .data;
}

function order(as: Person) {
  return dashboard.send('/api/servers/create', {
    as,
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: SPARK,
  });
}

function send(as: Person, to: Person, amount: number, note?: string) {
  return dashboard.send('/api/transfers', {
    as,
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: { to_username: to.username, amount, ...(note === undefined ? {} : { note }) },
  });
}

const summarise = (items: ActivityItem[]) => items.map(({ group, change, balance }) => `${group} ${change} ${balance}`);

test('a purchase is one line with its real amount, and one that failed cost nothing', async () => {
  const person = await player(200);
  panel.plan(async () => {
    expect(summarise((await read(person)).items)).toEqual(['reserved -60 140', 'gifts 200 200']);
  });
  await order(person);
  panel.plan('refuse');
  await order(person);
  const { items } = await read(person);
  expect(summarise(items)).toEqual(['released 0 140', 'spent -60 140', 'gifts 200 200']);
  expect(items[0]).toMatchObject({ reason: 'Server “Harbour Town”', amount: 60, reserved: { amount: 60 } });
  expect(await readTotals(person, { way: 'out' })).toMatchObject({ count: 1, in: 0, out: 60, reserved: 0 });
});

test('whom credits went to is named, by whole name searchable, and never an id', async () => {
  const person = await player(100);
  const mara = await player(100);
  await send(mara, person, 25, 'thanks!');
  await send(person, mara, 5);
  const { items } = await read(person);
  expect(items.map(({ group, other, by }) => [group, other, by.kind])).toEqual([
    ['sent', 'Player_3', 'you'],
    ['received', 'Player_3', 'user'],
    ['gifts', null, 'dashboard'],
  ]);
  expect((await read(person, { q: mara.username.toUpperCase() })).items).toHaveLength(2);
  expect((await read(person, { q: `@${mara.username}`, way: 'in' })).items).toHaveLength(1);
  expect((await read(person, { q: mara.username.slice(0, -1) })).items).toHaveLength(0);
  expect((await read(person, { q: 'THANKS' })).items).toHaveLength(1);
  expect(JSON.stringify([items, await readTotals(person)])).not.toContain(mara.id);
});

test('each group’s filter finds what the group counts, and all groups add up to the balance', async () => {
  const person = await player(500);
  const other = await player(50);
  const admin = await player(0);
  await dashboard.promote(admin);
  const adjust = (body: object) =>
    dashboard.send(`/api/admin/users/${person.id}/coins`, {
      as: admin,
      headers: { 'idempotency-key': crypto.randomUUID() },
      body: { reason: 'A correction', ...body },
    });
  await dashboard.send('/api/user/daily-login', { as: person, body: { action: 'claim' } });
  await send(other, person, 20);
  await send(person, other, 10);
  await adjust({ amount: 7 });
  await adjust({ amount: -3 });
  await order(person);
  panel.plan('refuse');
  await order(person);
  const { account } = await dashboard.ledger.snapshot(person.id);
  const hold = { account, amount: 9, actor: account, reason: 'Waiting', idempotencyKey: crypto.randomUUID() };
  await dashboard.ledger.hold({ ...hold, expiresAfterMs: 60_000 });
  const bought = { account, amount: 300, actor: 'system:shop', reason: 'Order 4711', metadata: { category: 'shop' } };
  await dashboard.ledger.grant({ ...bought, idempotencyKey: crypto.randomUUID() });
  const spent = (await read(person, { type: 'spent' })).items[0];
  const refund = { transfer: spent?.reference ?? '', actor: 'system:test', reason: 'The node broke' };
  await dashboard.ledger.reverse({ ...refund, idempotencyKey: crypto.randomUUID() });
  const state = await dashboard.ledger.balance(account);
  await adjust({ balance: 400, expected_version: state.version });

  const { groups, balance, count } = await readTotals(person);
  expect(groups.map(({ group }) => group).toSorted()).toEqual(
    [
      'adjusted',
      'bought',
      'earned',
      'gifts',
      'received',
      'refunds',
      'released',
      'reserved',
      'sent',
      'spent',
    ].toSorted(),
  );
  for (const group of groups) {
    const { items } = await read(person, { type: group.group });
    expect(items.every((item) => item.group === group.group)).toBe(true);
    expect([group.group, items.length, items.reduce((sum, { change }) => sum + change, 0)]).toEqual([
      group.group,
      group.count,
      group.change,
    ]);
  }
  expect(groups.reduce((sum, { change }) => sum + change, 0)).toBe(400);
  expect(balance).toMatchObject({ available: 400, held: 9 });
  expect((await read(person)).items).toHaveLength(count);
  expect(await readTotals(person, { type: 'adjusted' })).toMatchObject({ count: 3, in: 7 });
});

test('a line’s own page tells step by step what happened, and what it refunds', async () => {
  const person = await player(100);
  await order(person);
  const spent = (await read(person)).items[0];
  const find = (version: number, as = person) =>
    dashboard.send<Either<ActivityItemAnswer>>(`/api/activity/${version}`, { as });
  const { body } = await find(spent?.version ?? 0);
  expect(body.data.item).toEqual(spent);
  expect(body.data.steps).toMatchObject([
    { step: 'reserved', by: { kind: 'you' }, before: { available: 100 }, after: { available: 40, held: 60 } },
    { step: 'charged', by: { kind: 'dashboard' }, before: { available: 40 }, after: { available: 40, posted: 40 } },
  ]);
  await dashboard.ledger.reverse({
    transfer: spent?.reference ?? '',
    actor: 'some-admin',
    reason: 'The node broke',
    idempotencyKey: crypto.randomUUID(),
  });
  const [refund, refunded] = (await read(person)).items;
  expect(refund).toMatchObject({ group: 'refunds', change: 60, by: { kind: 'team' } });
  expect(refund?.reverses).toMatchObject({ version: refunded?.version, amount: 60, reason: 'Server “Harbour Town”' });
  expect(refunded?.reversed_by).toBe(refund?.version);
  expect((await find(99)).status).toBe(404);
  const other = await player(0);
  expect((await find(spent?.version ?? 0, other)).status).toBe(404);
});

test('days are those of the reader’s zone, both included', async () => {
  expect(startOfDay('2026-03-29', 'Europe/Berlin').toISOString()).toBe('2026-03-28T23:00:00.000Z');
  expect(startOfDay('2026-03-30', 'Europe/Berlin').toISOString()).toBe('2026-03-29T22:00:00.000Z');
  expect(startOfDay('2026-11-22', 'Pacific/Kiritimati').toISOString()).toBe('2026-11-21T10:00:00.000Z');
  expect(startOfDay('2026-11-22', 'Etc/GMT+12').toISOString()).toBe('2026-11-22T12:00:00.000Z');
  const person = await player(10);
  const today = new Date().toISOString().slice(0, 10);
  expect((await read(person, { from: today, to: today, tz: 'UTC' })).items).toHaveLength(1);
  expect((await read(person, { to: '2020-01-01' })).items).toHaveLength(0);
});

test('an address that cannot be meant shows more instead of failing; the route itself refuses it', async () => {
  const odd = { way: 'sideways', type: 'x', min: '-1', max: '1.5', from: '2026-02-30', to: 'soon', tz: 'Mars', q: ' ' };
  expect(readActivityQuery(odd)).toEqual({});
  expect(readActivityQuery({ q: ['a', 'b'], from: '2026-02-28', tz: 'Europe/Berlin', min: '5' })).toEqual({
    q: 'a',
    min: '5',
    from: '2026-02-28',
    tz: 'Europe/Berlin',
  });
  const person = await player(0);
  for (const [name, value] of Object.entries(odd)) {
    const path = `/api/activity?${new URLSearchParams({ [name]: value })}`;
    expect([name, (await dashboard.send(path, { as: person })).status]).toEqual([name, 400]);
  }
  for (const path of ['?before=x', '?limit=101', '/totals?x=1', '/export?way=up']) {
    expect([path, (await dashboard.send(`/api/activity${path}`, { as: person })).status]).toEqual([path, 400]);
  }
  expect((await dashboard.send('/api/activity/abc', { as: person })).status).toBe(404);
  expect((await dashboard.send('/api/activity')).status).toBe(401);
});

test('A13: the export has what the filter shows, safe to open in a spreadsheet', async () => {
  const person = await player(100);
  const other = await player(0);
  await send(person, other, 5);
  const spend = { account: person.id, amount: 1, actor: person.id };
  for (const reason of ['=HYPERLINK("http://x")', '+1', '@cmd', '-2', 'a, "b"']) {
    await dashboard.ledger.spend({ ...spend, reason, idempotencyKey: crypto.randomUUID() });
  }
  const response = await dashboard.fetch(
    new Request(`${ORIGIN}/api/activity/export?type=spent`, { headers: { cookie: person.cookie } }),
  );
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="credits-[\d-]{10}\.csv"$/);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  const bytes = Buffer.from(await response.arrayBuffer());
  const [header, ...records] = bytes.toString('utf8').split('\r\n');
  expect(header).toMatch(/^\uFEFFDate \(UTC\),Type,Reason,/);
  expect(records.map((record) => record.replace(/^[^,]+,/, '').replace(/,tr_.*$/, ''))).toEqual([
    'Spent,"a, ""b""",,you,1,-1,90,',
    "Spent,'-2,,you,1,-1,91,",
    "Spent,'@cmd,,you,1,-1,92,",
    "Spent,'+1,,you,1,-1,93,",
    'Spent,"\'=HYPERLINK(""http://x"")",,you,1,-1,94,',
    '',
  ]);
});
