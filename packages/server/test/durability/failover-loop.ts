import { isCreditsError } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openDatabase, type Database } from '../../src/ledger/postgres/database.ts';
import { createRandom } from '../../../credits/test/support/random.ts';
import { ask } from '../support/administer.ts';
import { compareShown } from '../support/compare-shown.ts';
import { createHost } from '../support/host.ts';
import { createNodeClient, type NodeClient } from '../support/node-client.ts';
import { startPair, type PostgresNode } from '../support/postgres-pair.ts';
import { startForwarder, type Forwarder } from '../support/tcp-forwarder.ts';
import { until, within } from '../support/wait.ts';
import { check, checkNew, toKnown } from './check.ts';
import { ACCOUNTS, runLoad, type LoadWord } from './load.ts';
import { createRecord, type Record } from './record.ts';

/**
 * Kills the primary under load, promotes its standby, and compares the new primary with what the ledger had acknowledged;
 * again and again, each time with the other server.
 *
 * Two instances run through all cycles: one takes the load, the other serves the streams. Neither they nor the clients
 * are started again. In each cycle the old primary also returns as it was, and receives the load by mistake.
 */

export interface FailoverOptions {
  cycles: number;
  seed: number;
  onProgress?: (report: FailoverReport) => void;
}

export interface FailoverReport {
  cycles: number;
  asked: number;
  acknowledged: number;
  /** Commands whose response was lost, and that were committed. */
  survived: number;
  /** Commands and reads that an old primary refused. */
  fenced: number;
  /** From the kill to the first command that was sent after the promotion and acknowledged. */
  outageMs: number[];
  /** From the end of the promotion to that command. */
  acceptedMs: number[];
  /** From the end of the promotion until all streams were live again. */
  streamsMs: number[];
  problems: string[];
}

/** Acknowledged commands between two steps of a cycle. */
const LOAD_MIN = 200;

interface Instance {
  ledger: Ledger;
  database: Database;
}

export async function runFailoverLoop(options: FailoverOptions): Promise<FailoverReport> {
  const { cycles, seed, onProgress } = options;
  const random = createRandom(seed);
  const report: FailoverReport = {
    cycles: 0,
    asked: 0,
    acknowledged: 0,
    survived: 0,
    fenced: 0,
    outageMs: [],
    acceptedMs: [],
    streamsMs: [],
    problems: [],
  };
  const pair = await startPair();
  const forwarder = await startForwarder();
  const closing: (() => Promise<unknown> | void)[] = [() => pair.stop(), () => forwarder.stop()];
  try {
    forwarder.pointTo(pair.primary.port);
    const url = `postgres://postgres@127.0.0.1:${forwarder.port}/postgres`;
    const [loaded, streaming] = [await openInstance(url), await openInstance(url)];
    for (const { ledger, database } of [loaded, streaming])
      closing.push(
        () => database.close(),
        () => ledger.close(),
      );
    const host = createHost(streaming.ledger);
    closing.push(() => host.handler.drain());
    const clients = ACCOUNTS.map((account) => {
      const opened = createNodeClient((path, init) => {
        const headers = new Headers(init.headers);
        headers.set('cookie', `session=${account}`);
        return host.fetch(new Request(`https://panel.example${path}`, { ...init, headers }));
      });
      closing.push(() => opened.client.close());
      return opened;
    });
    const record = createRecord();
    const checked = new Set<string>();
    let [primary, standby] = [pair.primary, pair.standby];
    while (report.cycles < cycles && report.problems.length === 0) {
      const how = random.chance(0.5) ? 'rewind' : 'basebackup';
      const prefix = `f${report.cycles}`;
      const scene = { primary, standby, forwarder, loaded, clients, record, report, prefix };
      await runCycle(scene, { how, seed: random.between(1, 1_000_000), killAfter: random.between(1, 600) });
      const known = toKnown(record, checked);
      const found = await checkNew(loaded.ledger, loaded.database.pool, known, record.add);
      report.survived += found.survived;
      report.problems.push(...found.problems, ...(await compareShown(loaded.ledger, ACCOUNTS, clients)));
      for (const [key] of known.attempts) checked.add(key);
      [primary, standby] = [standby, primary];
      report.cycles += 1;
      onProgress?.(report);
    }
    if (report.problems.length === 0) {
      const { problems } = await check(loaded.ledger, loaded.database.pool, record);
      report.problems.push(...problems);
    }
  } finally {
    for (const close of closing.toReversed()) await close();
  }
  return report;
}

async function openInstance(url: string): Promise<Instance> {
  const database = await openDatabase({ url });
  return { database, ledger: await createLedger({ database, expirySweepMs: 200 }) };
}

interface Scene {
  primary: PostgresNode;
  standby: PostgresNode;
  forwarder: Forwarder;
  loaded: Instance;
  clients: NodeClient[];
  record: Record;
  report: FailoverReport;
  prefix: string;
}

/** One failover, with the load running from its beginning to its end. */
async function runCycle(
  scene: Scene,
  options: { how: 'rewind' | 'basebackup'; seed: number; killAfter: number },
): Promise<void> {
  const { primary, standby, forwarder, loaded, clients, record, report, prefix } = scene;
  const sentAtMs = new Map<string, number>();
  let acknowledged = 0;
  let firstAfter: { sinceMs: number; found: (atMs: number) => void } | null = null;
  let isOver = false;

  function publish(word: LoadWord): void {
    record.add(word);
    const nowMs = performance.now();
    if (word.word === 'asked') {
      report.asked += 1;
      sentAtMs.set(word.command.idempotencyKey, nowMs);
    } else if (word.word === 'acknowledged') {
      report.acknowledged += 1;
      acknowledged += 1;
      if (firstAfter !== null && (sentAtMs.get(word.key) ?? 0) >= firstAfter.sinceMs) firstAfter.found(nowMs);
    } else if (word.word === 'unavailable' && word.message.includes('old primary')) {
      report.fenced += 1;
    }
  }

  const more = (count: number, what: string): Promise<void> => {
    const goal = acknowledged + count;
    return until(() => acknowledged >= goal, what);
  };

  report.problems.push(...(await writeToStandby(standby, prefix)));
  const load = runLoad(loaded.ledger, { seed: options.seed, prefix, holds: [], publish, isOver: () => isOver });
  try {
    await Promise.race([load, more(options.killAfter, 'commands before the kill')]);
    const killedAtMs = performance.now();
    await primary.kill();
    forwarder.pointTo(null);
    await standby.promote();
    const promotedAtMs = performance.now();
    const accepted = new Promise<number>((resolve) => {
      firstAfter = { sinceMs: promotedAtMs, found: resolve };
    });
    forwarder.pointTo(standby.port);
    const acceptedAtMs = await within(accepted, 'a command after the promotion');
    firstAfter = null;
    report.outageMs.push(acceptedAtMs - killedAtMs);
    report.acceptedMs.push(acceptedAtMs - promotedAtMs);
    await until(() => clients.every(isLive), 'all streams after the promotion');
    report.streamsMs.push(performance.now() - promotedAtMs);
    await more(LOAD_MIN, 'commands after the promotion');

    // The old primary returns as it was, and the address leads to it.
    await primary.start();
    const before = await ask(primary.url, 'SELECT count(*)::text AS value FROM credits.journal');
    const fencedBefore = report.fenced;
    forwarder.pointTo(primary.port);
    await until(() => report.fenced > fencedBefore + 20, 'refusals of the old primary');
    report.problems.push(...(await readFromOldPrimary(loaded.ledger)));
    const after = await ask(primary.url, 'SELECT count(*)::text AS value FROM credits.journal');
    if (before !== after) report.problems.push(`the old primary had ${before} entries and has ${after} now`);
    forwarder.pointTo(standby.port);
    await more(LOAD_MIN, 'commands after the old primary was gone');
    await primary.stop();
    await primary.follow(standby, options.how);
    await more(LOAD_MIN, 'commands with a standby again');
  } finally {
    isOver = true;
    await within(load, 'the end of the load');
  }
}

function isLive({ isAtRest }: NodeClient): boolean {
  return isAtRest();
}

/** A standby refuses a command by one sentence, and answers reads. */
async function writeToStandby(standby: PostgresNode, prefix: string): Promise<string[]> {
  const { database, ledger } = await openInstance(standby.url);
  const problems: string[] = [];
  const account = ACCOUNTS[0] ?? '';
  const key = `${prefix}-standby`;
  try {
    await ledger.balance(account);
    await ledger.grant({ account, amount: 1, actor: account, reason: 'Standby', idempotencyKey: key });
    problems.push('a standby accepted a command');
  } catch (error) {
    if (!isCreditsError(error) || error.code !== 'unavailable' || !error.message.includes('standby')) {
      problems.push(`a standby refused with ${String(error)}`);
    }
  } finally {
    await ledger.close();
    await database.close();
  }
  return problems;
}

async function readFromOldPrimary(ledger: Ledger): Promise<string[]> {
  try {
    await ledger.balance(ACCOUNTS[0] ?? '');
    return ['a balance was read from the old primary'];
  } catch (error) {
    if (isCreditsError(error) && error.message.includes('old primary')) return [];
    return [`the old primary refused a read with ${String(error)}`];
  }
}
