import { afterEach, expect, test, type TestContext } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase, type Database } from '../../src/ledger/postgres/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startOwnPostgres, type OwnPostgresServer } from '../support/postgres.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { check } from './check.ts';
import { ACCOUNTS, runLoad, type LoadWord } from './load.ts';
import { createRecord } from './record.ts';

// A server whose disk is really full: a Postgres of our own on a small disk in memory. The embedded database's full disk is
// in `test/ledger/embedded/disk-failure.test.ts`.

const DATA_MB = 128;
const LOG_MB = 40;
const TIMEOUT_MS = 600_000;
/** Within which a server is back from its log, where processors are shared. */
const BACK_MS = 120_000;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function mountOrSkip(megabytes: number, { skip }: TestContext): SmallDisk {
  const disk = mountSmallDisk(megabytes);
  if (disk === null) return skip('This needs the right to mount a small disk, which root has.');
  cleanups.push(disk.remove);
  return disk;
}

async function open(folders: { data?: string; log?: string }) {
  const server = await startOwnPostgres({ durable: true, folders });
  cleanups.push(server.stop);
  const database = await openDatabase({ url: server.url });
  const ledger = await createLedger({ database });
  cleanups.push(async () => {
    await ledger.close();
    await database.close();
  });
  return { server, database, ledger };
}

interface Loaded {
  record: ReturnType<typeof createRecord>;
  /** Commands that were acknowledged in the last load. */
  acknowledged: number;
  /** What the others were told; each was `unavailable`. */
  messages: string[];
}

/** Runs the load until a word says that it is enough. */
async function load(
  ledger: Ledger,
  { prefix, record, until }: { prefix: string; record: Loaded['record']; until: (said: Loaded) => boolean },
): Promise<Loaded> {
  const said: Loaded = { record, acknowledged: 0, messages: [] };
  const publish = (word: LoadWord): void => {
    record.add(word);
    if (word.word === 'acknowledged') said.acknowledged += 1;
    if (word.word === 'unavailable') said.messages.push(word.message);
  };
  await runLoad(ledger, { seed: 7, prefix, holds: [], publish, isOver: () => until(said) });
  return said;
}

/** Everything that was acknowledged is there once, and what nobody knows of can be repeated. */
async function findProblems(database: Database, ledger: Ledger, record: Loaded['record']): Promise<string[]> {
  return (await check(ledger, database.pool, record)).problems;
}

/** Whether reads are answered again. A server that gave up is started, as its supervisor would. */
async function isBack(server: OwnPostgresServer, ledger: Ledger): Promise<boolean> {
  if (!server.isRunning()) await server.start();
  return ledger.snapshot('user:0').then(
    () => true,
    () => false,
  );
}

test(
  'a server without room for its tables refuses commands, answers reads, and goes on once there is room',
  { timeout: TIMEOUT_MS },
  async (context) => {
    const disk = mountOrSkip(DATA_MB, context);
    const { database, ledger } = await open({ data: disk.path });
    const record = createRecord();
    await load(ledger, { prefix: 'before', record, until: ({ acknowledged }) => acknowledged > 200 });

    disk.fill();
    const full = await load(ledger, { prefix: 'full', record, until: ({ messages }) => messages.length > 50 });
    expect(new Set(full.messages)).toEqual(new Set(['The disk of the database is full. Nothing was changed.']));
    const [account = ''] = ACCOUNTS;
    const { version } = await ledger.snapshot(account);
    expect(version).toBeGreaterThan(0);
    expect((await ledger.history(account)).entries[0]?.version).toBe(version);
    expect(await ledger.balanceAt(account, { version: 1 })).not.toBeNull();

    disk.empty();
    const after = await load(ledger, { prefix: 'after', record, until: ({ acknowledged }) => acknowledged > 200 });
    expect(after.messages).toEqual([]);
    expect(await findProblems(database, ledger, record)).toEqual([]);
  },
);

test(
  'a server without room for its log stops: what cannot be answered is unavailable, and all goes on once there is room',
  { timeout: TIMEOUT_MS },
  async (context) => {
    const disk = mountOrSkip(LOG_MB, context);
    const { server, database, ledger } = await open({ log: disk.path });
    const record = createRecord();
    await load(ledger, { prefix: 'before', record, until: ({ acknowledged }) => acknowledged > 200 });

    disk.fill();
    const full = await load(ledger, { prefix: 'full', record, until: ({ messages }) => messages.length > 50 });
    for (const message of full.messages) expect(message).toMatch(/^The (disk of the )?database (is full|cannot be)/);
    // It starts again by itself, and stops at the next write: in between it may answer.
    const read = await ledger.snapshot('user:0').catch((error: unknown) => error);
    expect(read).toMatchObject(isCreditsError(read) ? { code: 'unavailable' } : { account: 'user:0' });

    disk.empty();
    await expect.poll(() => isBack(server, ledger), { timeout: BACK_MS }).toBe(true);
    const after = await load(ledger, { prefix: 'after', record, until: ({ acknowledged }) => acknowledged > 200 });
    expect(after.messages).toEqual([]);
    expect(await findProblems(database, ledger, record)).toEqual([]);
  },
);
