import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { bundleProgram } from '../support/bundle.ts';
import { createRandom, type Random } from '../../../credits/test/support/random.ts';
import { startOwnPostgres } from '../support/postgres.ts';
import { check, toKnown } from './check.ts';
import type { LoadWord } from './load.ts';
import { openLocation, type Location } from './open-location.ts';
import { createRecord, type Record } from './record.ts';

/**
 * Kills a process under load with SIGKILL, and holds what it left against what it had said; again and again.
 *
 * The process that checks is killed next: each process opens what the one before it left, checks what is new there, and
 * runs the load. A cycle costs one opening, whatever came before, and kills fall into recoveries and checks as well. After
 * a trial of so many cycles the loop itself opens the database, and checks all of it.
 *
 * The load and the kind of each kill come from the seed. The instant of a kill is counted in words of the load or in
 * milliseconds, and falls somewhere else in each run: a failure is looked for by its seed, and in the directory
 * that it leaves behind.
 */

export interface KillLoopOptions {
  database: 'embedded' | 'postgres';
  cycles: number;
  seed: number;
  onProgress?: (report: KillReport) => void;
}

export interface KillReport {
  cycles: number;
  /** Commands that were asked, and those of them that were acknowledged before the kill. */
  asked: number;
  acknowledged: number;
  /** Commands whose answer was lost, and that had been committed. */
  survived: number;
  /** Looks at what a kill had left, by the next process or by the loop. */
  checks: number;
  /** Kills while opening, checking, in the midst of the load, right after a checkpoint began; or of the server at any of them. */
  kills: Kills;
  /** Of the first cycle that found any; the loop ends with it. */
  problems: string[];
  /** What to look at; null when there is nothing. */
  left: string | null;
}

interface Kills {
  opening: number;
  checking: number;
  load: number;
  checkpoint: number;
  server: number;
}

type Kind = Exclude<keyof Kills, 'server'>;

/** Cycles on one database. Its last check reads all of its history, and making one is to be killed in as well. */
const TRIAL_CYCLES = 25;

/** How long a process takes to open: the first guess, until one has said it. Longer where there is nothing yet. */
const OPENING_MS = 700;
const MAKING_MS = 3_000;

/** A process that runs for a second is better off without machine code that is made for hours: half the time to open. */
const FLAGS = ['--liftoff-only'];

/**
 * A process that says nothing for this many looks hangs: that is a failure too. Looks, not milliseconds, because a loop that
 * was suspended finds all of its time gone when it goes on.
 */
const SILENT_LOOKS_MAX = 12;
const LOOK_MS = 10_000;

/** A database for one trial: where it is, and what it takes to kill and remove it. */
interface Trial {
  options: Location;
  /** Kills the server; null where there is none beside the client. */
  killServer: (() => Promise<void>) | null;
  restartServer: () => Promise<void>;
  remove: () => Promise<void>;
  /** Says where it is. */
  place: string;
  /** Milliseconds that opening took the last time; an opening is killed within as many. */
  openingMs: number;
}

export async function runKillLoop(options: KillLoopOptions): Promise<KillReport> {
  const random = createRandom(options.seed);
  const report: KillReport = {
    cycles: 0,
    asked: 0,
    acknowledged: 0,
    survived: 0,
    checks: 0,
    kills: { opening: 0, checking: 0, load: 0, checkpoint: 0, server: 0 },
    problems: [],
    left: null,
  };
  const program = await bundleProgram(fileURLToPath(new URL('load-process.ts', import.meta.url)), 'load');
  const source = options.database === 'embedded' ? await embeddedTrials(random) : await postgresTrials();
  try {
    while (report.cycles < options.cycles && report.problems.length === 0) {
      const trial = await source.begin();
      await runTrial(trial, { program, random, report, ...options });
      if (report.problems.length > 0) report.left = trial.place;
      else await trial.remove();
    }
  } finally {
    rmSync(program, { force: true });
    rmSync(`${program}.json`, { force: true });
    if (report.left === null) await source.end();
  }
  return report;
}

interface Loop extends KillLoopOptions {
  program: string;
  random: Random;
  report: KillReport;
}

/** Kills on one database until its trial is over, or until something is wrong with it. */
async function runTrial(trial: Trial, loop: Loop): Promise<void> {
  const { report } = loop;
  const record = createRecord();
  const checked = new Set<string>();
  for (let turn = 0; turn < TRIAL_CYCLES && report.cycles < loop.cycles; turn += 1) {
    const words = await cycle(trial, { record, checked }, loop);
    report.cycles += 1;
    for (const said of words) {
      if (said.word === 'asked') report.asked += 1;
      if (said.word !== 'checked') continue;
      report.checks += 1;
      report.survived += said.survived;
      report.problems.push(...said.problems);
    }
    loop.onProgress?.(report);
    if (report.problems.length > 0) return;
  }
  const { problems, survived } = await checkAll(trial, record);
  report.checks += 1;
  report.survived += survived;
  report.problems.push(...problems);
}

/** Starts the load, kills it, and returns what it said. */
async function cycle(
  trial: Trial,
  { record, checked }: { record: Record; checked: Set<string> },
  { program, random, report }: Loop,
): Promise<LoadWord[]> {
  const kind = random.pick(['load', 'load', 'load', 'checkpoint', 'opening', 'checking'] as const);
  const killsServer = trial.killServer !== null && random.chance(0.5);
  // Most kills come soon, which is where most things are under way for the first time; some find a long log.
  const wordCount = random.between(1, random.chance(0.05) ? 3_000 : random.pick([20, 150, 500]));
  const delayMs = kind === 'opening' ? random.between(0, Math.ceil(trial.openingMs)) : random.between(0, 25);
  const lookedAt = toKnown(record, checked);
  // Now and then nothing is checked in between: what a kill left is opened by a process that is killed as well.
  const known = random.chance(0.2) ? null : `${program}.json`;
  if (known !== null) writeFileSync(known, JSON.stringify(lookedAt));
  const prefix = `c${report.cycles}`;
  const argument = JSON.stringify({ database: trial.options, seed: random.between(1, 1_000_000), prefix, known });
  const child = spawn(process.execPath, [...FLAGS, program, argument], {
    stdio: ['ignore', 'pipe', killsServer ? 'ignore' : 'inherit'],
  });
  const ended = once(child, 'exit');
  const words: LoadWord[] = [];
  let startedAt = performance.now();
  const receive = (word: LoadWord): void => {
    words.push(word);
    if (word.word === 'acknowledged' && record.attempts.get(word.key)?.receipt === null) report.acknowledged += 1;
    record.add(word);
    if (word.word === 'checked' && word.problems.length === 0) for (const [key] of lookedAt.attempts) checked.add(key);
    if (word.word !== 'reached') return;
    if (word.phase === 'started') startedAt = performance.now();
    if (word.phase === 'open') trial.openingMs = performance.now() - startedAt;
  };
  const due = untilDue(child, { isDue: createDue(kind, wordCount), receive });
  await due;
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (child.exitCode !== null) throw new Error(`The load ended by itself with ${child.exitCode}.`);
  report.kills[killsServer ? 'server' : kind] += 1;
  if (killsServer) await trial.killServer?.();
  child.kill('SIGKILL');
  await ended;
  await drained(child);
  if (killsServer) await trial.restartServer();
  return words;
}

/** Says whether a word is the one after which the kill comes. */
function createDue(kind: Kind, wordCount: number): (word: LoadWord) => boolean {
  let isReady = false;
  let count = 0;
  return (word) => {
    const phase = word.word === 'reached' ? word.phase : null;
    isReady ||= phase === 'ready';
    if (isReady) count += 1;
    if (kind === 'opening') return phase === 'started';
    if (kind === 'checking') return phase === 'open';
    return kind === 'checkpoint' ? isReady && phase === 'checkpoint' : count >= wordCount;
  };
}

/** Listens to the load, and resolves when the moment of the kill has come. Goes on listening. */
function untilDue(
  child: ChildProcess,
  { isDue, receive }: { isDue: (word: LoadWord) => boolean; receive: (word: LoadWord) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let silentLooks = 0;
    const looking = setInterval(() => {
      silentLooks += 1;
      if (silentLooks < SILENT_LOOKS_MAX) return;
      child.kill('SIGKILL');
      reject(new Error('The load said nothing any more.'));
    }, LOOK_MS);
    looking.unref();
    child.once('exit', () => {
      clearInterval(looking);
      resolve();
    });
    if (child.stdout === null) throw new Error('The load has no voice.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      silentLooks = 0;
      if (!line.endsWith('}')) return; // cut off in the middle: never said
      const word = JSON.parse(line) as LoadWord;
      receive(word);
      if (isDue(word)) resolve();
    });
  });
}

/** What was said before the kill is still in the pipe afterwards. */
async function drained(child: ChildProcess): Promise<void> {
  if (child.stdout !== null && !child.stdout.readableEnded) await once(child.stdout, 'end');
  await new Promise((resolve) => setImmediate(resolve)); // the last lines
}

async function checkAll(trial: Trial, record: Record) {
  const database = await openLocation(trial.options);
  const ledger = await createLedger({ database });
  const findings = await check(ledger, database.pool, record);
  await ledger.close();
  await database.close();
  return findings;
}

async function embeddedTrials(random: Random) {
  // Making a database costs more than ten cycles: most trials begin as a copy, the others are killed in the making too.
  const template = mkdtempSync(join(tmpdir(), 'credits-kill-'));
  await (await openLocation({ directory: template })).close();
  return {
    async begin(): Promise<Trial> {
      const directory = mkdtempSync(join(tmpdir(), 'credits-kill-'));
      const isNew = random.chance(0.3);
      if (!isNew) cpSync(template, directory, { recursive: true });
      return {
        options: { directory },
        killServer: null,
        restartServer: async () => undefined,
        remove: async () => rmSync(directory, { recursive: true, force: true }),
        place: directory,
        openingMs: isNew ? MAKING_MS : OPENING_MS,
      };
    },
    end: async () => rmSync(template, { recursive: true, force: true }),
  };
}

async function postgresTrials() {
  const server = await startOwnPostgres({ durable: true });
  let trials = 0;
  return {
    async begin(): Promise<Trial> {
      const name = `trial_${(trials += 1)}`;
      await administer(server.url, `CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return {
        options: { url: url.href },
        killServer: server.kill,
        restartServer: server.start,
        remove: () => administer(server.url, `DROP DATABASE ${name} WITH (FORCE)`),
        place: url.href,
        openingMs: OPENING_MS,
      };
    },
    end: server.stop,
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const database = await openLocation({ url });
  await database.pool.query(statement);
  await database.close();
}
