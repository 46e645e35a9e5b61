import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openEmbedded } from '../../src/embedded.ts';
import { createRandom, type Random } from '../../../credits/test/support/random.ts';
import { check } from './check.ts';
import { runLoad, type LoadWord } from './load.ts';
import { createRecord } from './record.ts';
import { installUnsyncedDisk, type UnsyncedDisk } from './unsynced-disk.ts';

/**
 * Cuts the power under an embedded database, again and again: runs the load on a disk that remembers what was never
 * synced, builds what a cut would leave in the midst of it, opens that, and holds it against what had been said by then.
 */

export interface PowerLossReport {
  cuts: number;
  acknowledged: number;
  survived: number;
  /** Cuts after which something was missing or wrong, and one sentence for each. */
  losses: string[];
}

/** Instants of one run at which the power is cut. */
const CUTS_PER_RUN = 4;

/** Changes of the disk between the beginning of a run and its last cut, at most. */
const CHANGES_MAX = 3_000;

export async function runPowerLoss(options: {
  cuts: number;
  seed: number;
  honest: boolean;
  onProgress?: (report: PowerLossReport) => void;
}): Promise<PowerLossReport> {
  const random = createRandom(options.seed);
  const report: PowerLossReport = { cuts: 0, acknowledged: 0, survived: 0, losses: [] };
  while (report.cuts < options.cuts) {
    for (const cut of await runUntilCuts(random, options.honest, Math.min(CUTS_PER_RUN, options.cuts - report.cuts))) {
      report.cuts += 1;
      await examine(cut, report);
      rmSync(cut.directory, { recursive: true, force: true });
      options.onProgress?.(report);
    }
  }
  return report;
}

/** What a cut left, and what had been said by then. */
interface Cut {
  directory: string;
  words: LoadWord[];
}

async function runUntilCuts(random: Random, honest: boolean, count: number): Promise<Cut[]> {
  const directory = mkdtempSync(join(tmpdir(), 'credits-power-'));
  // A new database is synced as a whole before it is used; the cuts come after.
  await (await openEmbedded({ directory })).close();
  const disk = installUnsyncedDisk(directory, { honest });
  const cuts: Cut[] = [];
  try {
    const database = await openEmbedded({ directory });
    const ledger = await createLedger({ database, expirySweepMs: 100 });
    const words: LoadWord[] = [];
    const over = cutAtInstants(disk, random, { count, cuts, words });
    const timer = setInterval(() => void database.pool.query('CHECKPOINT').catch(() => undefined), 60);
    const publish = (word: LoadWord): unknown => words.push(word);
    await runLoad(ledger, { seed: random.between(1, 1_000_000), prefix: 'p', holds: [], publish, isOver: over });
    clearInterval(timer);
    disk.onChange = null;
    await ledger.close();
    await database.close();
  } finally {
    disk.remove();
    rmSync(directory, { recursive: true, force: true });
  }
  return cuts;
}

/** Cuts at random changes of the disk. Returns whether all cuts were made. */
function cutAtInstants(
  disk: UnsyncedDisk,
  random: Random,
  { count, cuts, words }: { count: number; cuts: Cut[]; words: LoadWord[] },
): () => boolean {
  const instants = Array.from({ length: count }, () => disk.count() + random.between(1, CHANGES_MAX));
  instants.sort((a, b) => a - b);
  disk.onChange = () => {
    while (instants[0] !== undefined && disk.count() >= instants[0]) {
      instants.shift();
      const directory = mkdtempSync(join(tmpdir(), 'credits-power-cut-'));
      disk.cutInto(directory, random);
      cuts.push({ directory, words: [...words] });
    }
  };
  return () => instants.length === 0;
}

async function examine({ directory, words }: Cut, report: PowerLossReport): Promise<void> {
  const record = createRecord();
  for (const word of words) record.add(word);
  report.acknowledged += words.filter(({ word }) => word === 'acknowledged').length;
  try {
    rmSync(join(directory, 'lock.json'), { force: true }); // of this very process, which is not gone
    const database = await openEmbedded({ directory });
    const ledger = await createLedger({ database });
    const { problems, survived } = await check(ledger, database.pool, record);
    await ledger.close();
    await database.close();
    report.survived += survived;
    if (problems.length > 0) report.losses.push(`${problems.length} problems, such as: ${problems[0]}`);
  } catch (error) {
    report.losses.push(`does not open: ${String(error)}`);
  }
}
