import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminAuditAnswer, AdminCodeAnswer, AdminCodePageAnswer, AdminCodesAnswer } from '../../lib/admin-api.ts';
import type { RedeemAnswer } from '../../lib/api.ts';
import { parseCode } from '../../server/codes/code-text.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

const HOUR_MS = 3_600_000;

let dashboard: TestDashboard;
let admin: Person;
let at = Date.parse('2026-06-01T12:00:00Z');
let people = 0;

beforeAll(async () => {
  dashboard = await openTestDashboard({ now: () => at, environment: { ADJUST_MAX: '1000', ADJUST_DAY_MAX: '100000' } });
  admin = await administrator();
});
afterAll(() => dashboard.end());

async function person(): Promise<Person> {
  people += 1;
  return dashboard.signUp(`person${people}`);
}

async function administrator(): Promise<Person> {
  const made = await person();
  await dashboard.promote(made);
  return made;
}

function create(terms: object, { as = admin, key = crypto.randomUUID() }: { as?: Person; key?: string } = {}) {
  return dashboard.send<Either<AdminCodeAnswer>>('/api/admin/codes', {
    as,
    body: { amount: 50, uses: 10, ...terms },
    headers: { 'idempotency-key': key },
  });
}

function edit(code: string, change: object, as: Person = admin, key: string = crypto.randomUUID()) {
  return dashboard.send<Either<AdminCodeAnswer>>(`/api/admin/codes/${code}`, {
    as,
    body: change,
    headers: { 'idempotency-key': key },
  });
}

function redeem(as: Person, code: string, key = crypto.randomUUID()) {
  return dashboard.send<Either<RedeemAnswer>>('/api/codes/redeem', {
    as,
    body: { code },
    headers: { 'idempotency-key': key },
  });
}

async function look(code: string): Promise<AdminCodePageAnswer['data']> {
  return (await dashboard.send<AdminCodePageAnswer>(`/api/admin/codes/${code}`, { as: admin })).body.data;
}

async function available(target: Person): Promise<number> {
  return (await dashboard.ledger.balance(target.id)).balance.available;
}

test('codes: a code pays once per user, however it is typed, and the history names it', async () => {
  expect((await create({ code: 'Summer-26' })).body.data).toMatchObject({ code: 'SUMMER26', uses: 0, uses_max: 10 });
  const player = await person();
  const paid = await redeem(player, ' summer 26 ');
  expect(paid).toMatchObject({ status: 200, body: { data: { code: 'SUMMER26', amount: 50, new_balance: 50 } } });
  expect(await redeem(player, 'SUMMER26')).toMatchObject({ status: 409, body: { code: 'code_redeemed' } });
  const { entries } = await dashboard.ledger.history(player.id, { limit: 5 });
  expect(entries.map(({ reason, amount }) => ({ reason, amount }))).toEqual([{ reason: 'Code SUMMER26', amount: 50 }]);
  const { redemptions, code } = await look('SUMMER26');
  expect(code.uses).toBe(1);
  expect(redemptions).toMatchObject([{ user_id: player.id, username: player.username, amount: 50 }]);
});

test('codes: a repeated request returns its first result, and its key redeems nothing else', async () => {
  await create({ code: 'REPEATED' });
  await create({ code: 'ANOTHER' });
  const player = await person();
  const first = await redeem(player, 'REPEATED', 'one-key');
  const again = await redeem(player, 'REPEATED', 'one-key');
  expect(again).toMatchObject({ status: 200, body: { data: first.body.data } });
  expect(await redeem(player, 'ANOTHER', 'one-key')).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
  expect(await available(player)).toBe(50);
});

test('codes: one user with many requests at once is paid once', async () => {
  await create({ code: 'ATONCE' });
  const player = await person();
  const keys = ['same', 'same', 'two', 'three', 'four'];
  const answers = await Promise.all(keys.map((key) => redeem(player, 'ATONCE', key)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
  expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
  expect(await available(player)).toBe(50);
  expect((await look('ATONCE')).code.uses).toBe(1);
});

test('codes: of many users at once no more are paid than the code has uses', async () => {
  await create({ code: 'ONLYTWO', uses: 2 });
  const players = await Promise.all([person(), person(), person(), person(), person()]);
  const answers = await Promise.all(players.map((player) => redeem(player, 'ONLYTWO')));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 404, 404, 404]);
  const balances = await Promise.all(players.map(available));
  expect(balances.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 50, 50]);
  expect((await look('ONLYTWO')).code.uses).toBe(2);
});

test('codes: unknown, too early, over, stopped and used up codes look the same to players', async () => {
  const inHours = (hours: number) => new Date(at + hours * HOUR_MS).toISOString();
  await create({ code: 'EARLY', starts_at: inHours(1) });
  await create({ code: 'OVER', starts_at: inHours(-2), ends_at: inHours(-1) });
  await create({ code: 'STOPPED' });
  await edit('STOPPED', { stopped: true });
  await create({ code: 'USEDUP', uses: 1 });
  expect((await redeem(await person(), 'USEDUP')).status).toBe(200);
  const seen = new Set<string>();
  for (const code of ['NEVERMADE', 'x', '!!!', 'EARLY', 'OVER', 'STOPPED', 'USEDUP']) {
    const { status, body } = await redeem(await person(), code);
    seen.add(`${status} ${body.code} ${body.message}`);
  }
  expect([...seen]).toEqual([expect.stringMatching(/^404 code_not_valid This code is not valid\./)]);
  at += 2 * HOUR_MS;
  expect((await redeem(await person(), 'EARLY')).status).toBe(200);
  await edit('STOPPED', { stopped: false });
  expect((await redeem(await person(), 'STOPPED')).status).toBe(200);
});

test('codes: guesses are limited', async () => {
  const player = await person();
  const statuses = [];
  for (let guess = 0; guess < 8; guess += 1) statuses.push((await redeem(player, `GUESS${guess}`)).status);
  expect(statuses.slice(0, 6)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(statuses.at(-1)).toBe(429);
});

test('codes: accounts that are not paid for being here are not paid by a code either', async () => {
  const strict = await openTestDashboard({ environment: { PAYOUT_VERIFIED_EMAIL: '1' } });
  const maker = await strict.signUp('maker');
  await strict.promote(maker);
  await strict.send('/api/admin/codes', { as: maker, body: { code: 'FORALL', amount: 5, uses: 5 } });
  const player = await strict.signUp('player');
  const refused = await strict.send('/api/codes/redeem', { as: player, body: { code: 'FORALL' } });
  expect(refused).toMatchObject({ status: 403, body: { code: 'not_eligible' } });
  await strict.end();
});

test('codes: one without a text is generated, and a repeated creation makes one', async () => {
  const first = await create({ note: 'For the newsletter' }, { key: 'make-one' });
  const again = await create({ note: 'For the newsletter' }, { key: 'make-one' });
  expect(first.status).toBe(201);
  expect(first.body.data.code).toMatch(/^[2-9A-HJ-NP-Z]{10}$/);
  expect(again.body.data).toEqual(first.body.data);
  const { body } = await dashboard.send<AdminCodesAnswer>('/api/admin/codes?limit=1', { as: admin });
  expect(body.data).toEqual([first.body.data]);
  const next = await dashboard.send<AdminCodesAnswer>(`/api/admin/codes?before=${body.next}`, { as: admin });
  expect(next.body.data.every(({ id }) => id < first.body.data.id)).toBe(true);
});

test('codes: a change takes effect at once and is in the audit log with what it was before', async () => {
  await create({ code: 'CHANGING', uses: 3 });
  expect((await redeem(await person(), 'CHANGING')).status).toBe(200);
  const changed = await edit('CHANGING', { amount: 70, uses: 2, reason: 'Too many' });
  expect(changed.body.data).toMatchObject({ amount: 70, uses: 1, uses_max: 2 });
  const player = await person();
  expect((await redeem(player, 'CHANGING')).body.data.amount).toBe(70);
  const { changes } = await look('CHANGING');
  expect(changes).toMatchObject([
    {
      kind: 'edit_code',
      actor: admin.username,
      reason: 'Too many',
      details: { amount: { from: 50, to: 70 }, usesMax: { from: 3, to: 2 } },
    },
    { kind: 'create_code', details: { amount: 50, usesMax: 3 } },
  ]);
  const { body } = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(body.data[0]).toMatchObject({ kind: 'edit_code', target: 'Code CHANGING', target_id: 'code:CHANGING' });
  expect((await edit('CHANGING', { uses: 1 })).body.errors).toEqual([
    { path: 'uses', message: 'It was used 2 times already.' },
  ]);
});

test.each([
  [{ code: 'TAKEN' }, 'code'],
  [{ code: 'a b' }, 'code'],
  [{ code: 'ÜBERALL' }, 'code'],
  [{ amount: 0 }, 'amount'],
  [{ amount: 1.5 }, 'amount'],
  [{ amount: 1_001 }, 'amount'],
  [{ uses: 0 }, 'uses'],
  [{ amount: 1_000, uses: 1_000 }, 'uses'],
  [{ starts_at: '2026-07-02T00:00:00Z', ends_at: '2026-07-01T00:00:00Z' }, 'ends_at'],
  [{ ends_at: 'tomorrow' }, 'ends_at'],
  [{ starts_at: '0000-01-01T00:00:00Z' }, 'starts_at'],
  [{ note: 'x'.repeat(201) }, 'note'],
])('codes: %j is refused, with the field %s', async (terms, path) => {
  await create({ code: 'TAKEN' });
  const { status, body } = await create(terms);
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([{ path }]);
});

test('codes: what codes may pay and what is adjusted are within one limit of a day', async () => {
  const own = await administrator();
  expect((await create({ amount: 1_000, uses: 99 }, { as: own })).status).toBe(201);
  const adjust = (amount: number) =>
    dashboard.send(`/api/admin/users/${admin.id}/coins`, { as: own, body: { amount, reason: 'A prize' } });
  expect((await adjust(900)).status).toBe(200);
  expect((await adjust(101)).status).toBe(202);
  expect((await create({ amount: 101, uses: 1 }, { as: own })).status).toBe(400);
  const small = await create({ amount: 100, uses: 1 }, { as: own });
  expect(small.status).toBe(201);
  const more = await edit(small.body.data.code, { uses: 2 }, own);
  expect(more.body.errors).toMatchObject([{ path: 'uses' }]);
  expect((await edit(small.body.data.code, { amount: 90 }, own)).status).toBe(200);
});

test('codes: a key changes a code once: no second change is left out of the log and the limits', async () => {
  await create({ code: 'KEYED' });
  expect((await edit('KEYED', { uses: 11 }, admin, 'edit-key')).status).toBe(200);
  expect((await edit('KEYED', { uses: 11 }, admin, 'edit-key')).status).toBe(200);
  const other = await edit('KEYED', { uses: 99 }, admin, 'edit-key');
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  expect((await look('KEYED')).code.uses_max).toBe(11);
  await create({ code: 'KEYEDTOO' }, { key: 'create-key' });
  expect((await create({ code: 'KEYEDNOT' }, { key: 'create-key' })).status).toBe(422);
});

test('codes: a code that does not exist cannot be changed', async () => {
  for (const code of ['NEVERMADE', '!']) {
    expect(await edit(code, { stopped: true })).toMatchObject({ status: 404, body: { code: 'code_not_found' } });
  }
});

test.each([
  ['summer-26', 'SUMMER26'],
  [' S U M M ', 'SUMM'],
  ['abc', null],
  ['x'.repeat(25), null],
  ['ΑΒΓΔ', null],
])('codes: %s is read as %s', (typed, code) => {
  expect(parseCode(typed)).toBe(code);
});
