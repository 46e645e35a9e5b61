import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openTestHandler, openTestLedger, ORIGIN } from '../support/handler.ts';

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

async function fund(account: string, amount: number): Promise<void> {
  await ledger.grant({ account, amount, actor: 'system:test', reason: 'Start', idempotencyKey: `fund:${account}` });
}

test('an account without entries is at version 0', async () => {
  const user = openTestHandler(ledger).signIn(name('new'));
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

test.each(['/api/credits/history', '/api/credits/stream'])('%s of an unknown account is empty', async (path) => {
  const host = openTestHandler(ledger);
  const response = await host.signIn(name('new')).ask(path);
  expect(response.status).toBe(200);
  await response.body?.cancel();
});

test('an operation of an unknown account can be resolved', async () => {
  const response = await openTestHandler(ledger)
    .signIn(name('new'))
    .post('/api/credits/operations/resolve', { operations: ['lost'] });
  expect(await response.json()).toMatchObject({ rejected: [{ id: 'lost', code: 'operation_abandoned' }] });
});

test('a request since a version lists the operations after it, and a request by id those that were committed', async () => {
  const user = openTestHandler(ledger).signIn(name('user'));
  await fund(user.account, 100);
  const spend = { account: user.account, actor: user.account, amount: 10, reason: 'Server' };
  await ledger.spend({ ...spend, idempotencyKey: 'buy-1' });
  await ledger.spend({ ...spend, idempotencyKey: 'buy-2' });
  const since = await (await user.ask('/api/credits?since=2')).json();
  expect(since).toMatchObject({ version: 3, from: 2, applied: ['buy-2'] });
  const byId = await (await user.ask('/api/credits?operations=buy-1,never')).json();
  expect(byId).toMatchObject({ version: 3, applied: ['buy-1'] });
});

test('a rejected operation can never be applied any more', async () => {
  const user = openTestHandler(ledger).signIn(name('user'));
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

test('history comes in pages, newest first, until there is no next', async () => {
  const user = openTestHandler(ledger).signIn(name('user'));
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

test('every response has its own request id and is not stored', async () => {
  const host = openTestHandler(ledger);
  const user = host.signIn(name('user'));
  const answers = [
    await user.ask('/api/credits'),
    await user.ask('/api/credits?since=x'),
    await user.ask('/api/credits/history'),
    await user.ask('/api/credits/openapi.json'),
    await host.askAnonymously('/api/credits'),
    await host.askAnonymously('/elsewhere'),
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
  ['GET', '/operations/resolve', 'POST'],
  ['OPTIONS', '/operations/resolve', 'POST'],
  ['POST', '/stream', 'GET'],
  ['HEAD', '/stream', 'GET'],
  ['PATCH', '/openapi.json', 'GET, HEAD'],
])('%s %s is refused with the methods that are allowed', async (method, path, allow) => {
  const host = openTestHandler(ledger);
  const response = await host.signIn(name('user')).ask(`/api/credits${path}`, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allow);
  expect(host.handler.streams).toBe(0);
});

test('HEAD is GET without the body', async () => {
  const response = await openTestHandler(ledger).signIn(name('user')).ask('/api/credits', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.text()).toBe('');
});

test.each(['/', '/api/credits/none', '/api/credits/../secret', '/api/credit', '/api/credits%2Fhistory'])(
  '%s is not found',
  async (path) => {
    const response = await openTestHandler(ledger).signIn(name('user')).ask(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'not_found', status: 404 });
  },
);

test('A7: the handler serves the path that the host chose, as where Next has a basePath', async () => {
  const user = openTestHandler(ledger, { basePath: '/wallet/v1' }).signIn(name('user'));
  expect((await user.ask('/wallet/v1')).status).toBe(200);
  expect((await user.ask('/wallet/v1/history')).status).toBe(200);
  expect((await user.ask('/api/credits')).status).toBe(404);
  const document = await (await user.ask('/wallet/v1/openapi.json')).json();
  expect(Object.keys(document.paths)).toContain('/wallet/v1/operations/resolve');
});

test('a bug is internal on the wire, without detail, and reported in full', async () => {
  const secret = new TypeError('the password is swordfish');
  const broken = { ...ledger, snapshot: () => Promise.reject(secret) };
  const host = openTestHandler(broken);
  const response = await host.signIn(name('user')).ask('/api/credits');
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', detail: 'Something broke on our side.' });
  expect(text).not.toContain('swordfish');
  expect(host.warnings).toHaveLength(1);
  expect(host.warnings[0]?.cause).toBe(secret);
  expect(host.warnings[0]?.message).toContain(response.headers.get('x-request-id'));
});

test('a thrown value that is no error is a bug as well', async () => {
  const host = openTestHandler(ledger, { identify: () => Promise.reject('no session store') });
  const response = await host.askAnonymously('/api/credits');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('session store');
  expect(host.warnings).toHaveLength(1);
});

test('a system account or an object as identity is a bug of the host that names the value', async () => {
  for (const account of ['system:spent', { $gt: '' }, ['42'], '', 'a b', null, 42]) {
    const host = openTestHandler(ledger, { identify: async () => ({ account: account as string }) });
    const response = await host.askAnonymously('/api/credits');
    expect({ account, status: response.status }).toEqual({ account, status: 500 });
    expect(host.warnings).toHaveLength(1);
    expect(String(host.warnings[0]?.cause)).toMatch(/identify must (not )?return/);
  }
});

test('the host alone decides the identity of a request', async () => {
  const seen: string[] = [];
  const host = openTestHandler(ledger, {
    identify: async (request) => {
      seen.push(request.url);
      return null;
    },
  });
  expect((await host.askAnonymously('/api/credits?since=0')).status).toBe(401);
  expect(seen).toEqual([`${ORIGIN}/api/credits?since=0`]);
});

test('A7: a trailing slash is the same route', async () => {
  const user = openTestHandler(ledger).signIn(name('user'));
  expect((await user.ask('/api/credits/')).status).toBe(200);
  expect((await user.ask('/api/credits/history/')).status).toBe(200);
  expect((await user.ask('/api/credits/operations/resolve/')).status).toBe(405);
});

test.each(['auth0|5f7c8e', 'ada+test@example.com', 'a~b=c'])('A10: the account id %s is allowed', async (account) => {
  const host = openTestHandler(ledger, { identify: () => ({ account }) });
  expect(await (await host.askAnonymously('/api/credits')).json()).toMatchObject({ account, version: 0 });
});

test('A10: an account id that is not allowed is named in the log, with what is', async () => {
  const account = "o'brien@example.com";
  const host = openTestHandler(ledger, { identify: () => ({ account }) });
  expect((await host.askAnonymously('/api/credits')).status).toBe(500);
  expect(host.warnings).toHaveLength(1);
  expect(String(host.warnings[0]?.cause)).toContain(
    `1 to 128 characters A-Z a-z 0-9 _ . : - | @ + ~ =: got "${account}"`,
  );
});
