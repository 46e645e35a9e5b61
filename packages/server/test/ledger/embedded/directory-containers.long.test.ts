import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { openEmbedded } from '../../../src/embedded.ts';
import { lockDirectory } from '../../../src/ledger/embedded/directory-lock.ts';
import type { Owner } from '../../../src/ledger/embedded/directory-owner.ts';
import {
  kill,
  makeDirectory,
  NAMESPACES,
  startContainer,
  startProcess,
  whyNoContainers,
} from '../../support/directory-processes.ts';
import { refusal } from '../../support/ledger.ts';

// Two containers that share a data directory, as the same kernel features make them: new namespaces and a bind mount.

/** Long enough to fail a test that waits for it. */
const ENDLESS = { silenceMs: 3_600_000 };

const why = whyNoContainers();

/** What the operating system calls the first process of a pid namespace. */
const FIRST = `the process with pid 1 on ${hostname()} since 20`;

function readOwner(directory: string): Owner {
  return JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8')) as Owner;
}

async function findLost(directory: string, acknowledged: string[]): Promise<string[]> {
  const database = await openEmbedded({ directory });
  const ledger = await createLedger({ database });
  const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM credits.journal');
  const kept = new Set(rows.map(({ key }) => key));
  expect((await ledger.balance('user')).balance.available).toBe(kept.size);
  expect((await ledger.verify()).differences).toEqual([]);
  await ledger.close();
  await database.close();
  return acknowledged.filter((key) => !kept.has(key));
}

test(
  'A1: a second container on the directory of a live one is refused and names it; after kill −9 it is let in at once',
  { timeout: 300_000 },
  async ({ skip }) => {
    skip(why !== '', why);
    const directory = makeDirectory();
    const first = startContainer('grant', directory, NAMESPACES);
    await first.until((lines) => lines.length > 30);
    const second = startContainer('grant', directory, NAMESPACES);
    await second.until((lines) => lines.length > 1);
    expect(second.lines[0]).toBe('refused: unavailable');
    expect(second.lines[1]).toContain(FIRST);
    const soFar = first.lines.length;
    await first.until((lines) => lines.length > soFar + 10);
    await kill(first.child);
    const third = startContainer('grant', directory, NAMESPACES);
    await third.until((lines) => lines.length > 30);
    await kill(third.child);
    const acknowledged = [...first.lines, ...third.lines].filter((line) => /^\d+-/.test(line));
    expect(await findLost(directory, acknowledged)).toEqual([]);
  },
);

for (const namespace of NAMESPACES) {
  test(
    `A1: the lock works between processes in different namespaces: ${namespace}`,
    { timeout: 120_000 },
    async ({ skip }) => {
      skip(why !== '', why);
      const directory = makeDirectory();
      const first = startContainer('lock', directory, [namespace]);
      await first.until((lines) => lines.includes('locked'));
      const { pid, host, since } = readOwner(directory);
      const error = await refusal(lockDirectory(directory, ENDLESS), 'unavailable');
      expect(error.message).toContain(`the process with pid ${pid} on ${host} since ${since}`);
      await kill(first.child);
      await (await lockDirectory(directory, ENDLESS)).release();
    },
  );
}

test(
  'A1: of containers that start at once on the directory of a killed one, one gets it',
  { timeout: 120_000 },
  async ({ skip }) => {
    skip(why !== '', why);
    const directory = makeDirectory();
    const first = startContainer('lock', directory, NAMESPACES);
    await first.until((lines) => lines.includes('locked'));
    await kill(first.child);
    const others = [1, 2, 3].map(() => startContainer('lock', directory, NAMESPACES));
    await Promise.all(others.map(({ until }) => until((lines) => lines.length > 0)));
    const outcomes = others.map(({ lines }) => lines[0]);
    expect(outcomes.filter((line) => line === 'locked')).toHaveLength(1);
    expect(outcomes.filter((line) => line === 'refused: unavailable')).toHaveLength(2);
  },
);

test.runIf(process.platform === 'linux')(
  'A1: an owner that was frozen until another process took over writes and acknowledges nothing after it continues',
  { timeout: 300_000 },
  async () => {
    const directory = makeDirectory();
    const frozen = startProcess('grant', directory);
    await frozen.until((lines) => lines.length > 30);
    // As on another machine: nobody can reach its socket.
    const { socket } = readOwner(directory);
    if (socket !== null) rmSync(join(directory, socket.name));
    frozen.child.kill('SIGSTOP');
    const lock = await lockDirectory(directory, { silenceMs: 300 });
    frozen.child.kill('SIGCONT');
    await frozen.until((lines) => lines.some((line) => line.startsWith('refused')));
    expect(frozen.lines).toContain('refused: unavailable');
    expect(lock.isHeld()).toBe(true);
    await lock.release();
    const acknowledged = frozen.lines.filter((line) => /^\d+-/.test(line));
    expect(await findLost(directory, acknowledged)).toEqual([]);
  },
);
