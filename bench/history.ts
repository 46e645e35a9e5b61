/**
 * Whether a long history costs more than a short one: `npx tsx bench/history.ts --entries 10000,100000,1000000`.
 *
 * One ledger grows from step to step by commands through its own writer, as fast as 256 callers can. At each step the same
 * things are measured on it and on a ledger of as many entries as the first step, made anew, on the same server, in turns of
 * a fraction of a second: what the machine does besides slows down both. Figures are medians of those turns. Beside the
 * time of a read stands how many blocks of 8 kB its statements touch, which no neighbour on the machine changes.
 *
 *   --entries 10000,…     the steps, rising
 *   --database postgres   a server (`DATABASE_URL`, else started for the run, syncing on), or `embedded`, in a directory
 *
 * Of all transfers half are spends, a quarter grants, a quarter between users, so that three quarters of them have an entry
 * of the house: its history is the one that is read. Statistics are brought up to date before a step is measured, as
 * autovacuum does within a minute of such growth.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLedger } from '../packages/credits/src/ledger/create-ledger.ts';
import { openDatabase, type Database } from '../packages/credits/src/ledger/database.ts';
import type { Ledger } from '../packages/credits/src/ledger/ledger.ts';
import { startPostgres } from '../packages/credits/test/support/postgres.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000,100000,1000000' },
    database: { type: 'string', default: 'postgres' },
  },
});
const STEPS = values.entries.split(',').map(Number);
const CALLERS = 256;
const ACCOUNTS = 1_000;
const TURNS = 9;
/** Transfers of one turn. */
const TRANSFERS = 2_000;
/** Reads of one turn. */
const READS = 100;
const HOUSE = 'house:spent';

interface Grown {
  database: Database;
  /** Statements that the ledger sent to the pool since it was emptied. */
  sent: Sent[];
  ledger: Ledger;
  accounts: string[];
  made: number;
  close(): Promise<void>;
}

async function grow(grown: Grown, transfers: number): Promise<void> {
  const until = grown.made + transfers;
  const pick = () => grown.accounts[Math.floor(Math.random() * ACCOUNTS)] ?? '';
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (grown.made < until) {
        grown.made += 1;
        const account = pick();
        const command = { account, amount: 1, actor: account, reason: 'Bench', idempotencyKey: `bench-${grown.made}` };
        const kind = grown.made % 4;
        if (kind < 2) await grown.ledger.spend(command);
        else if (kind === 2) await grown.ledger.grant(command);
        else {
          const { account: source, ...rest } = command;
          const other = pick();
          await grown.ledger.transfer({ ...rest, source, destination: other === source ? HOUSE_PAL : other });
        }
      }
    }),
  );
}

/** Where a transfer goes that would otherwise go to its own source. */
const HOUSE_PAL = 'bench:pal';

interface Sent {
  text: string;
  values: unknown[];
}

async function begin(database: Database, close: () => Promise<void>): Promise<Grown> {
  const { pool } = database;
  const sent: Sent[] = [];
  const query = (...args: Parameters<typeof pool.query>) => {
    const [asked, given = []] = args as unknown as [string | { text: string; values?: unknown[] }, unknown[]?];
    if (typeof asked === 'string') sent.push({ text: asked, values: given });
    else sent.push({ text: asked.text, values: asked.values ?? [] });
    return pool.query(...args);
  };
  const recording = Object.assign(Object.create(pool) as typeof pool, { query });
  const ledger = await createLedger({ database: { ...database, pool: recording }, expirySweepMs: 3_600_000 });
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `bench:${index}`);
  await Promise.all([...accounts, HOUSE_PAL].map((account) => ledger.openAccount(account)));
  await Promise.all(
    accounts.map((account) =>
      ledger.grant({ account, amount: 1_000_000, actor: 'system:bench', reason: 'Bench', idempotencyKey: account }),
    ),
  );
  return {
    database,
    sent,
    ledger,
    accounts,
    made: ACCOUNTS,
    async close() {
      await ledger.close();
      await database.close();
      await close();
    },
  };
}

async function settle({ database }: Grown): Promise<void> {
  await database.pool.query('VACUUM ANALYZE');
  await database.pool.query('CHECKPOINT');
}

/** Makes a read, of something else each time. */
const READ_MEASURES: Record<string, (grown: Grown) => Promise<() => Promise<unknown>>> = {
  'history, newest page':
    async ({ ledger }) =>
    () =>
      ledger.history(HOUSE),
  async 'history, page from the middle'({ ledger }) {
    const { version } = await ledger.balance(HOUSE);
    return () => ledger.history(HOUSE, { before: Math.ceil(Math.random() * version) + 25 });
  },
  snapshot:
    async ({ ledger, accounts }) =>
    () =>
      ledger.snapshot(accounts[Math.floor(Math.random() * ACCOUNTS)] ?? ''),
  async 'balanceAt, any version'({ ledger }) {
    const { version } = await ledger.balance(HOUSE);
    return () => ledger.balanceAt(HOUSE, { version: Math.ceil(Math.random() * version) });
  },
  async 'balanceAt, any instant'({ ledger }) {
    const { entries } = await ledger.history(HOUSE, { before: 2 });
    const first = Date.parse(entries[0]?.createdAt ?? '');
    return () =>
      ledger.balanceAt(HOUSE, { instant: new Date(first + Math.random() * (Date.now() - first)).toISOString() });
  },
};

/** What is measured: one turn each, in milliseconds for one of its kind. */
const MEASURES: Record<string, (grown: Grown) => Promise<number>> = {
  async 'a transfer, 256 callers'(grown) {
    const startedAt = performance.now();
    await grow(grown, TRANSFERS);
    return (performance.now() - startedAt) / TRANSFERS;
  },
  ...Object.fromEntries(
    Object.entries(READ_MEASURES).map(([name, prepare]) => [
      name,
      async (grown: Grown) => {
        const read = await prepare(grown);
        const startedAt = performance.now();
        for (let index = 0; index < READS; index += 1) await read();
        return (performance.now() - startedAt) / READS;
      },
    ]),
  ),
  async 'verify of 1,000 new transfers'(grown) {
    await grown.ledger.verify();
    await grow(grown, 1_000);
    const startedAt = performance.now();
    await grown.ledger.verify();
    return performance.now() - startedAt;
  },
};

interface Explained {
  Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };
}

/** Blocks that the statements of a read touch: the median of some. */
async function countBlocks(grown: Grown, name: string): Promise<number | null> {
  const read = await READ_MEASURES[name]?.(grown);
  if (read === undefined) return null;
  const blocks: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    grown.sent.length = 0;
    await read();
    let sum = 0;
    for (const { text, values: given } of grown.sent.splice(0)) {
      const { rows } = await grown.database.pool.query<{ 'QUERY PLAN': [Explained] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
        given,
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      sum += (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
    }
    blocks.push(sum);
  }
  return median(blocks);
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

async function count({ database }: Grown): Promise<{ entries: number; bytes: number }> {
  const { rows } = await database.pool.query<{ entries: string; bytes: string }>(
    `SELECT (SELECT sum(version) FROM credits_accounts) AS entries,
       (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'credits%') AS bytes`,
  );
  return { entries: Number(rows[0]?.entries ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
}

const toText = (figure: number) => (figure < 1 ? figure.toFixed(3) : figure.toFixed(1));

async function measureStep(grown: Grown, small: Grown): Promise<void> {
  await settle(grown);
  await settle(small);
  const { entries, bytes } = await count(grown);
  process.stdout.write(
    `\n${entries} entries, ${(bytes / 1_000_000).toFixed(0)} MB, ${((bytes / entries) * 2).toFixed(0)} bytes per transfer\n` +
      `| ms | ${STEPS[0]} entries | ${entries} entries | ratio | blocks |\n|---|---|---|---|---|\n`,
  );
  for (const [name, measure] of Object.entries(MEASURES)) {
    const figures: { small: number[]; grown: number[] } = { small: [], grown: [] };
    await measure(small);
    await measure(grown);
    for (let turn = 0; turn < TURNS; turn += 1) {
      figures.small.push(await measure(small));
      figures.grown.push(await measure(grown));
    }
    const [before, now] = [median(figures.small), median(figures.grown)];
    const blocks = [await countBlocks(small, name), await countBlocks(grown, name)];
    const touched = blocks[0] === null ? '' : blocks.join(' → ');
    process.stdout.write(
      `| ${name} | ${toText(before)} | ${toText(now)} | ${(now / before).toFixed(2)} | ${touched} |\n`,
    );
  }
}

/** Opens new empty databases, all on one server or each in a directory. */
async function createOpener(): Promise<{ open: () => Promise<Grown>; stop: () => Promise<void> }> {
  if (values.database === 'embedded') {
    return {
      async open() {
        const directory = mkdtempSync(join(tmpdir(), 'credits-history-'));
        return begin(await openDatabase({ directory }), async () => rmSync(directory, { recursive: true }));
      },
      stop: async () => undefined,
    };
  }
  const server = await startPostgres({ durable: true });
  async function administer(statement: string): Promise<void> {
    const database = await openDatabase({ url: server.url, connectionsMax: 1 });
    await database.pool.query(statement);
    await database.close();
  }
  return {
    async open() {
      const name = `credits_history_${randomBytes(4).toString('hex')}`;
      await administer(`CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return begin(await openDatabase({ url: url.href }), () => administer(`DROP DATABASE ${name}`));
    },
    stop: server.stop,
  };
}

process.stdout.write(
  `${cpus().length} cores, Node ${process.version}, ${values.database}, medians of ${TURNS} turns\n`,
);
const { open, stop } = await createOpener();
const grown = await open();
for (const step of STEPS) {
  const startedAt = performance.now();
  const { entries } = await count(grown);
  const transfers = Math.max(0, Math.ceil((step - entries) / 2));
  await grow(grown, transfers);
  const grownAt = performance.now();
  const { compared } = await grown.ledger.verify();
  const verifiedMs = performance.now() - grownAt;
  const rate = transfers / ((grownAt - startedAt) / 1_000);
  process.stdout.write(
    `\n${transfers} transfers more in ${((grownAt - startedAt) / 1_000).toFixed(0)} s (${rate.toFixed(0)}/s); verified ` +
      `${compared} entries in ${(verifiedMs / 1_000).toFixed(0)} s (${((compared / verifiedMs) * 1_000).toFixed(0)}/s)\n`,
  );
  const small = await open();
  await grow(small, Math.ceil(((STEPS[0] ?? 0) - (await count(small)).entries) / 2));
  await measureStep(grown, small);
  await small.close();
}
const { ok } = await grown.ledger.verify();
process.stdout.write(`\nverify: ${ok ? 'no difference' : 'DIFFERENCES'}\n`);
await grown.close();
await stop();
