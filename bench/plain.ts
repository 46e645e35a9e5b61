/**
 * What lots, rates, allowances and events cost commands on accounts that have none of them, beside an earlier version:
 * `npx tsx bench/plain.ts --before /path/to/checkout [--turns 40]`.
 *
 * Both versions run in this process, each on a database of its own on one server, and take turns: an ABBA order within each
 * turn. The ratio is the median of the turns' own ratios. The checkout needs node_modules and built packages.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import type { Ledger } from '../packages/server/src/ledger/ledger.ts';
import { createPlaces } from './history-ledger.ts';
import { describeMachine, measureCost, milliseconds, print, printTable, quantile, type Figure } from './measure.ts';

const { values } = parseArgs({
  options: { before: { type: 'string' }, turns: { type: 'string', default: '40' } },
});
if (values.before === undefined) throw new Error('--before names a checkout of an earlier version.');
const TURNS = Number(values.turns);
const ACCOUNTS = 1_000;

/** Callers, and how often each of them calls in half a turn. */
const CELLS = [
  { callers: 1, calls: 60 },
  { callers: 64, calls: 20 },
] as const;

const by = { actor: 'system:bench', reason: 'Bench' };
let made = 0;
const pick = (): string => `bench:${Math.floor(Math.random() * ACCOUNTS)}`;

/** A spend, a grant, a transfer, or a hold with its post: as a shop calls. */
async function call(ledger: Ledger): Promise<void> {
  const base = { ...by, account: pick(), amount: 1, idempotencyKey: `key:${(made += 1)}` };
  const kind = made % 4;
  if (kind === 0) await ledger.spend(base);
  else if (kind === 1) await ledger.grant(base);
  else if (kind === 2) {
    const [source, destination] = [pick(), pick()];
    if (source !== destination) await ledger.transfer({ ...base, source, destination });
  } else {
    const { hold } = await ledger.hold({ ...base, expiresAfterMs: 60_000 });
    await ledger.post({ ...by, hold: hold.id, idempotencyKey: `${base.idempotencyKey}:post` });
  }
}

async function run(ledger: Ledger, { callers, calls }: (typeof CELLS)[number]): Promise<Figure> {
  const times: number[] = [];
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    for (let count = 0; count < calls; count += 1) {
      const calledAt = performance.now();
      await call(ledger);
      times.push(performance.now() - calledAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  const perSecond = (times.length / (performance.now() - startedAt)) * 1_000;
  return { perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

const places = await createPlaces('postgres');
async function open(create: typeof createLedger) {
  const database = await (await places.make()).open({ filling: false });
  const ledger = await create({ database, expirySweepMs: 3_600_000 });
  for (let from = 0; from < ACCOUNTS; from += 200) {
    const grants = Array.from({ length: 200 }, (_, index) => {
      const account = `bench:${from + index}`;
      return ledger.grant({ ...by, account, amount: 1_000_000, idempotencyKey: `start:${account}` });
    });
    await Promise.all(grants);
  }
  await database.pool.query('VACUUM ANALYZE');
  const findPids = async () => {
    const { rows } = await database.pool.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
    );
    return rows.map(({ pid }) => pid);
  };
  return { database, ledger, findPids };
}

type Side = Awaited<ReturnType<typeof open>>;
const path = join(values.before, 'packages/server/src/ledger/create-ledger.ts');
const earlier = (await import(path)) as { createLedger: typeof createLedger };
const [before, now] = [await open(earlier.createLedger), await open(createLedger)];

/** What one half of a turn came to: time and CPU of a call, in milliseconds and microseconds. */
async function half(side: Side, cell: (typeof CELLS)[number]) {
  const { figure, cost } = await measureCost(() => run(side.ledger, cell), side.findPids);
  return { p50: figure.p50, node: cost.own, postgres: cost.others ?? Number.NaN };
}

print(`${TURNS} turns; ${describeMachine()}`);
const rows: string[][] = [];
for (const cell of CELLS) {
  const turns: { before: Awaited<ReturnType<typeof half>>; now: Awaited<ReturnType<typeof half>> }[] = [];
  for (let turn = -3; turn < TURNS; turn += 1) {
    const first = await half(turn % 2 === 0 ? before : now, cell);
    const second = await half(turn % 2 === 0 ? now : before, cell);
    if (turn >= 0) turns.push(turn % 2 === 0 ? { before: first, now: second } : { before: second, now: first });
  }
  for (const measure of ['p50', 'node', 'postgres'] as const) {
    const middle = (of: 'before' | 'now'): number =>
      quantile(
        turns.map((turn) => turn[of][measure]),
        0.5,
      );
    const ratios = turns.map((turn) => turn.now[measure] / turn.before[measure]);
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    const toText = (value: number): string =>
      measure === 'p50' ? `${milliseconds(value)} ms` : `${value.toFixed(0)} µs`;
    const name = { p50: 'p50', node: 'CPU of Node', postgres: 'CPU of Postgres' }[measure];
    rows.push([`${cell.callers}`, name, toText(middle('before')), toText(middle('now')), `${median} (${low}–${high})`]);
  }
}
printTable(['callers', 'a command', 'before', 'now', 'ratio (quartiles)'], rows);
for (const { database, ledger } of [before, now]) {
  await ledger.close();
  await database.close();
}
await places.stop();
