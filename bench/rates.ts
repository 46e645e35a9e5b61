/**
 * What it takes to settle rates: `npx tsx bench/rates.ts [--rates 10000] [--per-account 1] [--steps 52]`.
 *
 * All rates are settled at once, as the sweep does, an hour after they began. Then a year passes in so many steps, and at
 * the end all that was charged is compared with the price of a year. The clock is made up. Postgres with syncing on
 * (`DATABASE_URL`, otherwise started for the run).
 */
import { parseArgs } from 'node:util';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import { createPlaces } from './history-ledger.ts';
import { describeMachine, measureCost, print, printTable, quantile, rate, type Cost } from './measure.ts';

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '10000' },
    'per-account': { type: 'string', default: '1' },
    steps: { type: 'string', default: '52' },
  },
});
const RATES = Number(values.rates);
const PER_ACCOUNT = Number(values['per-account']);
const STEPS = Number(values.steps);
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Credits per hour: no step is a whole number of them. */
const price = (index: number): number => 7 + (index % 13);

const places = await createPlaces('postgres');
const place = await places.make();
const database = await place.open({ filling: false });
const beganAtMs = Date.now();
let nowMs = beganAtMs;
const clock = { wallMs: () => nowMs, setTimer: () => () => undefined };
const ledger = await createLedger({ database, clock });

const by = { actor: 'system:bench', reason: 'Bench' };
const accountOf = (index: number): string => `bench:${Math.floor(index / PER_ACCOUNT)}`;
for (let from = 0; from < RATES; from += 500) {
  const indexes = Array.from({ length: Math.min(500, RATES - from) }, (_, index) => from + index);
  const grants = indexes
    .filter((index) => index % PER_ACCOUNT === 0)
    .map((index) => {
      const account = accountOf(index);
      return ledger.grant({ ...by, account, amount: 1_000_000_000, idempotencyKey: `start:${account}` });
    });
  await Promise.all(grants);
  const starts = indexes.map((index) => {
    const command = { ...by, account: accountOf(index), resource: `server:${index}`, idempotencyKey: `rate:${index}` };
    return ledger.startRate({ ...command, amount: price(index), per: 'hour' });
  });
  await Promise.all(starts);
}
await database.pool.query('VACUUM ANALYZE');
await database.pool.query('CHECKPOINT');

/** Settles everything that is due, as the sweep does. Seconds. */
async function settle(): Promise<number> {
  const startedAt = performance.now();
  await ledger.allHolds(); // of all accounts, so it settles them first
  return (performance.now() - startedAt) / 1_000;
}

/** What is to be charged by now, by definition. */
const toCharge = (): number => {
  let sum = 0n;
  for (let index = 0; index < RATES; index += 1) {
    sum += (BigInt(price(index)) * BigInt(nowMs - beganAtMs)) / BigInt(HOUR_MS);
  }
  return Number(sum);
};

async function spent(): Promise<number> {
  return (await ledger.circulation()).spent;
}

print(`${RATES} rates, ${PER_ACCOUNT} of each account; ${describeMachine()}`);
const first: number[] = [];
const costs: Cost[] = [];
const findPids = async () => {
  const { rows } = await database.pool.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  return rows.map(({ pid }) => pid);
};
for (let hour = 1; hour <= 5; hour += 1) {
  nowMs = beganAtMs + hour * HOUR_MS;
  const { cost } = await measureCost(async () => {
    const seconds = await settle();
    first.push(seconds);
    return { perSecond: RATES / seconds, p50: Number.NaN, p99: Number.NaN };
  }, findPids);
  costs.push(cost);
}
const cpu = (of: keyof Cost): string => {
  const perRate = costs.map((cost) => cost[of] ?? Number.NaN);
  return `${((quantile(perRate, 0.5) * RATES) / 1_000_000).toFixed(2)} s`;
};
const startedAt = performance.now();
const untilMs = beganAtMs + YEAR_MS;
const fromMs = nowMs;
for (let step = 1; step <= STEPS; step += 1) {
  nowMs = fromMs + Math.round(((untilMs - fromMs) * step) / STEPS);
  await settle();
}
const seconds = (performance.now() - startedAt) / 1_000;
const [charged, expected] = [await spent(), toCharge()];
printTable(
  ['what', 'time'],
  [
    [
      `${RATES} rates settled once, median (slowest) of 5`,
      `${quantile(first, 0.5).toFixed(2)} s (${Math.max(...first).toFixed(2)})`,
    ],
    ['CPU of it: Node · Postgres', `${cpu('own')} · ${cpu('others')}`],
    [
      `a year in ${STEPS} steps, ${(STEPS * RATES).toLocaleString('en-US')} settlements`,
      `${(seconds / 60).toFixed(1)} min`,
    ],
    ['settlements', rate((STEPS * RATES) / seconds)],
  ],
);
print(
  `\nCharged ${charged}, by definition ${expected}: ${charged === expected ? 'equal' : 'DIFFERENT'}; ${describeMachine()}`,
);
if (charged !== expected) process.exitCode = 1;
await ledger.close();
await database.close();
await place.remove();
await places.stop();
