import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { lockDirectory, takeFile } from '../../src/ledger/directory-lock.ts';
import { refusal } from '../support/ledger.ts';

// The data directory: one process at a time, and what was acknowledged is there after kill −9. Real processes.

const PROGRAM = fileURLToPath(new URL('../support/ledger-process.ts', import.meta.url));
const directories: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'credits-directory-'));
  directories.push(directory);
  return directory;
}

interface Process {
  child: ChildProcess;
  lines: string[];
  /** Resolves once the printed lines satisfy the condition. */
  until(condition: (lines: string[]) => boolean): Promise<void>;
}

function start(mode: 'hold' | 'grant' | 'lock', directory: string): Process {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, mode, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    async until(condition) {
      const reached = () => {
        if (child.exitCode !== null) throw new Error(`The process ended after: ${lines.slice(-5).join(', ')}`);
        expect(condition(lines)).toBe(true);
      };
      await vi.waitFor(reached, { timeout: 120_000, interval: 5 });
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test(
  'a second process is refused with a sentence that names the pid of the first, until the first is gone',
  { timeout: 300_000 },
  async () => {
    const directory = makeDirectory();
    const first = start('hold', directory);
    await first.until((lines) => lines.includes('open'));
    const error = await refusal(openDatabase({ directory }), 'unavailable');
    expect(error.message).toContain(`the process with pid ${first.child.pid}`);
    expect(error.message).toContain(directory);
    await kill(first.child);
    const database = await openDatabase({ directory });
    expect(JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8')).pid).toBe(process.pid);
    await database.close();
  },
);

test('a second opening in the same process is refused too', async () => {
  const directory = makeDirectory();
  const release = await lockDirectory(directory);
  const error = await refusal(lockDirectory(directory), 'unavailable');
  expect(error.message).toContain(`this process (pid ${process.pid})`);
  await release();
  await (
    await lockDirectory(directory)
  )();
});

test('a file that a dead process left behind is taken over', async () => {
  const directory = makeDirectory();
  const gone = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(gone, 'exit');
  const { host } = await readOwn(makeDirectory());
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ pid: gone.pid, startedAt: null, host }));
  const release = await lockDirectory(directory);
  expect(JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8')).pid).toBe(process.pid);
  await release();
});

test('a pid that now belongs to another process does not keep the directory', async () => {
  const directory = makeDirectory();
  const own = await readOwn(makeDirectory());
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ ...own, startedAt: 'long ago' }));
  await (
    await lockDirectory(directory)
  )();
  writeFileSync(join(directory, 'lock.json'), JSON.stringify(own));
  await refusal(lockDirectory(directory), 'unavailable');
});

test('a half written file is taken over', async () => {
  const directory = makeDirectory();
  const file = join(directory, 'lock.json');
  writeFileSync(file, '{"pid": 12');
  const release = await lockDirectory(directory);
  expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(process.pid);
  await release();
});

for (const [name, content] of [
  ['empty', ''],
  ['garbage', '\u0000\u0001{]'],
  ['of another program', '{"hello": "world"}'],
] as const) {
  test(`a file that is ${name} is taken over`, async () => {
    const directory = makeDirectory();
    const file = join(directory, 'lock.json');
    writeFileSync(file, content);
    const release = await lockDirectory(directory);
    expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(process.pid);
    await release();
  });
}

test('of many that find the file of a dead process at once, one gets the directory', async () => {
  const directory = makeDirectory();
  const own = await readOwn(makeDirectory());
  for (let turn = 0; turn < 20; turn += 1) {
    writeFileSync(join(directory, 'lock.json'), JSON.stringify({ ...own, startedAt: 'long ago' }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => takeFile(directory, own)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['lock.json']);
  }
});

test('of processes that start at once on the directory of a dead one, one gets it', { timeout: 120_000 }, async () => {
  const directory = makeDirectory();
  const own = await readOwn(makeDirectory());
  writeFileSync(join(directory, 'lock.json'), JSON.stringify({ ...own, startedAt: 'long ago' }));
  const processes = Array.from({ length: 5 }, () => start('lock', directory));
  await Promise.all(processes.map(({ until }) => until((lines) => lines.length > 0)));
  const said = processes.map(({ lines }) => lines[0]);
  expect(said.filter((line) => line === 'locked')).toHaveLength(1);
  expect(said.filter((line) => line === 'refused: unavailable')).toHaveLength(4);
});

test('a directory that cannot be written is refused with a sentence that names it', async () => {
  const file = join(makeDirectory(), 'file');
  writeFileSync(file, '');
  const error = await refusal(openDatabase({ directory: join(file, 'below') }), 'unavailable');
  expect(error.message).toContain(join(file, 'below'));
  expect(error.message).toContain('cannot write there');
});

// Root may write everywhere, so that only another user can see this one.
test.skipIf(process.getuid?.() === 0)('a read-only directory is refused with a sentence that names it', async () => {
  const directory = makeDirectory();
  chmodSync(directory, 0o500);
  const error = await refusal(openDatabase({ directory }), 'unavailable');
  expect(error.message).toContain(directory);
  chmodSync(directory, 0o700);
});

test('a database whose making was cut short is made again', { timeout: 120_000 }, async () => {
  const directory = makeDirectory();
  const first = await openDatabase({ directory });
  await first.pool.query('CREATE TABLE left_over (id int)');
  await first.close();
  writeFileSync(join(directory, 'postgres.making'), '');
  rmSync(join(directory, 'postgres', 'global'), { recursive: true });
  const again = await openDatabase({ directory });
  await again.pool.query('CREATE TABLE left_over (id int)');
  expect(readdirSync(directory).toSorted()).toEqual(['lock.json', 'postgres', 'reserve']);
  await again.close();
});

test('an owner on another host counts as alive while its file is fresh', async () => {
  const directory = makeDirectory();
  const file = join(directory, 'lock.json');
  writeFileSync(file, JSON.stringify({ pid: 1, startedAt: null, host: 'elsewhere' }));
  const error = await refusal(lockDirectory(directory), 'unavailable');
  expect(error.message).toContain('pid 1 on elsewhere');
  const silentSince = new Date(Date.now() - 60_000);
  utimesSync(file, silentSince, silentSince);
  await (
    await lockDirectory(directory)
  )();
});

test(
  'L10: after kill −9 under load every acknowledged grant is there, and nothing half-done',
  { timeout: 300_000 },
  async () => {
    const directory = makeDirectory();
    const acknowledged: string[] = [];
    for (const enough of [60, 350]) {
      const granting = start('grant', directory);
      await granting.until((lines) => lines.length > enough);
      await kill(granting.child);
      acknowledged.push(...granting.lines.filter((line) => line.includes('-')));
    }
    const database = await openDatabase({ directory });
    const ledger = await createLedger({ database });
    const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM credits_operations');
    const kept = new Set(rows.map(({ key }) => key));
    expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
    const { balance, version } = await ledger.balance('user');
    expect({ available: balance.available, version }).toEqual({ available: kept.size, version: kept.size });
    expect((await ledger.verify({ full: true })).differences).toEqual([]);
    await ledger.close();
    await database.close();
  },
);

/** What this process writes into a lock file. */
async function readOwn(directory: string): Promise<{ pid: number; startedAt: string; host: string }> {
  const release = await lockDirectory(directory);
  const own = JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8'));
  await release();
  return own;
}
