import { expect, test } from 'vitest';
import { openEmbedded } from '../../src/ledger/embedded/open-embedded.ts';
import { createLedgers } from '../../src/ledgers/create-ledgers.ts';

test('twelve ledgers of one database open without a warning of Node', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', note);
  const database = await openEmbedded({ memory: true });
  const schemas = Array.from({ length: 12 }, (_, index) => `ledger_${index}`);
  const ledgers = await createLedgers({ database, schemas });
  await ledgers.close();
  await database.close();
  // Node says it in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
