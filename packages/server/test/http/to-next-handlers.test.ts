import { afterAll, beforeAll, expect, test } from 'vitest';
import { toNextHandlers } from '../../src/http/to-next-handlers.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openDoor, openTestLedger, ORIGIN } from '../support/door.ts';

let ledger: Ledger;
let close: () => Promise<void>;

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

test('a catch-all route has both methods that the door offers, and each answers as the door does', async () => {
  const door = openDoor(ledger);
  door.signIn('42');
  const { GET, POST } = toNextHandlers(door.handler);
  const headers = { cookie: 'session=42' };
  const snapshot = await GET(new Request(`${ORIGIN}/api/credits`, { headers }));
  expect(await snapshot.json()).toMatchObject({ account: '42', version: 0 });
  const body = '{"operations":["lost"]}';
  const settled = await POST(new Request(`${ORIGIN}/api/credits/operations/resolve`, { method: 'POST', headers, body }));
  expect(await settled.json()).toMatchObject({ rejected: [{ id: 'lost' }] });
  expect((await POST(new Request(`${ORIGIN}/api/credits`, { method: 'POST', headers }))).status).toBe(405);
});

test('a handler that has yet to be opened is opened by the first request', async () => {
  const door = openDoor(ledger);
  let opened = 0;
  const { GET } = toNextHandlers(async () => {
    opened += 1;
    return door.handler;
  });
  expect(opened).toBe(0);
  expect((await GET(new Request(`${ORIGIN}/api/credits`))).status).toBe(401);
  expect(opened).toBe(1);
});
