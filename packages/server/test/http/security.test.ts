import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openTestHandler, openTestLedger, ORIGIN } from '../support/handler.ts';

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

const OWNERS_ROUTES = [
  ['GET', ''],
  ['GET', '/stream'],
  ['GET', '/history'],
  ['POST', '/operations/resolve'],
] as const;

const init = (method: string, headers: Record<string, string> = {}): RequestInit =>
  method === 'POST' ? { method, headers, body: '{"operations":["lost"]}' } : { method, headers };

async function fund(account: string): Promise<void> {
  await ledger.grant({
    account,
    amount: 500,
    actor: 'system:test',
    reason: 'Start',
    idempotencyKey: `fund:${account}`,
  });
}

describe('every route, by who asks', () => {
  test.each(OWNERS_ROUTES)('%s %s is refused to anonymous users', async (method, path) => {
    const host = openTestHandler(ledger);
    const response = await host.askAnonymously(`/api/credits${path}`, init(method));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
    expect(host.handler.streams).toBe(0);
  });

  test.each(OWNERS_ROUTES)('%s %s shows its user nothing of other users', async (method, path) => {
    const host = openTestHandler(ledger);
    const [user, other] = [host.signIn(name('user')), host.signIn(name('other'))];
    await Promise.all([fund(user.account), fund(other.account)]);
    const response = await user.ask(`/api/credits${path}`, init(method));
    expect(response.status).toBe(200);
    const chunk = await response.body?.getReader().read();
    const text = new TextDecoder().decode(chunk?.value);
    expect(text).toContain(user.account);
    expect(text).not.toContain(other.account);
  });

  test.each(OWNERS_ROUTES)('%s %s takes no account from the request', async (method, path) => {
    const host = openTestHandler(ledger);
    const [user, other] = [host.signIn(name('user')), host.signIn(name('other'))];
    await fund(other.account);
    for (const parameter of ['account', 'user', 'user_id', 'id']) {
      const response = await user.ask(`/api/credits${path}?${parameter}=${other.account}`, init(method));
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('"balance"');
    }
  });

  test('the OpenAPI document is public, and the same for everyone', async () => {
    const path = '/openapi.json';
    const host = openTestHandler(ledger);
    const anonymous = await host.askAnonymously(`/api/credits${path}`);
    const user = await host.signIn(name('user')).ask(`/api/credits${path}`);
    expect(anonymous.status).toBe(200);
    expect(await anonymous.text()).toBe(await user.text());
  });
});

test('L7: a forged identity, a forged role, operator objects and another’s id read nothing and move nothing', async () => {
  const host = openTestHandler(ledger);
  const [user, victim] = [host.signIn(name('user')), host.signIn(name('victim'))];
  await Promise.all([fund(user.account), fund(victim.account)]);
  const before = await ledger.history(victim.account);
  const claims = {
    'x-user-data': encodeURIComponent(JSON.stringify({ id: victim.account, username: 'v', email: 'v@x', role: 0 })),
    'x-user-id': victim.account,
    'x-role': 'admin',
    authorization: `Bearer ${victim.account}`,
  };

  for (const [method, path] of OWNERS_ROUTES) {
    const anonymous = await host.askAnonymously(`/api/credits${path}`, init(method, claims));
    expect(anonymous.status).toBe(401);
    const signedIn = await user.ask(`/api/credits${path}`, init(method, claims));
    const chunk = await signedIn.body?.getReader().read();
    expect(new TextDecoder().decode(chunk?.value)).not.toContain(victim.account);
  }
  const forgedSession = await host.askAnonymously('/api/credits', { headers: { cookie: 'session=nobody' } });
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
  const host = openTestHandler(ledger);
  const [user, other] = [host.signIn(name('user')), host.signIn(name('other'))];
  await Promise.all([fund(user.account), fund(other.account)]);
  const spend = { account: user.account, actor: user.account, amount: 10, reason: 'Server', idempotencyKey: 'buy' };
  await ledger.spend(spend);
  expect(await (await other.ask('/api/credits?operations=buy')).json()).toMatchObject({ applied: [] });
  await other.post('/api/credits/operations/resolve', { operations: ['next'] });
  await expect(ledger.spend({ ...spend, idempotencyKey: 'next' })).resolves.toMatchObject({ replayed: false });
});

describe('a mutation is accepted from our own pages only', () => {
  const attempt = (headers: Record<string, string>, trustedOrigins?: string[]) =>
    openTestHandler(ledger, trustedOrigins === undefined ? {} : { trustedOrigins })
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
  ])('%s is accepted', async (_who, headers) => {
    expect((await attempt(headers)).status).toBe(200);
  });

  test('a trusted origin is accepted, and no other', async () => {
    const trusted = ['https://shop.example'];
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect((await attempt({ ...crossSite, origin: 'https://shop.example' }, trusted)).status).toBe(200);
    expect((await attempt({ ...crossSite, origin: 'https://shop.example.evil' }, trusted)).status).toBe(403);
  });

  test('a forged request is refused before the session is read', async () => {
    let asked = 0;
    const identify = async () => ((asked += 1), null);
    const headers = { 'sec-fetch-site': 'cross-site' };
    await openTestHandler(ledger, { identify }).askAnonymously(
      '/api/credits/operations/resolve',
      init('POST', headers),
    );
    expect(asked).toBe(0);
  });
});

test('an entry shows no other person and none of the host’s notes', async () => {
  const host = openTestHandler(ledger);
  const [user, other] = [host.signIn(name('user')), host.signIn(name('other'))];
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
  expect(start).toMatchObject({ actor: 'system:test', counterparty: 'system:issued' });
});

test('a host may decide itself what an entry shows', async () => {
  const host = openTestHandler(ledger, {
    describeEntry: (entry) => ({ ...entry, reason: entry.reason.toUpperCase() }),
  });
  const user = host.signIn(name('user'));
  await fund(user.account);
  const page = await (await user.ask('/api/credits/history')).json();
  expect(page.entries[0]).toMatchObject({ reason: 'START' });
});

describe('cross-origin reads (CORS)', () => {
  const SHOP = 'https://shop.example';
  const host = () => openTestHandler(ledger, { trustedOrigins: [SHOP] });
  const from = (origin: string) => ({ headers: { origin, 'sec-fetch-site': 'cross-site' } });

  test('a page of a trusted origin may read responses, errors included, with credentials', async () => {
    const user = host().signIn(name('user'));
    for (const path of ['', '/history', '?since=x', '/none']) {
      const { headers } = await user.ask(`/api/credits${path}`, from(SHOP));
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toBe('Origin');
    }
    const stream = await user.ask('/api/credits/stream', from(SHOP));
    expect(stream.headers.get('access-control-allow-origin')).toBe(SHOP);
    await stream.body?.cancel();
  });

  test.each(['https://evil.example', 'https://shop.example.evil', 'null', 'http://shop.example'])(
    'a page of %s may not',
    async (origin) => {
      const { headers } = await host().signIn(name('user')).ask('/api/credits', from(origin));
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  test('a preflight request of a trusted origin is allowed, without a session', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: {
        origin: SHOP,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key,x-user-data',
      },
    };
    const response = await host().askAnonymously('/api/credits/operations/resolve', preflight);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-user-data');
    const other = { ...preflight, headers: { ...preflight.headers, origin: 'https://evil.example' } };
    expect((await host().askAnonymously('/api/credits/operations/resolve', other)).status).toBe(405);
  });

  test('without trusted origins no response names an origin', async () => {
    const { headers } = await openTestHandler(ledger).signIn(name('user')).ask('/api/credits', from(SHOP));
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, null]);
  });

  test.each(['*', 'shop.example', 'https://shop.example/', 'https://shop.example/path', 'null'])(
    '%s is refused as a trusted origin',
    (origin) => {
      expect(() => openTestHandler(ledger, { trustedOrigins: [origin] })).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
    },
  );
});
