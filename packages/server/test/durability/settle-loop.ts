import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../../credits/test/support/random.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { bundleProgram } from '../support/bundle.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { openLocation } from './open-location.ts';
import { checkSettlements, type SettlementFindings } from './settle-check.ts';
import { createFastClock, type FastTime } from './settle-clock.ts';

/**
 * Two processes settle the rates and allowances of the same accounts on one Postgres server, and one of them is killed with
 * SIGKILL and started again, again and again; now and then both are. Days pass within a second. In between and at the
 * end everything that was settled is held against its definition.
 */

export interface SettleLoopOptions {
  cycles: number;
  seed: number;
  onProgress?: (report: SettleReport) => void;
}

export interface SettleReport extends SettlementFindings {
  cycles: number;
  /** Kills of processes, while they opened the ledger and while they worked. */
  kills: { opening: number; working: number };
  checks: number;
}

/** A day in 0.4 s. */
const SPEED = 200_000;

/** A process may be ahead of the others, or behind. */
const AHEAD_MS_MAX = 600_000;

/** Kills before everything is checked. */
const CHECK_CYCLES = 25;

/** How long a process works at most before it is killed. */
const WORK_MS_MAX = 1_200;

/** How long it takes to open the ledger. */
const OPENING_MS = 600;

const FLAGS = ['--liftoff-only'];

interface Running {
  child: ChildProcess;
  isReady: Promise<unknown>;
  ended: Promise<unknown>;
}

export async function runSettleLoop({ cycles, seed, onProgress }: SettleLoopOptions): Promise<SettleReport> {
  const random = createRandom(seed);
  const kills = { opening: 0, working: 0 };
  const report: SettleReport = {
    cycles: 0,
    kills,
    checks: 0,
    problems: [],
    rates: 0,
    charges: 0,
    allowances: 0,
    refills: 0,
  };
  const program = await bundleProgram(fileURLToPath(new URL('settle-process.ts', import.meta.url)), 'settle');
  const server = await startOwnPostgres({ durable: true });
  const time = { beganAtMs: Date.now(), speed: SPEED };
  let started = 0;
  const start = (): Running => {
    started += 1;
    const aheadMs = random.between(-AHEAD_MS_MAX, AHEAD_MS_MAX);
    const prefix = `p${started}`;
    const argument = {
      database: { url: server.url },
      seed: random.between(1, 1_000_000),
      prefix,
      time: { ...time, aheadMs },
    };
    return run(program, JSON.stringify(argument));
  };
  let running = [start(), start()];
  try {
    await running[0]?.isReady;
    while (report.cycles < cycles && report.problems.length === 0) {
      const victims = random.chance(0.1) ? [0, 1] : [random.between(0, 1)];
      const isOpening = random.chance(0.15);
      for (const index of victims) {
        if (!isOpening) await running[index]?.isReady;
      }
      await sleep(random.between(0, isOpening ? OPENING_MS : WORK_MS_MAX));
      for (const index of victims) {
        const victim = running[index];
        if (victim === undefined) continue;
        if (victim.child.exitCode !== null)
          report.problems.push(`A process ended by itself with ${victim.child.exitCode}.`);
        kills[isOpening ? 'opening' : 'working'] += 1;
        await kill(victim);
        running[index] = start();
      }
      report.cycles += 1;
      if (report.cycles % CHECK_CYCLES === 0 || report.cycles === cycles) {
        await Promise.all(running.map(kill));
        Object.assign(report, await checkAll(server.url, time), { checks: report.checks + 1 });
        running = report.cycles === cycles ? [] : [start(), start()];
      }
      onProgress?.(report);
    }
  } finally {
    await Promise.all(running.map(kill));
    rmSync(program, { force: true });
    if (report.problems.length === 0) await server.stop();
  }
  return report;
}

function run(program: string, argument: string): Running {
  const child = spawn(process.execPath, [...FLAGS, program, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('The process has no voice.');
  // It says one word: that it is ready.
  return { child, ended, isReady: Promise.race([once(child.stdout, 'data'), ended]) };
}

async function kill({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

async function checkAll(url: string, time: Omit<FastTime, 'aheadMs'>): Promise<SettlementFindings> {
  const database = await openLocation({ url });
  // Later than any of the processes, and then it stands: what is due by then is settled once.
  const nowMs = createFastClock({ ...time, aheadMs: AHEAD_MS_MAX }).wallMs();
  const clock = { wallMs: () => nowMs, setTimer: () => () => undefined };
  const ledger = await createLedger({ database, clock });
  const findings = await checkSettlements(ledger, database.pool, nowMs);
  await ledger.close();
  await database.close();
  return findings;
}

const sleep = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
