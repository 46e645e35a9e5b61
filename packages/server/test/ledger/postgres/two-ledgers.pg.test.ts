import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openDatabase } from '../../../src/ledger/postgres/database.ts';
import { renewEpoch } from '../../../src/ledger/postgres/renew-epoch.ts';
import { createPostgresDatabase } from '../../support/database.ts';
import { by, refusal } from '../../support/ledger.ts';

// Two ledgers in one database, each with two instances. Nothing of one is in the other.

let url: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const created = await createPostgresDatabase();
  url = created.url;
  closing.push(created.drop);
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function openInstance(schema: string): Promise<Ledger> {
  const database = await openDatabase({ url });
  const ledger = await createLedger({ database, schema });
  closing.push(async () => {
    await ledger.close();
    await database.close();
  });
  return ledger;
}

test('accounts, keys, history and holds of one ledger are not in the other', async () => {
  const [first, second] = [await openInstance('ledger_a'), await openInstance('ledger_b')];
  expect(first.epoch).not.toBe(second.epoch);
  const grant = { ...by('system:test'), account: 'user' };
  const [inFirst, inSecond] = await Promise.all([
    first.grant({ ...grant, amount: 10 }),
    second.grant({ ...grant, amount: 3 }),
  ]);
  expect([inFirst.replayed, inSecond.replayed]).toEqual([false, false]);
  const { hold } = await first.hold({ ...by('user'), account: 'user', amount: 4, expiresAfterMs: 60_000 });
  expect(await second.holds('user')).toMatchObject({ holds: [] });
  await refusal(second.post({ ...by('user'), hold: hold.id }), 'hold_not_found');
  expect(await first.balance('user')).toMatchObject({ balance: { posted: 10, held: 4 }, version: 2 });
  expect(await second.balance('user')).toMatchObject({ balance: { posted: 3, held: 0 }, version: 1 });
  expect((await second.history('user')).entries.map(({ amount }) => amount)).toEqual([3]);
  expect([(await first.circulation()).issued, (await second.circulation()).issued]).toEqual([10, 3]);
});

test('instances are notified of changes in their own ledger only', async () => {
  const [first, firstToo] = [await openInstance('ledger_c'), await openInstance('ledger_c')];
  const [second, secondToo] = [await openInstance('ledger_d'), await openInstance('ledger_d')];
  const notified: string[] = [];
  firstToo.onChange((accounts) => notified.push(...accounts.map((account) => `c ${account}`)));
  secondToo.onChange((accounts) => notified.push(...accounts.map((account) => `d ${account}`)));
  await vi.waitFor(
    () => expect([firstToo, secondToo].map(({ notificationGeneration }) => notificationGeneration)).toEqual([1, 1]),
    { timeout: 10_000 },
  );
  await first.grant({ ...by('system:test'), account: 'alice', amount: 1 });
  await second.grant({ ...by('system:test'), account: 'bob', amount: 1 });
  await vi.waitFor(() => expect(notified.toSorted()).toEqual(['c alice', 'd bob']), { timeout: 10_000 });
});

test('a changed row is found by the verification of its own ledger, and a new epoch is of one ledger', async () => {
  const [first, second] = [await openInstance('ledger_e'), await openInstance('ledger_f')];
  for (const ledger of [first, second]) await ledger.grant({ ...by('system:test'), account: 'user', amount: 10 });
  const database = await openDatabase({ url });
  closing.push(() => database.close());
  await database.pool.query(`UPDATE ledger_e.accounts SET posted = 11 WHERE id = 'user'`);
  expect((await first.verify()).differences).not.toEqual([]);
  expect((await second.verify()).differences).toEqual([]);
  const renewed = await renewEpoch(database, { schema: 'ledger_e' });
  expect((await openInstance('ledger_e')).epoch).toBe(renewed);
  expect((await openInstance('ledger_f')).epoch).toBe(second.epoch);
});
