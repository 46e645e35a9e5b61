import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openDoor, openTestLedger, ORIGIN } from '../support/door.ts';

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

/** Opens an account with credits in it. */
async function fund(account: string, amount: number): Promise<void> {
  await ledger.openAccount(account);
  await ledger.grant({ account, amount, actor: 'system:test', reason: 'Start', idempotencyKey: `fund:${account}` });
}

test('the state of the signed-in account is answered, and its account opened on first touch', async () => {
  const user = openDoor(ledger).signIn(name('new'));
  const response = await user.ask('/api/credits');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    account: user.account,
    epoch: ledger.epoch,
    version: 0,
    balance: { posted: 0, held: 0, available: 0 },
    from: 0,
    applied: [],
  });
});

test.each(['/api/credits/history', '/api/credits/holds', '/api/credits/stream'])(
  '%s opens the account on first touch',
  async (path) => {
    const door = openDoor(ledger);
    const response = await door.signIn(name('new')).ask(path);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  },
);

test('a host without a route of its own for it says by ours who is signed in', async () => {
  const door = openDoor(ledger);
  const { account } = door.signIn(name('new'));
  const ask = (headers: Record<string, string>) => door.handler.me(new Request(`${ORIGIN}/api/user/me`, { headers }));
  const response = await ask({ cookie: `session=${account}` });
  expect(await response.json()).toMatchObject({
    success: true,
    user: { id: account, coins: 0 },
    snapshot: { account, version: 0 },
  });
  expect(response.headers.get('cache-control')).toContain('no-store');
  const refused = await ask({});
  expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
});

test('settling opens the account on first touch', async () => {
  const response = await openDoor(ledger)
    .signIn(name('new'))
    .post('/api/credits/operations/resolve', { operations: ['lost'] });
  expect(await response.json()).toMatchObject({ rejected: [{ id: 'lost', code: 'operation_abandoned' }] });
});

test('a question since a version names the operations after it, and one by id those that were committed', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await fund(user.account, 100);
  const spend = { account: user.account, actor: user.account, amount: 10, reason: 'Server' };
  await ledger.spend({ ...spend, idempotencyKey: 'buy-1' });
  await ledger.spend({ ...spend, idempotencyKey: 'buy-2' });
  const since = await (await user.ask('/api/credits?since=2')).json();
  expect(since).toMatchObject({ version: 3, from: 2, applied: ['buy-2'] });
  const byId = await (await user.ask('/api/credits?operations=buy-1,never')).json();
  expect(byId).toMatchObject({ version: 3, applied: ['buy-1'] });
});

test('a settled operation can never be applied any more', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await fund(user.account, 100);
  const spend = { account: user.account, actor: user.account, amount: 10, reason: 'Server' };
  await ledger.spend({ ...spend, idempotencyKey: 'arrived' });
  const response = await user.post('/api/credits/operations/resolve', { operations: ['arrived', 'lost', 'lost'] });
  expect(await response.json()).toMatchObject({
    balance: { available: 90 },
    applied: ['arrived'],
    rejected: [{ id: 'lost', code: 'operation_abandoned' }],
  });
  await expect(ledger.spend({ ...spend, idempotencyKey: 'lost' })).rejects.toMatchObject({
    code: 'operation_abandoned',
  });
});

test('an unchanged state is answered with 304, unless operations are asked about', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await fund(user.account, 5);
  const etag = (await user.ask('/api/credits')).headers.get('etag') ?? '';
  expect(etag).toBe(`"${ledger.epoch}.1"`);
  const ask = (path: string, tag: string) => user.ask(path, { headers: { 'if-none-match': tag } });
  const unchanged = await ask('/api/credits', etag);
  expect(unchanged.status).toBe(304);
  expect(unchanged.headers.get('etag')).toBe(etag);
  expect(await unchanged.text()).toBe('');
  expect((await ask('/api/credits?since=0', `W/${etag}, "other"`)).status).toBe(304);
  expect((await ask('/api/credits?operations=buy', etag)).status).toBe(200);
  expect((await ask('/api/credits', `"${ledger.epoch}.0"`)).status).toBe(200);
});

test('history comes in pages, newest first, until there is no next', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await fund(user.account, 100);
  for (const key of ['a', 'b', 'c']) {
    await ledger.spend({ account: user.account, actor: user.account, amount: 1, reason: key, idempotencyKey: key });
  }
  const versions: number[] = [];
  for (let next: number | null = 99; next !== null;) {
    const page = await (await user.ask(`/api/credits/history?limit=3&before=${next}`)).json();
    expect(page.snapshot).toMatchObject({ version: 4, balance: { available: 97 } });
    versions.push(...page.entries.map((entry: { version: number }) => entry.version));
    next = page.next;
  }
  expect(versions).toEqual([4, 3, 2, 1]);
});

test('holds come in pages with the state of the account beside them', async () => {
  const user = openDoor(ledger).signIn(name('user'));
  await fund(user.account, 100);
  const by = { account: user.account, actor: user.account, reason: 'Reserved', expiresAfterMs: 60_000 };
  for (const amount of [1, 2, 3]) await ledger.hold({ ...by, amount, idempotencyKey: `hold-${amount}` });
  const first = await (await user.ask('/api/credits/holds?limit=2')).json();
  const second = await (await user.ask(`/api/credits/holds?limit=2&state=open&before=${first.next}`)).json();
  const amounts = [...first.holds, ...second.holds].map((hold: { amount: number }) => hold.amount);
  expect(amounts.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  expect(second).toMatchObject({ next: null, snapshot: { version: 4, balance: { held: 6, available: 94 } } });
  expect(await (await user.ask('/api/credits/holds?state=voided')).json()).toMatchObject({ holds: [], next: null });
});

test('every answer has a request id of its own and is kept by nobody', async () => {
  const door = openDoor(ledger);
  const user = door.signIn(name('user'));
  const answers = [
    await user.ask('/api/credits'),
    await user.ask('/api/credits?since=x'),
    await user.ask('/api/credits/docs'),
    await user.ask('/api/credits/openapi.json'),
    await door.askAnonymously('/api/credits'),
    await door.askAnonymously('/elsewhere'),
  ];
  for (const answer of answers) {
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  const ids = answers.map((answer) => answer.headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(answers.length);
  expect(await answers[4]?.json()).toMatchObject({ code: 'unauthenticated', requestId: ids[4] });
});

test.each([
  ['PUT', '', 'GET, HEAD'],
  ['POST', '', 'GET, HEAD'],
  ['DELETE', '/history', 'GET, HEAD'],
  ['POST', '/holds', 'GET, HEAD'],
  ['GET', '/operations/resolve', 'POST'],
  ['OPTIONS', '/operations/resolve', 'POST'],
  ['POST', '/stream', 'GET'],
  ['HEAD', '/stream', 'GET'],
  ['POST', '/docs', 'GET, HEAD'],
  ['PATCH', '/openapi.json', 'GET, HEAD'],
])('%s %s is not offered, and what is offered is said', async (method, path, allow) => {
  const door = openDoor(ledger);
  const response = await door.signIn(name('user')).ask(`/api/credits${path}`, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allow);
  expect(door.handler.streams).toBe(0);
});

test('HEAD is answered as GET without the body', async () => {
  const response = await openDoor(ledger).signIn(name('user')).ask('/api/credits', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('etag')).toBe(`"${ledger.epoch}.0"`);
  expect(await response.text()).toBe('');
});

test.each([
  '/',
  '/api/credits/',
  '/api/credits/none',
  '/api/credits/../secret',
  '/api/credit',
  '/api/credits%2Fhistory',
])('nothing answers at %s', async (path) => {
  const response = await openDoor(ledger).signIn(name('user')).ask(path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'not_found', status: 404 });
});

test('the door answers below the path that the host chose', async () => {
  const user = openDoor(ledger, { basePath: '/wallet/v1' }).signIn(name('user'));
  expect((await user.ask('/wallet/v1')).status).toBe(200);
  expect((await user.ask('/wallet/v1/history')).status).toBe(200);
  expect((await user.ask('/api/credits')).status).toBe(404);
  const document = await (await user.ask('/wallet/v1/openapi.json')).json();
  expect(Object.keys(document.paths)).toContain('/wallet/v1/operations/resolve');
});

test('a bug inside is internal without a word of it, and reported whole', async () => {
  const secret = new TypeError('the password is swordfish');
  const broken = { ...ledger, snapshot: () => Promise.reject(secret) };
  const door = openDoor(broken);
  const response = await door.signIn(name('user')).ask('/api/credits');
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', detail: 'Something broke on our side.' });
  expect(text).not.toContain('swordfish');
  expect(door.warnings).toHaveLength(1);
  expect(door.warnings[0]?.cause).toBe(secret);
  expect(door.warnings[0]?.message).toContain(response.headers.get('x-request-id'));
});

test('what is thrown without being an error is a bug as well', async () => {
  const door = openDoor(ledger, { identify: () => Promise.reject('no session store') });
  const response = await door.askAnonymously('/api/credits');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('session store');
  expect(door.warnings).toHaveLength(1);
});

test('a house account or an object as identity is a bug of the host, and nothing is asked of the ledger', async () => {
  for (const account of ['house:spent', { $gt: '' }, ['42'], '', 'a b', null, 42]) {
    const door = openDoor(ledger, { identify: async () => ({ account: account as string }) });
    const response = await door.askAnonymously('/api/credits');
    expect({ account, status: response.status }).toEqual({ account, status: 500 });
    expect(door.warnings).toHaveLength(1);
  }
});

test('a request is asked about its identity by the host alone', async () => {
  const seen: string[] = [];
  const door = openDoor(ledger, {
    identify: async (request) => {
      seen.push(request.url);
      return null;
    },
  });
  expect((await door.askAnonymously('/api/credits?since=0')).status).toBe(401);
  expect(seen).toEqual([`${ORIGIN}/api/credits?since=0`]);
});
