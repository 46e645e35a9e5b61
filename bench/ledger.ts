/**
 * What group commit is worth: `npx tsx bench/ledger.ts`. Commands through the ledger, against the same reading, deciding
 * and writing with one transaction for each command on a pool of 32 connections, in one run on one server.
 *
 * Real Postgres with syncing on (`DATABASE_URL`, else started for the run), then the embedded database in a directory.
 * Server, ledger and callers share the machine, so that ratios say more than absolutes. Each measurement has accounts of
 * its own and a warm-up that is not counted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBatch } from '../packages/credits/src/ledger/batch-read.ts';
import { writeBatch } from '../packages/credits/src/ledger/batch-write.ts';
import { createLedger } from '../packages/credits/src/ledger/create-ledger.ts';
import { openDatabase, type Database } from '../packages/credits/src/ledger/database.ts';
import { decide } from '../packages/credits/src/ledger/decide.ts';
import { createId } from '../packages/credits/src/ledger/id.ts';
import { parseTransfer } from '../packages/credits/src/ledger/parse-command.ts';
import type { TransferCommand } from '../packages/credits/src/ledger/command.ts';
import { startPostgres } from '../packages/credits/test/support/postgres.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const ACCOUNTS = 1_000;
const CONNECTIONS = 32;

type Transfer = (command: TransferCommand) => Promise<unknown>;

/** Uniform: between any two accounts. Hot: everybody pays one. */
type Shape = 'uniform' | 'hot';

let made = 0;

function toCommand(accounts: readonly string[], shape: Shape): TransferCommand {
  made += 1;
  const pick = () => accounts[1 + Math.floor(Math.random() * (accounts.length - 1))] ?? '';
  const source = pick();
  const other = shape === 'hot' ? (accounts[0] ?? '') : pick();
  const destination = other === source ? (accounts[0] ?? '') : other;
  return {
    source,
    destination,
    amount: 1,
    actor: source,
    reason: 'Bench',
    idempotencyKey: `bench-${process.pid}-${made}`,
  };
}

async function measure(
  transfer: Transfer,
  accounts: readonly string[],
  shape: Shape,
  callers: number,
): Promise<number> {
  const latencies: number[] = [];
  async function run(seconds: number): Promise<number> {
    latencies.length = 0;
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1_000;
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (performance.now() < endsAt) {
          const sentAt = performance.now();
          await transfer(toCommand(accounts, shape));
          latencies.push(performance.now() - sentAt);
        }
      }),
    );
    return (latencies.length / (performance.now() - startedAt)) * 1_000;
  }
  await run(SECONDS / 4);
  const rate = await run(SECONDS);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1);
  process.stdout.write(` ${rate.toFixed(0).padStart(6)}/s (${at(0.5)} / ${at(0.99)} ms) |`);
  return rate;
}

/** The same steps as the writer's, for one command, on whatever connection is free. */
function createOneByOne(database: Database): Transfer {
  return async (command) => {
    const client = await database.pool.connect();
    try {
      const nowMs = Date.now();
      const intents = [parseTransfer(command)];
      const state = await readBatch(client, intents, nowMs);
      const { changes } = decide(intents, state, { nowMs, createId: () => createId(nowMs) });
      await writeBatch(client, { changes, state, now: new Date(nowMs).toISOString(), notify: null });
    } finally {
      client.release();
    }
  };
}

async function compare(name: string, database: Database, withBaseline: boolean): Promise<void> {
  const ledger = await createLedger({ database });
  process.stdout.write(
    `\n${name}\n| shape | callers | group commit (p50 / p99) | one transaction each (p50 / p99) | ratio |\n|---|---|---|---|---|\n`,
  );
  for (const shape of ['uniform', 'hot'] as const) {
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `bench:${name.split(' ')[0]}:${shape}:${index}`);
    await Promise.all(accounts.map((account) => ledger.openAccount(account)));
    await Promise.all(
      accounts.map((account) =>
        ledger.grant({
          account,
          amount: 1_000_000,
          actor: 'system:bench',
          reason: 'Bench',
          idempotencyKey: `start:${account}`,
        }),
      ),
    );
    for (const callers of [1, 32, 256]) {
      process.stdout.write(`| ${shape} | ${callers} |`);
      const grouped = await measure((command) => ledger.transfer(command), accounts, shape, callers);
      const each = withBaseline ? await measure(createOneByOne(database), accounts, shape, callers) : null;
      process.stdout.write(each === null ? ' | |\n' : ` ${(grouped / each).toFixed(1)} |\n`);
    }
  }
  const { ok, transfers } = await ledger.verify();
  process.stdout.write(`\n${transfers} transfers, verify: ${ok ? 'no difference' : 'DIFFERENCES'}\n`);
  await ledger.close();
}

process.stdout.write(`${cpus().length} cores, Node ${process.version}, ${SECONDS} s for each figure\n`);

const server = await startPostgres({ durable: true });
const postgres = await openDatabase({ url: server.url, connectionsMax: CONNECTIONS + 1 });
await compare('Postgres server, syncing on', postgres, true);
await postgres.close();
await server.stop();

const directory = mkdtempSync(join(tmpdir(), 'credits-bench-'));
const embedded = await openDatabase({ directory });
await compare('Embedded database in a directory, syncing on', embedded, false);
await embedded.close();
rmSync(directory, { recursive: true, force: true });
