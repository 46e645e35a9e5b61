import { Client } from 'pg';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/ledger/database.ts';
import { createPostgresDatabase } from '../support/database.ts';

async function warningsOf(url: string): Promise<string[]> {
  const warnings: string[] = [];
  const database = await openDatabase({ url }, { onWarning: (message) => warnings.push(message) });
  await database.close();
  return warnings;
}

test('a server that may forget what it acknowledged is said to, once for each reason', async () => {
  const { url, drop } = await createPostgresDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`,
  );
  const always = rows.map(({ name }) => name); // the tests' own server is started for speed
  expect((await warningsOf(url)).map((warning) => /with (\w+) off/.exec(warning)?.[1])).toEqual(always);
  await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
  await client.end();
  expect((await warningsOf(url)).join()).toContain('synchronous_commit off: a server that crashes may forget');
  await drop();
});
