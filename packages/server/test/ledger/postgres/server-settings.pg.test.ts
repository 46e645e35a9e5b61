import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/ledger/postgres/database.ts';
import { administer } from '../../support/administer.ts';
import { createPostgresDatabase } from '../../support/database.ts';

async function warningsOf(url: string): Promise<string[]> {
  const warnings: string[] = [];
  const database = await openDatabase({ url, onWarning: (message) => warnings.push(message) });
  await database.close();
  return warnings;
}

test('a server that may lose what it acknowledged is reported, once for each reason', async () => {
  const { url, drop } = await createPostgresDatabase();
  await administer(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
  const warnings = await warningsOf(url);
  // The server of the tests is started without fsync, for speed. A given one may have it.
  expect(new Set(warnings).size).toBe(warnings.length);
  expect(warnings.join()).toContain('synchronous_commit off: a server that crashes may lose');
  await drop();
});
