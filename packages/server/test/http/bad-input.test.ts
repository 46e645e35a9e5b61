import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createNames, openTestHandler, openTestLedger, ORIGIN } from '../support/handler.ts';

// Each of these is answered with a coded problem, and changes nothing: the account is compared after every one.

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

async function openUser() {
  const user = openTestHandler(ledger).signIn(name('user'));
  await ledger.grant({
    account: user.account,
    amount: 100,
    actor: 'system:test',
    reason: 'Start',
    idempotencyKey: user.account,
  });
  const before = await ledger.history(user.account);
  return { ...user, expectUnchanged: async () => expect(await ledger.history(user.account)).toEqual(before) };
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `id-${index}`);

test.each([
  '?since=-1',
  '?since=1.5',
  '?since=NaN',
  '?since=Infinity',
  '?since=1e3',
  '?since=0x10',
  '?since=',
  '?since=%201',
  '?since=9007199254740992',
  '?since=99999999999999999999',
  '?since=1&since=2',
  '?since[]=1',
  '?operations=',
  '?operations=a,,b',
  '?operations=a%20b',
  `?operations=${'x'.repeat(129)}`,
  `?operations=${many(101).join(',')}`,
  '?operations=a&operations=b',
  '?limit=1',
  '?__proto__=1',
  '/history?limit=0',
  '/history?limit=101',
  '/history?limit=ten',
  '/history?before=-1',
  '/history?before=1;DROP',
  '/history?since=1',
  '/stream?since=1',
])('GET %s is not valid, and what is wrong is named', async (path) => {
  const user = await openUser();
  const response = await user.ask(`/api/credits${path}`);
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = await response.json();
  expect(problem).toMatchObject({ code: 'invalid_request', status: 400 });
  expect(problem.details.issues.length).toBeGreaterThan(0);
  await user.expectUnchanged();
});

test.each([
  ['no body', undefined],
  ['an empty body', ''],
  ['malformed JSON', '{"operations":["a"]'],
  ['a comment in it', '{"operations":["a"]} // now'],
  ['two values', '{"operations":["a"]}{}'],
  ['not an object', '["a"]'],
  ['null', 'null'],
  ['a number', '1e999'],
  ['no operations', '{}'],
  ['an empty list', '{"operations":[]}'],
  ['too many ids', JSON.stringify({ operations: many(101) })],
  ['an empty id', '{"operations":[""]}'],
  ['an id with a comma', '{"operations":["a,b"]}'],
  ['an id with a space', '{"operations":["a b"]}'],
  ['an id that is a number', '{"operations":[1]}'],
  ['an id that is too long', JSON.stringify({ operations: ['x'.repeat(129)] })],
  ['an unknown field', '{"operations":["a"],"force":true}'],
  ['a prototype', '{"operations":["a"],"__proto__":{"admin":true}}'],
])('settling with %s is not valid', async (_what, body) => {
  const user = await openUser();
  const response = await user.ask('/api/credits/operations/resolve', {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request' });
  await user.expectUnchanged();
});

test.each(['/%', '/%zz', '/%E0%A4%A', '/history%00', '/%ED%A0%80', '?operations=%00', '/history?before=%00', '?%00=1'])(
  'C10: the address %s cannot be read',
  async (path) => {
    const user = await openUser();
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await user.ask(`/api/credits${path}`, { method });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_request' });
    }
    await user.expectUnchanged();
  },
);

test.each(['{"operations":["\\u0000"]}', '{"operations":["a"],"\\ud800":1}', '{"a":[[{"b":"\\udc00"}]]}'])(
  'C10: the body %s has text that no database takes',
  async (body) => {
    const user = await openUser();
    const response = await user.ask('/api/credits/operations/resolve', { method: 'POST', body });
    expect(await response.json()).toMatchObject({ status: 400, detail: expect.stringContaining('NUL') });
    await user.expectUnchanged();
  },
);

test('C10: a body that is nested as deep as it can be is no more than not valid', async () => {
  const user = await openUser();
  const body = '['.repeat(30_000) + ']'.repeat(30_000);
  const response = await user.ask('/api/credits/operations/resolve', { method: 'POST', body });
  expect(response.status).toBe(400);
});

test('bytes that are not UTF-8 are not valid', async () => {
  const user = await openUser();
  const body = new Uint8Array([0x22, 0xc3, 0x28, 0x22]);
  const response = await user.ask('/api/credits/operations/resolve', { method: 'POST', body });
  expect(await response.json()).toMatchObject({ status: 400, detail: 'The request body is not JSON.' });
});

test('a body beyond 64 KiB is refused, whether it says its size or not', async () => {
  const user = await openUser();
  const body = JSON.stringify({ operations: ['a'], padding: 'x'.repeat(65_536) });
  const declared = await user.ask('/api/credits/operations/resolve', {
    method: 'POST',
    body,
    headers: { 'content-length': String(body.length) },
  });
  expect(declared.status).toBe(413);
  expect(await declared.json()).toMatchObject({ code: 'body_too_large' });
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(new Uint8Array(16_384).fill(0x20));
    },
  });
  const undeclared = await user.ask('/api/credits/operations/resolve', {
    method: 'POST',
    body: endless,
    duplex: 'half',
  } as RequestInit);
  expect(undeclared.status).toBe(413);
  expect(sent).toBeLessThan(10);
  await user.expectUnchanged();
});

test('the same key with other arguments is refused, and says so on the wire', async () => {
  const user = await openUser();
  const spend = { account: user.account, actor: user.account, reason: 'Server', idempotencyKey: 'buy' };
  await ledger.spend({ ...spend, amount: 10 });
  const error = await ledger.spend({ ...spend, amount: 11 }).catch((caught: unknown) => caught);
  const { toProblemResponse } = await import('../../src/http/to-problem-response.ts');
  const response = toProblemResponse(error, 'request-1');
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ code: 'idempotency_key_reused' });
  expect((await ledger.balance(user.account)).balance.available).toBe(90);
});

test('what is said about bad input stays short, however long the input', async () => {
  const user = await openUser();
  const parameters = Array.from({ length: 500 }, (_, index) => `${'n'.repeat(60)}${index}=1`).join('&');
  const response = await user.ask(`/api/credits?${parameters}`);
  expect(response.status).toBe(400);
  expect((await response.text()).length).toBeLessThan(2_000);
});

test('a last event id that is not ours begins with a whole snapshot', async () => {
  const user = await openUser();
  for (const lastEventId of [
    'x',
    '1',
    `${ledger.epoch}.-1`,
    `${ledger.epoch}.99999999999999999`,
    'other-epoch.0',
    '"><script>',
  ]) {
    const events = await user.follow(lastEventId);
    expect(await events.snapshot()).toMatchObject({ version: 1, from: 1, applied: [] });
    await events.leave();
  }
});

test('a path that cannot be decoded is refused', async () => {
  const response = await openTestHandler(ledger).handler.fetch(new Request(`${ORIGIN}/api/credits/%E0%A4%A`));
  expect(response.status).toBe(400);
});
