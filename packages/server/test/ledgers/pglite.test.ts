import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { by } from '../support/ledger.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createLedgersBench, openOnEach } from './bench.ts';
import { testLedgers } from './ledgers-suite.ts';
import { testMoves } from './moves-suite.ts';
import { testTransfers } from './transfers-suite.ts';

const bench = createLedgersBench(async () => ({ database: await openEmbeddedDatabase() }));
testLedgers(bench);
testTransfers(bench);
testMoves(bench);

test('twelve ledgers of one pool: Node warns of no leak, and a transaction of the host calls the listeners of each', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const list = await bench.openNew(12);
  const accounts = await openOnEach(list, 10);
  const { ledgers } = list;
  const changed = new Set<string>();
  onTestFinished(ledgers.onChange((ids) => ids.forEach((id) => changed.add(id))));
  const client = await bench.database.pool.connect();
  await client.query('BEGIN');
  for (const account of accounts) await ledgers.within(client).spend({ ...by(account), account, amount: 1 });
  await client.query('COMMIT');
  expect(changed).toEqual(new Set());
  client.release();
  await expect.poll(() => changed).toEqual(new Set(accounts));
  await setImmediate();
  expect(warnings).toEqual([]);
});
