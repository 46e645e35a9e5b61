import { afterAll, beforeAll, expect, test } from 'vitest';
import { toNextHandlers } from '../../../src/http/adapters/to-next-handlers.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openTestHandler, openTestLedger, ORIGIN } from '../../support/handler.ts';

let ledger: Ledger;
let close: () => Promise<void>;

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

test('a catch-all route has every method of the handler, and responds as the handler does', async () => {
  const host = openTestHandler(ledger);
  host.signIn('42');
  const { GET, POST, OPTIONS } = toNextHandlers({ handler: host.handler });
  const headers = { cookie: 'session=42' };
  const snapshot = await GET(new Request(`${ORIGIN}/api/credits`, { headers }));
  expect(await snapshot.json()).toMatchObject({ account: '42', version: 0 });
  const body = '{"operations":["lost"]}';
  const resolved = await POST(
    new Request(`${ORIGIN}/api/credits/operations/resolve`, { method: 'POST', headers, body }),
  );
  expect(await resolved.json()).toMatchObject({ rejected: [{ id: 'lost' }] });
  expect((await POST(new Request(`${ORIGIN}/api/credits`, { method: 'POST', headers }))).status).toBe(405);
  expect((await OPTIONS(new Request(`${ORIGIN}/api/credits`, { method: 'OPTIONS' }))).status).toBe(405);
});

test('a handler that is opened lazily is opened by the first request', async () => {
  const host = openTestHandler(ledger);
  let opened = 0;
  const { GET } = toNextHandlers(async () => {
    opened += 1;
    return { handler: host.handler };
  });
  expect(opened).toBe(0);
  expect((await GET(new Request(`${ORIGIN}/api/credits`))).status).toBe(401);
  expect(opened).toBe(1);
});
