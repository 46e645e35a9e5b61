/** What is measured on a ledger with a history: the time of one of a kind, and the blocks of 8 kB that it touches. */
import { pickAccount, pickReader, transfer, type Grown } from './history-ledger.ts';
import { quantile } from './measure.ts';

/** Transfers of one turn. */
const TRANSFERS = 1_000;
/** Reads of one turn. */
const READS = 100;
/** Reads whose statements are explained. */
const EXPLAINED = 25;

/** Makes a read, of something else each time. */
const READS_OF: Record<string, (grown: Grown) => Promise<() => Promise<unknown>>> = {
  'history, newest page': async (grown) => () => grown.ledger.history(pickReader(grown)),
  async 'history, a page from anywhere'(grown) {
    const versionOf = await versions(grown);
    return () => {
      const account = pickReader(grown);
      return grown.ledger.history(account, { before: Math.ceil(Math.random() * versionOf(account)) + 25 });
    };
  },
  snapshot: async (grown) => () => grown.ledger.snapshot(pickReader(grown)),
  async 'balanceAt, any version'(grown) {
    const versionOf = await versions(grown);
    return () => {
      const account = pickReader(grown);
      return grown.ledger.balanceAt(account, { version: Math.ceil(Math.random() * versionOf(account)) });
    };
  },
  async 'balanceAt, any instant'(grown) {
    const { rows } = await grown.database.pool.query<{ created_at: Date }>(
      'SELECT created_at FROM credits.journal ORDER BY debit, debit_version LIMIT 1',
    );
    const first = rows[0]?.created_at.getTime() ?? 0;
    return () => {
      const instant = new Date(first + Math.random() * (Date.now() - first)).toISOString();
      return grown.ledger.balanceAt(pickReader(grown), { instant });
    };
  },
};

export const TRANSFER = 'a transfer, 256 callers';
export const VERIFY = 'verify of one account';

/** Names of everything that is measured: what makes the history longer comes last. */
export const MEASURES: readonly string[] = [...Object.keys(READS_OF), VERIFY, TRANSFER];

/** One turn. Milliseconds for one of the kind. */
export async function measureTurn(grown: Grown, name: string): Promise<number> {
  if (name === TRANSFER) {
    const startedAt = performance.now();
    await transfer(grown, TRANSFERS);
    return (performance.now() - startedAt) / TRANSFERS;
  }
  if (name === VERIFY) {
    const startedAt = performance.now();
    const { ok } = await grown.ledger.verify({ account: pickAccount(grown) });
    if (!ok) throw new Error('verify() found differences.');
    return performance.now() - startedAt;
  }
  const read = await readOf(grown, name);
  const startedAt = performance.now();
  for (let index = 0; index < READS; index += 1) await read();
  return (performance.now() - startedAt) / READS;
}

/** Blocks that one of the kind touches: exact, whatever else the machine does. Null where they cannot be counted. */
export async function countBlocks(grown: Grown, name: string): Promise<number | null> {
  if (name === TRANSFER) return (await touchedBy(grown, () => transfer(grown, TRANSFERS))) / TRANSFERS;
  if (name === VERIFY) return touchedBy(grown, () => grown.ledger.verify({ account: pickAccount(grown) }));
  const read = await readOf(grown, name);
  const blocks: number[] = [];
  for (let turn = 0; turn < EXPLAINED; turn += 1) {
    grown.sent.length = 0;
    await read();
    let sum = 0;
    for (const { text, values } of grown.sent.splice(0)) sum += await explain(grown, text, values);
    blocks.push(sum);
  }
  return quantile(blocks, 0.5);
}

function readOf(grown: Grown, name: string): Promise<() => Promise<unknown>> {
  const prepare = READS_OF[name];
  if (prepare === undefined) throw new Error(`Nothing is measured as "${name}".`);
  return prepare(grown);
}

/** The newest versions of the accounts that are read, asked once: the history only grows. */
async function versions(grown: Grown): Promise<(account: string) => number> {
  const { rows } = await grown.database.pool.query<{ id: string; version: string }>(
    `SELECT id, version FROM credits.accounts WHERE id LIKE 'bench:%'`,
  );
  const known = new Map(rows.map(({ id, version }) => [id, Number(version)]));
  return (account) => known.get(account) ?? 1;
}

interface Explained {
  Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };
}

async function explain({ database }: Grown, text: string, values: unknown[]): Promise<number> {
  const { rows } = await database.pool.query<{ 'QUERY PLAN': [Explained] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}

/** Blocks that all clients touch while something runs; the other ledgers of the run are silent meanwhile. */
async function touchedBy(grown: Grown, work: () => Promise<unknown>): Promise<number> {
  const before = await touched(grown);
  await work();
  return (await touched(grown)) - before;
}

async function touched({ database }: Grown): Promise<number> {
  // Each connection keeps its own count for up to a second, unless it is told not to.
  const connections = database.kind === 'postgres' ? database.pool.totalCount : 1;
  const flush = 'SELECT pg_stat_force_next_flush(), pg_sleep(0.02)';
  await Promise.all(Array.from({ length: connections }, () => database.pool.query(flush)));
  const { rows } = await database.pool.query<{ blocks: string }>(
    `SELECT sum(coalesce(hits, 0) + coalesce(reads, 0)) AS blocks FROM pg_stat_io
     WHERE backend_type IN ('client backend', 'standalone backend')`,
  );
  return Number(rows[0]?.blocks ?? Number.NaN);
}
