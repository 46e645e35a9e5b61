/**
 * Whether a long history costs more than a short one: `npx tsx bench/history.ts --entries 10000,100000,1000000`.
 *
 * One ledger grows from step to step. At each step the same things are measured on it and on a ledger of as many entries as
 * the first step, on the same server, in turns of a fraction of a second: what the machine does besides slows down both.
 * The ratio is the median of the turns' own ratios, beside its quartiles. Beside the time stands how many blocks of 8 kB
 * are touched, which no neighbour on the machine changes.
 *
 *   --entries 10000,…     the steps, rising
 *   --shape one|many      one account with an entry of every transfer, or one account for each 100 entries
 *   --database postgres   a server (`DATABASE_URL`, otherwise started for the run, syncing on), or `embedded`, in a directory
 */
import { parseArgs } from 'node:util';
import { countEntries, createPlaces, fill, openGrown, type Grown, type Shape } from './history-ledger.ts';
import { countBlocks, MEASURES, measureTurn } from './history-measures.ts';
import { describeMachine, quantile, print } from './measure.ts';

const TURNS = 15;

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000,100000,1000000' },
    shape: { type: 'string', default: 'one' },
    database: { type: 'string', default: 'postgres' },
  },
});
const steps = values.entries.split(',').map(Number);
const { shape, database } = values;
if (shape !== 'one' && shape !== 'many') throw new Error('--shape is one or many.');
if (database !== 'postgres' && database !== 'embedded') throw new Error('--database is postgres or embedded.');

const toText = (figure: number): string => (figure < 1 ? figure.toFixed(3) : figure.toFixed(1));
const toCount = (blocks: number | null): string =>
  blocks === null ? '' : blocks < 100 ? String(Math.round(blocks * 10) / 10) : blocks.toFixed(0);

async function measureStep(grown: Grown, small: Grown): Promise<void> {
  const { entries, bytes } = await countEntries(grown);
  const { entries: few } = await countEntries(small);
  const { rows } = await grown.database.pool.query<{ server_version: string }>('SHOW server_version');
  print(
    `\n${entries.toLocaleString('en-US')} entries, ${grown.accounts} accounts, ${(bytes / 1_000_000).toFixed(0)} MB, ` +
      `${((bytes / entries) * 2).toFixed(0)} bytes per transfer, PostgreSQL ${rows[0]?.server_version}; ${describeMachine()}`,
  );
  print(`| ms | ${few} entries | ${entries} entries | ratio (quartiles) | blocks |\n|---|---|---|---|---|`);
  for (const name of MEASURES) {
    await measureTurn(small, name);
    await measureTurn(grown, name);
    const before: number[] = [];
    const now: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      // The second measurement profits from what the first left in caches: they take turns in that too.
      if (turn % 2 === 0) before.push(await measureTurn(small, name));
      now.push(await measureTurn(grown, name));
      if (turn % 2 === 1) before.push(await measureTurn(small, name));
    }
    const ratios = now.map((figure, turn) => figure / (before[turn] ?? Number.NaN));
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    const blocks = [await countBlocks(small, name), await countBlocks(grown, name)];
    print(
      `| ${name} | ${toText(quantile(before, 0.5))} | ${toText(quantile(now, 0.5))} | ${middle} (${low}–${high}) | ` +
        `${blocks.map(toCount).join(' → ')} |`,
    );
  }
}

async function verifyWhole(grown: Grown): Promise<void> {
  const startedAt = performance.now();
  const { entries: compared, ok } = await grown.ledger.verify();
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`verified ${compared} entries in ${seconds.toFixed(0)} s (${(compared / seconds).toFixed(0)}/s): ${ok}`);
}

const places = await createPlaces(database);
async function begin(of: Shape): Promise<Grown> {
  return openGrown(await places.make(), of, { filling: false });
}

print(`${database}, shape ${shape}, medians of ${TURNS} turns; ${describeMachine()}`);
let grown = await begin(shape);
for (const step of steps) {
  const startedAt = performance.now();
  const before = grown.made;
  grown = await fill(grown, step);
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`\n${grown.made - before} transfers more in ${seconds.toFixed(0)} s`);
  await verifyWhole(grown);
  const small = await fill(await begin(shape), steps[0] ?? 0);
  await measureStep(grown, small);
  await small.close();
  await small.place.remove();
}
await verifyWhole(grown);
await grown.close();
await grown.place.remove();
await places.stop();
