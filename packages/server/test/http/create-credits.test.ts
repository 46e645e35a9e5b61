import { expect, test } from 'vitest';
import { createCredits } from '../../src/http/create-credits.ts';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';

const identify = (request: Request) => {
  const account = request.headers.get('x-test-user');
  return account === null ? null : { account };
};

test('one call opens the ledger and its HTTP API', async () => {
  const database = await openEmbedded({ memory: true });
  const credits = await createCredits({ database, identify });
  await credits.ledger.grant({
    account: '42',
    amount: 100,
    actor: 'system:welcome',
    reason: 'Welcome',
    idempotencyKey: 'welcome:42',
  });
  const request = new Request('https://panel.example/api/credits', { headers: { 'x-test-user': '42' } });
  const response = await credits.handler.fetch(request);
  expect(await response.json()).toMatchObject({ account: '42', balance: { available: 100 } });
  await credits.close();
  await expect(database.pool.query('SELECT 1')).rejects.toThrow('end');
});

test('a pool of the host stays open', async () => {
  const database = await openEmbedded({ memory: true });
  const credits = await createCredits({ database: database.pool, identify });
  await credits.close();
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await database.close();
});

test.each([undefined, ''])('a missing database (%j) is refused with what to pass', async (database) => {
  await expect(createCredits({ database, identify })).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('DATABASE_URL'),
  });
});

test('a server that cannot be reached is unavailable', async () => {
  const database = 'postgres://127.0.0.1:1/none';
  await expect(createCredits({ database, identify })).rejects.toMatchObject({ code: 'unavailable' });
});
