/**
 * How fast the ledger is, and beside what: `npx tsx bench/ledger.ts [--quick] [--postgres | --embedded] [--callers 1,256]`.
 *
 * Closed loops of callers over 10,000 accounts. *Uniform* moves credits between any two of them, *hot* between one
 * account and a hundred others. Postgres with syncing on (`DATABASE_URL`, otherwise started for the run) against TPC-B, one
 * transaction for each transfer, and pgledger's design; then the embedded database in a directory, with one sync for each
 * commit, against one transaction for each transfer. All contestants take turns in every round: a busy minute of
 * the machine affects them all. What is reported is the median of the rounds. The server, the ledger and its callers share
 * the machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../packages/server/src/embedded.ts';
import type { TransferCommand } from '../packages/server/src/ledger/commands.ts';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import type { Ledger } from '../packages/server/src/ledger/ledger.ts';
import { openDatabase, type Database } from '../packages/server/src/ledger/postgres/database.ts';
import { startPostgres } from '../packages/server/test/support/postgres.ts';
import { createOneByOne, createPlainInsert, createRowLocks, createTpcB, type Transfer } from './contestants.ts';
import { runInstances } from './instances.ts';
import {
  describeMachine,
  measure,
  measureCost,
  milliseconds,
  quantile,
  rate,
  print,
  printTable,
  toMedian,
  type Cost,
  type Figure,
  type Median,
} from './measure.ts';

const IS_QUICK = process.argv.includes('--quick');
const ROUNDS = IS_QUICK ? 1 : 3;
const SECONDS = IS_QUICK ? 1 : 4;
const ASKED = process.argv[process.argv.indexOf('--callers') + 1];
const CALLERS = process.argv.includes('--callers')
  ? (ASKED ?? '').split(',').map(Number)
  : IS_QUICK
    ? [1, 32, 256]
    : [1, 8, 32, 256];
const ACCOUNTS = 10_000;
const HOT_USERS = 100;
const CONNECTIONS = 32;
const SHAPES = ['uniform', 'hot'] as const;

/** Enough that no account runs dry. */
const START = 1_000_000_000;

type Shape = (typeof SHAPES)[number];

const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `bench:${index}`);
const accountAt = (index: number): string => accounts[index] ?? '';
const pick = (below: number): number => Math.floor(Math.random() * below);
let made = 0;

function nextCommand(shape: Shape): TransferCommand {
  made += 1;
  let source = accountAt(pick(ACCOUNTS));
  let destination = accountAt(pick(ACCOUNTS));
  if (shape === 'hot') {
    const user = accountAt(1 + pick(HOT_USERS));
    [source, destination] = made % 2 === 0 ? [user, accountAt(0)] : [accountAt(0), user];
  } else if (source === destination) {
    return nextCommand(shape);
  }
  const idempotencyKey = `bench:${process.pid}:${made}`;
  return { source, destination, amount: 1, actor: source, reason: 'Bench', idempotencyKey };
}

async function fill(ledger: Ledger): Promise<void> {
  const base = { amount: START, actor: 'system:bench', reason: 'Bench' };
  // In pieces: an embedded database has one connection, for which nobody waits longer than 10 s.
  for (let from = 0; from < ACCOUNTS; from += 500) {
    const some = accounts.slice(from, from + 500);
    await Promise.all(
      some.map((account) => ledger.grant({ ...base, account, idempotencyKey: `start:${account}:${process.pid}` })),
    );
  }
}

/** Figures by contestant and cell. */
function createScores() {
  const figures = new Map<string, Figure[]>();
  const keyOf = (name: string, cell: string): string => `${name} ${cell}`;
  return {
    async run(name: string, cell: string, work: () => Promise<Figure>): Promise<void> {
      const figure = await work();
      const key = keyOf(name, cell);
      figures.set(key, [...(figures.get(key) ?? []), figure]);
      process.stderr.write(
        `  ${key}: ${rate(figure.perSecond)}, ${milliseconds(figure.p50)} / ${milliseconds(figure.p99)} ms\n`,
      );
    },
    of: (name: string, cell: string): Median => toMedian(figures.get(keyOf(name, cell)) ?? []),
  };
}

const describe = ({ perSecond, p50, p99, slowest, fastest }: Median): string =>
  `${rate(perSecond)} (${Math.round(slowest)}–${Math.round(fastest)}), ${milliseconds(p50)} / ${milliseconds(p99)} ms`;

async function bytesPer(database: Database, tables: readonly string[], counted: string): Promise<string> {
  const { rows } = await database.pool.query<{ bytes: string }>(
    `SELECT round(sum(pg_total_relation_size(name::regclass)) / (SELECT count(*) FROM ${counted})) AS bytes
     FROM unnest($1::text[]) AS name`,
    [tables],
  );
  return `${rows[0]?.bytes ?? '?'} bytes`;
}

const TABLES = ['credits.journal'];

async function printSettings(database: Database): Promise<void> {
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'wal_sync_method',
    'shared_buffers',
    'max_wal_size',
  ];
  const { rows } = await database.pool.query<{ version: string; settings: string[] }>(
    `SELECT current_setting('server_version') AS version, ARRAY(SELECT n || ' ' || current_setting(n) FROM unnest($1::text[]) AS n) AS settings`,
    [names],
  );
  print(`PostgreSQL ${rows[0]?.version ?? '?'}: ${rows[0]?.settings.join(', ') ?? ''}`);
}

async function printVerdict(ledger: Ledger): Promise<void> {
  const { ok, transfers } = await ledger.verify();
  print(`${transfers.toLocaleString('en-US')} transfers, verify: ${ok ? 'no difference' : 'DIFFERENCES'}`);
  if (!ok) process.exitCode = 1;
}

/** Those of the server, as long as it is on this machine. */
async function findServerPids(database: Database): Promise<number[]> {
  const { rows } = await database.pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  return rows.map(({ pid }) => pid);
}

function printCosts(costs: ReadonlyMap<string, readonly Cost[]>): void {
  const median = (values: readonly (number | null)[]): string => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? '?' : quantile(known, 0.5).toFixed(0);
  };
  const rows = [...costs].map(([cell, list]) => [
    cell,
    `${median(list.map(({ own }) => own))} µs`,
    `${median(list.map(({ others }) => others))} µs`,
  ]);
  printTable(['CPU for a transfer of ours', 'Node, with its callers', 'Postgres'], rows);
}

/** Processes on one server, each with callers of its own: what a second one adds. */
async function printInstances(url: string): Promise<void> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of ['grants and spends', 'transfers'] as const) {
      for (const processes of [1, 2]) {
        const perSecond = await runInstances(url, { kind, processes, callers: 64, seconds: SECONDS });
        const key = `${kind} ${processes}`;
        rates.set(key, [...(rates.get(key) ?? []), perSecond]);
      }
    }
  }
  const median = (key: string): number => quantile(rates.get(key) ?? [], 0.5);
  const rows = ['grants and spends', 'transfers'].map((kind) => {
    const [one, two] = [median(`${kind} 1`), median(`${kind} 2`)];
    return [kind, rate(one), rate(two), (two / one).toFixed(2)];
  });
  printTable(['64 callers in each process', 'one process', 'two processes', 'ratio'], rows);
}

async function onPostgres(): Promise<void> {
  const server = await startPostgres({ durable: true });
  const database = await openDatabase({ url: server.url, connectionsMax: CONNECTIONS });
  const ledger = await createLedger({ database });
  print('\n## Postgres server\n');
  await printSettings(database);
  await fill(ledger);
  const tpcb = await createTpcB(server.url, database.pool, 32);
  print(`TPC-B: ${tpcb.name}`);
  const insert = await createPlainInsert(database.pool);
  const contestants: Record<string, Transfer> = {
    ours: (command) => ledger.transfer(command),
    each: await createOneByOne(database),
    rows: await createRowLocks(database.pool, accounts, START),
  };
  await database.pool.query('ANALYZE');
  await database.pool.query('CHECKPOINT');

  const scores = createScores();
  const costs = new Map<string, Cost[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const isWarmUp = round === 0;
    const seconds = isWarmUp ? 1 : SECONDS;
    const score = isWarmUp ? createScores() : scores;
    for (const clients of [8, 32]) await score.run('tpcb', `${clients}`, () => tpcb.run(clients, seconds));
    for (const shape of SHAPES) {
      for (const callers of isWarmUp ? [256] : CALLERS) {
        for (const [name, transfer] of Object.entries(contestants)) {
          const cell = `${shape} ${callers}`;
          await score.run(name, cell, async () => {
            const { figure, cost } = await measureCost(
              () => measure(() => transfer(nextCommand(shape)), callers, seconds),
              () => findServerPids(database),
            );
            if (name === 'ours' && !isWarmUp) costs.set(cell, [...(costs.get(cell) ?? []), cost]);
            return figure;
          });
        }
        if (callers === 1) await score.run('insert', shape, () => measure(insert, 1, seconds));
      }
    }
  }

  const tpcbBest = Math.max(...[8, 32].map((clients) => scores.of('tpcb', `${clients}`).perSecond));
  for (const clients of [8, 32]) {
    const { perSecond, slowest, fastest, p50 } = scores.of('tpcb', `${clients}`);
    print(
      `TPC-B at ${clients} clients: ${rate(perSecond)} (${Math.round(slowest)}–${Math.round(fastest)}), on average ${milliseconds(p50)} ms`,
    );
  }
  const rows = SHAPES.flatMap((shape) =>
    CALLERS.map((callers) => {
      const [ours, each, locks] = ['ours', 'each', 'rows'].map((name) => scores.of(name, `${shape} ${callers}`));
      if (ours === undefined || each === undefined || locks === undefined) return [];
      const ratio = (other: number): string => (ours.perSecond / other).toFixed(1);
      return [
        shape,
        `${callers}`,
        describe(ours),
        describe(each),
        describe(locks),
        `${ratio(tpcbBest)} · ${ratio(each.perSecond)} · ${ratio(locks.perSecond)}`,
      ];
    }),
  );
  const head = ['shape', 'callers', 'group commit (slowest–fastest), p50 / p99', 'one transaction each'];
  printTable([...head, "pgledger's design", '× TPC-B · × each · × pgledger'], rows);
  printCosts(costs);
  const lone = SHAPES.map((shape) => {
    const [ours, locks, plain] = [
      scores.of('ours', `${shape} 1`),
      scores.of('rows', `${shape} 1`),
      scores.of('insert', shape),
    ];
    return [
      shape,
      ...[ours, locks, plain].map(({ p50 }) => `${milliseconds(p50)} ms`),
      `${(ours.p50 / locks.p50).toFixed(2)} · ${(ours.p50 / plain.p50).toFixed(2)}`,
    ];
  });
  if (CALLERS.includes(1))
    printTable(['one idle caller, p50', 'ours', "a call of pgledger's function", 'one INSERT', 'ratios'], lone);
  print(
    `\nPer transfer: ours ${await bytesPer(database, TABLES, 'credits.journal')}, ` +
      `pgledger's design ${await bytesPer(database, ['bench_transfers', 'bench_entries'], 'bench_transfers')}`,
  );
  await printInstances(server.url);
  await printVerdict(ledger);
  await ledger.close();
  await database.close();
  await server.stop();
}

async function onEmbedded(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'credits-bench-'));
  const database = await openEmbedded({ directory });
  const ledger = await createLedger({ database });
  print('\n## Embedded database in a directory\n');
  await printSettings(database);
  await fill(ledger);
  const contestants: Record<string, Transfer> = {
    ours: (command) => ledger.transfer(command),
    each: await createOneByOne(database),
  };
  await database.pool.query('ANALYZE');
  const scores = createScores();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const score = round === 0 ? createScores() : scores;
    for (const shape of SHAPES) {
      for (const callers of round === 0 ? [256] : CALLERS) {
        for (const [name, transfer] of Object.entries(contestants)) {
          await score.run(name, `${shape} ${callers}`, () =>
            measure(() => transfer(nextCommand(shape)), callers, round === 0 ? 1 : SECONDS),
          );
        }
      }
    }
  }
  const rows = SHAPES.flatMap((shape) =>
    CALLERS.map((callers) => {
      const [ours, each] = [scores.of('ours', `${shape} ${callers}`), scores.of('each', `${shape} ${callers}`)];
      return [shape, `${callers}`, describe(ours), describe(each), (ours.perSecond / each.perSecond).toFixed(1)];
    }),
  );
  printTable(['shape', 'callers', 'group commit', 'one transaction each', 'ratio'], rows);
  print(`\nPer transfer: ${await bytesPer(database, TABLES, 'credits.journal')}`);
  await printVerdict(ledger);
  await ledger.close();
  await database.close();
  rmSync(directory, { recursive: true, force: true });
}

print(`# Ledger\n\n${describeMachine()}\n${ROUNDS} rounds of ${SECONDS} s for each figure, after a warm-up`);
if (!process.argv.includes('--embedded')) await onPostgres();
if (!process.argv.includes('--postgres')) await onEmbedded();
print(`\nLoad at the end: ${describeMachine()}`);
