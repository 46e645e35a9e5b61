import { expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { renewEpoch } from '../../src/ledger/renew-epoch.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, openAccount } from '../support/ledger.ts';

test('a restored database begins a new life, with everything that it had', async () => {
  const database = await openEmbeddedDatabase();
  const before = await createLedger({ database });
  const account = await openAccount({ ledger: before }, 100);
  const command = { ...by(account), account, amount: 30 };
  const receipt = await before.spend(command);
  await before.close();

  const epoch = await renewEpoch(database);
  const after = await createLedger({ database });
  expect(epoch).not.toBe(before.epoch);
  expect(after.epoch).toBe(epoch);
  const snapshot = await after.snapshot(account);
  expect(snapshot).toMatchObject({ epoch, version: 2, balance: { available: 70 } });
  expect(await after.spend(command)).toEqual({ ...receipt, replayed: true });
  expect((await after.verify()).differences).toEqual([]);
  await after.close();
  await database.close();
});

test('the ledger of an empty database can be given a life as well', async () => {
  const database = await openEmbeddedDatabase();
  const epoch = await renewEpoch(database);
  const ledger = await createLedger({ database });
  expect(ledger.epoch).toBe(epoch);
  await ledger.close();
  await database.close();
});
