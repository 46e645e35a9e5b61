import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransferAnswer } from '../../lib/api.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let sender: Person;
let recipient: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard();
  sender = await dashboard.signUp('Sender');
  recipient = await dashboard.signUp('Recipient');
  await dashboard.grant(sender, 100);
});
afterAll(() => dashboard.end());

function send(body: object, key = crypto.randomUUID()) {
  return dashboard.send<Either<TransferAnswer>>('/api/transfers', {
    as: sender,
    body,
    headers: { 'idempotency-key': key },
  });
}

test('credits move to a user by name, once per key, and the answer says nothing of the recipient’s balance', async () => {
  const first = await send({ to_username: 'RECIPIENT', amount: 30, note: 'for the map' }, 'gift');
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({
    transfer: { to_username: 'Recipient', amount: 30, note: 'for the map' },
    data: { new_balance: 70 },
    snapshot: { applied: ['gift'] },
  });
  const again = await send({ to_username: 'RECIPIENT', amount: 30, note: 'for the map' }, 'gift');
  expect(again.body.transfer).toEqual(first.body.transfer);
  expect((await dashboard.ledger.balance(sender.id)).balance.available).toBe(70);
  expect((await dashboard.ledger.balance(recipient.id)).balance.available).toBe(30);
  expect(Object.keys(first.body.data)).toEqual(['new_balance']);
  expect(JSON.stringify(first.body)).not.toContain(recipient.id);
});

test('the same key for another amount is refused', async () => {
  await send({ to_username: 'Recipient', amount: 1 }, 'one');
  expect((await send({ to_username: 'Recipient', amount: 2 }, 'one')).body.code).toBe('idempotency_key_reused');
});

test.each([
  ['more than there is', { to_username: 'Recipient', amount: 5_000 }, 402, 'insufficient_credits'],
  ['to nobody', { to_username: 'ghost', amount: 1 }, 404, 'user_not_found'],
  ['to oneself', { to_username: 'sender', amount: 1 }, 400, 'invalid_request'],
  ['nothing', { to_username: 'Recipient', amount: 0 }, 400, 'invalid_request'],
  ['less than nothing', { to_username: 'Recipient', amount: -1 }, 400, 'invalid_request'],
  ['too much at once', { to_username: 'Recipient', amount: 10_001 }, 400, 'invalid_request'],
  ['with a note without end', { to_username: 'Recipient', amount: 1, note: 'x'.repeat(101) }, 400, 'invalid_request'],
])('sending %s moves nothing', async (_what, body, status, code) => {
  const before = await dashboard.ledger.balance(sender.id);
  const reply = await send(body);
  expect(reply.status).toBe(status);
  expect(reply.body.code).toBe(code);
  expect(await dashboard.ledger.balance(sender.id)).toEqual(before);
});

test('a banned user cannot be sent to', async () => {
  const banned = await dashboard.signUp('Banned');
  await dashboard.database.pool.query(`UPDATE "user" SET banned = true WHERE id = $1`, [banned.id]);
  expect((await send({ to_username: 'Banned', amount: 1 })).body.code).toBe('user_not_found');
});
