/**
 * What the ledger is measured against, on the same server in the same run: TPC-B, one transaction for each transfer, and
 * the design that pgledger publishes, as the SQL that the comparison needs.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TransferCommand } from '../packages/server/src/ledger/commands.ts';
import type { Database } from '../packages/server/src/ledger/postgres/database.ts';
import { openPostgresStorage } from '../packages/server/src/ledger/postgres/postgres-storage.ts';
import { COMMANDS } from '../packages/server/src/ledger/rules/command-table.ts';
import { createHoldId } from '../packages/server/src/ledger/rules/hold-id.ts';
import { measure, type Figure } from './measure.ts';

type Pool = Database['pool'];

export type Transfer = (command: TransferCommand) => Promise<unknown>;

/** The writer's own batches, with one command each, on any free connection. */
export async function createOneByOne(database: Database): Promise<Transfer> {
  const onWarning = (): void => undefined;
  const { storage } = await openPostgresStorage({ database, schema: 'credits', listenUrl: undefined, onWarning });
  return (command) => storage.executeBatch([COMMANDS.transfer.parse(command)], { nowMs: Date.now() });
}

/**
 * pgledger's published design in our own words: accounts with a balance and a version, transfers, entries that name the
 * balance before and after; one function that locks the two accounts in order, one after the other. It has neither
 * idempotency keys nor holds nor hashes. Amounts are `bigint` here, which is faster than its `numeric`.
 *
 * @see https://github.com/pgr0ss/pgledger
 */
const ROW_LOCKS = `
CREATE TABLE bench_accounts (id text PRIMARY KEY, balance bigint NOT NULL, version bigint NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
CREATE TABLE bench_transfers (id uuid PRIMARY KEY, from_account text NOT NULL REFERENCES bench_accounts,
  to_account text NOT NULL REFERENCES bench_accounts, amount bigint NOT NULL CHECK (amount > 0),
  created_at timestamptz NOT NULL, metadata jsonb);
CREATE INDEX ON bench_transfers (from_account);
CREATE INDEX ON bench_transfers (to_account);
CREATE TABLE bench_entries (id uuid PRIMARY KEY, account text NOT NULL REFERENCES bench_accounts,
  transfer uuid NOT NULL REFERENCES bench_transfers, amount bigint NOT NULL, balance_before bigint NOT NULL,
  balance_after bigint NOT NULL, account_version bigint NOT NULL, created_at timestamptz NOT NULL);
CREATE INDEX ON bench_entries (account, account_version);
CREATE INDEX ON bench_entries (transfer);

CREATE FUNCTION bench_transfer(debtor text, creditor text, moved bigint) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  made uuid := uuidv7();
  at timestamptz := now();
  side text;
  change bigint;
  holder bench_accounts;
BEGIN
  FOREACH side IN ARRAY ARRAY[least(debtor, creditor), greatest(debtor, creditor)] LOOP
    PERFORM 1 FROM bench_accounts WHERE id = side FOR UPDATE;
  END LOOP;
  INSERT INTO bench_transfers VALUES (made, debtor, creditor, moved, at, NULL);
  FOREACH side IN ARRAY ARRAY[debtor, creditor] LOOP
    change := CASE side WHEN debtor THEN -moved ELSE moved END;
    UPDATE bench_accounts SET balance = balance + change, version = version + 1, updated_at = at
      WHERE id = side RETURNING * INTO holder;
    IF holder.balance < 0 THEN RAISE EXCEPTION 'insufficient' USING ERRCODE = 'check_violation'; END IF;
    INSERT INTO bench_entries
      VALUES (uuidv7(), side, made, change, holder.balance - change, holder.balance, holder.version, at);
  END LOOP;
  RETURN made;
END $$;`;

export async function createRowLocks(pool: Pool, accounts: readonly string[], start: number): Promise<Transfer> {
  await pool.query(ROW_LOCKS);
  await pool.query('INSERT INTO bench_accounts SELECT id, $2, 0, now(), now() FROM unnest($1::text[]) AS id', [
    accounts,
    start,
  ]);
  return ({ source, destination, amount }) =>
    pool.query({
      name: 'bench_transfer',
      text: 'SELECT bench_transfer($1, $2, $3)',
      values: [source, destination, amount],
    });
}

/** The least that a durable change can cost a caller: one row, one statement, one commit. */
export async function createPlainInsert(pool: Pool): Promise<() => Promise<unknown>> {
  await pool.query('CREATE TABLE bench_plain (id uuid PRIMARY KEY, amount bigint NOT NULL)');
  return () =>
    pool.query({
      name: 'bench_plain',
      text: 'INSERT INTO bench_plain VALUES ($1, $2)',
      values: [createHoldId(Date.now()), 1],
    });
}

/** TPC-B as pgbench has it, at a number of clients. */
export interface TpcB {
  name: string;
  run(clients: number, seconds: number): Promise<Figure>;
}

const run = promisify(execFile);

/** By pgbench where there is one, otherwise the same statements through `pg`. Its manual advises one branch for each client. */
export async function createTpcB(url: string, pool: Pool, scale: number): Promise<TpcB> {
  const pgbench = findPgbench();
  if (pgbench === null) return createTpcBByPg(pool, scale);
  await run(pgbench, ['-i', '-q', '-s', String(scale), url]);
  const { stdout: version } = await run(pgbench, ['--version']);
  return {
    name: `${version.trim()}, scale ${scale}, -M prepared`,
    async run(clients, seconds) {
      const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), url];
      const { stdout } = await run(pgbench, options);
      const read = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
      // pgbench tells the average; quantiles would need its log, which costs it some of its rate.
      return { perSecond: read(/tps = ([\d.]+)/), p50: read(/latency average = ([\d.]+)/), p99: Number.NaN };
    },
  };
}

function findPgbench(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const found = versions.map((version) => join(root, version, 'bin/pgbench')).filter(existsSync);
  return found.at(-1) ?? null;
}

const TPC_B = `
CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 100);
CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));`;

async function createTpcBByPg(pool: Pool, scale: number): Promise<TpcB> {
  await pool.query(TPC_B);
  for (const [table, key, rows] of [
    ['branches', '', 1],
    ['tellers', '1 + (i - 1) / 10, ', 10],
    ['accounts', '1 + (i - 1) / 100000, ', 100_000],
  ] as const) {
    await pool.query(
      `INSERT INTO pgbench_${table} SELECT i, ${key}0, '' FROM generate_series(1, ${rows * scale}) AS i`,
    );
  }
  await pool.query('ANALYZE');
  const pick = (rows: number): number => 1 + Math.floor(Math.random() * rows * scale);
  async function transact(): Promise<void> {
    const [aid, bid, tid, delta] = [pick(100_000), pick(1), pick(10), Math.floor(Math.random() * 10_001) - 5_000];
    const client = await pool.connect();
    const ask = (name: string, text: string, values: number[]) => client.query({ name: `tpcb_${name}`, text, values });
    try {
      await client.query('BEGIN');
      await ask('account', 'UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2', [delta, aid]);
      await ask('read', 'SELECT abalance FROM pgbench_accounts WHERE aid = $1', [aid]);
      await ask('teller', 'UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2', [delta, tid]);
      await ask('branch', 'UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2', [delta, bid]);
      await ask('history', 'INSERT INTO pgbench_history VALUES ($1, $2, $3, $4, now())', [tid, bid, aid, delta]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
  return {
    name: `TPC-B's statements through pg, scale ${scale} (there is no pgbench here)`,
    run: (clients, seconds) => measure(transact, clients, seconds),
  };
}
