import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { openEmbedded } from '../../../src/embedded.ts';
import { kill, makeDirectory, startProcess } from '../../support/directory-processes.ts';
import { refusal } from '../../support/ledger.ts';

// The data directory: one process at a time, and what was acknowledged is there after kill −9. Real processes.

test(
  'a second process is refused with a sentence that names the pid of the first, until the first is gone',
  { timeout: 300_000 },
  async () => {
    const directory = makeDirectory();
    const first = startProcess('hold', directory);
    await first.until((lines) => lines.includes('open'));
    const error = await refusal(openEmbedded({ directory }), 'unavailable');
    expect(error.message).toContain(`the process with pid ${first.child.pid}`);
    expect(error.message).toContain(directory);
    await kill(first.child);
    const database = await openEmbedded({ directory });
    expect(JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8')).pid).toBe(process.pid);
    await database.close();
  },
);

test('a directory that cannot be written is refused with a sentence that names it', async () => {
  const file = join(makeDirectory(), 'file');
  writeFileSync(file, '');
  const error = await refusal(openEmbedded({ directory: join(file, 'below') }), 'unavailable');
  expect(error.message).toContain(join(file, 'below'));
  expect(error.message).toContain('cannot write there');
});

// Root may write everywhere: only another user can see this refusal.
test.skipIf(process.getuid?.() === 0)('a read-only directory is refused with a sentence that names it', async () => {
  const directory = makeDirectory();
  chmodSync(directory, 0o500);
  const error = await refusal(openEmbedded({ directory }), 'unavailable');
  expect(error.message).toContain(directory);
  chmodSync(directory, 0o700);
});

test('a database whose making was cut short is made again', { timeout: 120_000 }, async () => {
  const directory = makeDirectory();
  const first = await openEmbedded({ directory });
  await first.pool.query('CREATE TABLE left_over (id int)');
  await first.close();
  writeFileSync(join(directory, 'postgres.making'), '');
  rmSync(join(directory, 'postgres', 'global'), { recursive: true });
  const again = await openEmbedded({ directory });
  await again.pool.query('CREATE TABLE left_over (id int)');
  expect(readdirSync(directory)).not.toContain('postgres.making');
  await again.close();
});

test(
  'L10: after kill −9 under load every acknowledged grant is there, and nothing half-done',
  { timeout: 300_000 },
  async () => {
    const directory = makeDirectory();
    const acknowledged: string[] = [];
    for (const enough of [60, 350]) {
      const granting = startProcess('grant', directory);
      await granting.until((lines) => lines.length > enough);
      await kill(granting.child);
      acknowledged.push(...granting.lines.filter((line) => line.includes('-')));
    }
    const database = await openEmbedded({ directory });
    const ledger = await createLedger({ database });
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM credits.journal');
    const kept = new Set(rows.map(({ key }) => key));
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
    const { balance, version } = await ledger.balance('user');
    expect({ available: balance.available, version }).toEqual({ available: kept.size, version: kept.size });
    expect((await ledger.verify()).differences).toEqual([]);
    await ledger.close();
    await database.close();
  },
);
