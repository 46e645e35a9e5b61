import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openDoor, openTestLedger, ORIGIN } from '../support/door.ts';

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

const OWNERS_ROUTES = [
  ['GET', ''],
  ['GET', '/stream'],
  ['GET', '/history'],
  ['GET', '/holds'],
  ['POST', '/operations/resolve'],
] as const;

const init = (method: string, headers: Record<string, string> = {}): RequestInit =>
  method === 'POST' ? { method, headers, body: '{"operations":["lost"]}' } : { method, headers };

async function fund(account: string): Promise<void> {
  await ledger.openAccount(account);
  await ledger.grant({
    account,
    amount: 500,
    actor: 'system:test',
    reason: 'Start',
    idempotencyKey: `fund:${account}`,
  });
}

describe('every route, by who asks', () => {
  test.each(OWNERS_ROUTES)('%s %s is refused to anonymous people', async (method, path) => {
    const door = openDoor(ledger);
    const response = await door.askAnonymously(`/api/credits${path}`, init(method));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
    expect(door.handler.streams).toBe(0);
  });

  test.each(OWNERS_ROUTES)('%s %s answers its user about its user only', async (method, path) => {
    const door = openDoor(ledger);
    const [user, other] = [door.signIn(name('user')), door.signIn(name('other'))];
    await Promise.all([fund(user.account), fund(other.account)]);
    const response = await user.ask(`/api/credits${path}`, init(method));
    expect(response.status).toBe(200);
    const chunk = await response.body?.getReader().read();
    const text = new TextDecoder().decode(chunk?.value);
    expect(text).toContain(user.account);
    expect(text).not.toContain(other.account);
  });

  test.each(OWNERS_ROUTES)('%s %s takes no account from the request', async (method, path) => {
    const door = openDoor(ledger);
    const [user, other] = [door.signIn(name('user')), door.signIn(name('other'))];
    await fund(other.account);
    for (const parameter of ['account', 'user', 'user_id', 'id']) {
      const response = await user.ask(`/api/credits${path}?${parameter}=${other.account}`, init(method));
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('"balance"');
    }
  });

  test.each(['/openapi.json', '/docs'])('%s is for anybody, and the same for everybody', async (path) => {
    const door = openDoor(ledger);
    const anonymous = await door.askAnonymously(`/api/credits${path}`);
    const user = await door.signIn(name('user')).ask(`/api/credits${path}`);
    expect(anonymous.status).toBe(200);
    expect(await anonymous.text()).toBe(await user.text());
  });
});

test('L7: a forged identity, a forged role, operator objects and another’s id read nothing and move nothing', async () => {
  const door = openDoor(ledger);
  const [user, victim] = [door.signIn(name('user')), door.signIn(name('victim'))];
  await Promise.all([fund(user.account), fund(victim.account)]);
  const before = await ledger.history(victim.account);
  const claims = {
    'x-user-data': encodeURIComponent(JSON.stringify({ id: victim.account, username: 'v', email: 'v@x', role: 0 })),
    'x-user-id': victim.account,
    'x-role': 'admin',
    authorization: `Bearer ${victim.account}`,
  };

  for (const [method, path] of OWNERS_ROUTES) {
    const anonymous = await door.askAnonymously(`/api/credits${path}`, init(method, claims));
    expect(anonymous.status).toBe(401);
    const signedIn = await user.ask(`/api/credits${path}`, init(method, claims));
    const chunk = await signedIn.body?.getReader().read();
    expect(new TextDecoder().decode(chunk?.value)).not.toContain(victim.account);
  }
  const forgedSession = await door.askAnonymously('/api/credits', { headers: { cookie: 'session=nobody' } });
  expect(forgedSession.status).toBe(401);

  for (const operations of [{ $ne: null }, [{ $gt: '' }], [['a']], { 0: 'a', length: 1 }, 'a', null]) {
    const response = await user.post('/api/credits/operations/resolve', { operations });
    expect({ operations, status: response.status }).toEqual({ operations, status: 400 });
  }
  for (const body of [
    { operations: ['a'], account: victim.account },
    { operations: ['a'], role: 'admin' },
  ]) {
    expect((await user.post('/api/credits/operations/resolve', body)).status).toBe(400);
  }
  expect(await ledger.history(victim.account)).toEqual(before);
});

test('another user’s operations are neither seen nor decided', async () => {
  const door = openDoor(ledger);
  const [user, other] = [door.signIn(name('user')), door.signIn(name('other'))];
  await Promise.all([fund(user.account), fund(other.account)]);
  const spend = { account: user.account, actor: user.account, amount: 10, reason: 'Server', idempotencyKey: 'buy' };
  await ledger.spend(spend);
  expect(await (await other.ask('/api/credits?operations=buy')).json()).toMatchObject({ applied: [] });
  await other.post('/api/credits/operations/resolve', { operations: ['next'] });
  await expect(ledger.spend({ ...spend, idempotencyKey: 'next' })).resolves.toMatchObject({ replayed: false });
});

describe('a mutation is taken from our own pages only', () => {
  const attempt = (headers: Record<string, string>, trustedOrigins?: string[]) =>
    openDoor(ledger, trustedOrigins === undefined ? {} : { trustedOrigins })
      .signIn(name('user'))
      .ask('/api/credits/operations/resolve', init('POST', headers));

  test.each([
    ['a cross-site page', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a page of a sibling host', { 'sec-fetch-site': 'same-site', origin: 'https://blog.panel.example' }],
    ['an older browser on another page', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['our host without TLS', { origin: 'http://panel.example' }],
    ['our host on another port', { origin: 'https://panel.example:8443' }],
    ['a host that begins like ours', { origin: `${ORIGIN}.evil.example` }],
  ])('%s is refused', async (_who, headers) => {
    const response = await attempt(headers);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: ORIGIN }],
    [
      'our own page behind a proxy that ends TLS elsewhere',
      { 'sec-fetch-site': 'same-origin', origin: 'https://front.example' },
    ],
    ['our own page in an older browser', { origin: ORIGIN }],
    ['a program that is no browser', {}],
  ])('%s is heard', async (_who, headers) => {
    expect((await attempt(headers)).status).toBe(200);
  });

  test('a trusted origin is heard, and no other', async () => {
    const trusted = ['https://shop.example'];
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect((await attempt({ ...crossSite, origin: 'https://shop.example' }, trusted)).status).toBe(200);
    expect((await attempt({ ...crossSite, origin: 'https://shop.example.evil' }, trusted)).status).toBe(403);
  });

  test('forgery is refused before the session is looked at', async () => {
    let asked = 0;
    const identify = async () => ((asked += 1), null);
    const headers = { 'sec-fetch-site': 'cross-site' };
    await openDoor(ledger, { identify }).askAnonymously('/api/credits/operations/resolve', init('POST', headers));
    expect(asked).toBe(0);
  });
});

test('an entry shows no other person and none of the host’s notes', async () => {
  const door = openDoor(ledger);
  const [user, other] = [door.signIn(name('user')), door.signIn(name('other'))];
  await Promise.all([fund(user.account), fund(other.account)]);
  await ledger.transfer({
    source: other.account,
    destination: user.account,
    amount: 7,
    actor: other.account,
    reason: 'Thanks',
    metadata: { adminNote: 'watch this one' },
    idempotencyKey: 'gift',
  });
  const response = await user.ask('/api/credits/history');
  const text = await response.text();
  expect(text).not.toContain(other.account);
  expect(text).not.toContain('watch this one');
  const [gift, start] = JSON.parse(text).entries;
  expect(gift).toMatchObject({ amount: 7, reason: 'Thanks', actor: 'other', counterparty: null, metadata: {} });
  expect(start).toMatchObject({ actor: 'system:test', counterparty: 'house:issued' });
});

test('holds name nobody else, and are the own ones only', async () => {
  const door = openDoor(ledger);
  const [user, other] = [door.signIn(name('user')), door.signIn(name('other'))];
  await Promise.all([fund(user.account), fund(other.account)]);
  const base = { reason: 'Rent', expiresAfterMs: 60_000 };
  const { hold } = await ledger.hold({
    ...base,
    account: user.account,
    destination: other.account,
    amount: 7,
    actor: other.account,
    idempotencyKey: 'rent',
  });
  await ledger.hold({ ...base, account: user.account, amount: 8, actor: user.account, idempotencyKey: 'own' });
  await ledger.hold({ ...base, account: other.account, amount: 9, actor: other.account, idempotencyKey: 'theirs' });
  const text = await (await user.ask('/api/credits/holds')).text();
  expect(text).not.toContain(other.account);
  const { holds } = JSON.parse(text);
  expect(holds).toHaveLength(2);
  expect(holds).toContainEqual({ ...hold, actor: 'other', destination: 'other' });
  expect(holds).toContainEqual(
    expect.objectContaining({ amount: 8, actor: user.account, destination: 'house:spent', state: 'open' }),
  );
});

test('a host may decide itself what an entry shows', async () => {
  const door = openDoor(ledger, { describeEntry: (entry) => ({ ...entry, reason: entry.reason.toUpperCase() }) });
  const user = door.signIn(name('user'));
  await fund(user.account);
  const page = await (await user.ask('/api/credits/history')).json();
  expect(page.entries[0]).toMatchObject({ reason: 'START' });
});
