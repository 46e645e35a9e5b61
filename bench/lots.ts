/**
 * What lots cost a spend: `npx tsx bench/lots.ts [--lots 10000] [--turns 30] [--callers 1] [--database embedded]`.
 *
 * Callers spend on accounts of one ledger in turns: one with plain credits only, and ones with so many open lots. The
 * ratio is the median of the turns' own ratios. On Postgres with syncing on (`DATABASE_URL`, otherwise started for the run),
 * or on the embedded database in a directory.
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import type { Ledger } from '../packages/server/src/ledger/ledger.ts';
import { createPlaces } from './history-ledger.ts';
import { describeMachine, milliseconds, print, printTable, quantile } from './measure.ts';

const { values } = parseArgs({
  options: {
    lots: { type: 'string', default: '10000' },
    turns: { type: 'string', default: '30' },
    callers: { type: 'string', default: '1' },
    database: { type: 'string', default: 'postgres' },
  },
});
const LOTS = Number(values.lots);
const TURNS = Number(values.turns);
const CALLERS = Number(values.callers);
/** Spends of each caller in a turn. */
const SPENDS = 50;
const DAY_MS = 86_400_000;

/** The accounts: what each lot is, and what a spend takes. */
const KINDS = {
  none: { ofLot: 0, spend: 1 },
  again: { ofLot: 0, spend: 1 },
  'lots of 1,000, a part of one': { ofLot: 1_000, spend: 1 },
  'lots of 1, all of one': { ofLot: 1, spend: 1 },
  'lots of 1, all of three': { ofLot: 1, spend: 3 },
} as const;

type Kind = keyof typeof KINDS;

const by = { actor: 'system:bench', reason: 'Bench' };
const kinds = Object.keys(KINDS) as Kind[];
const accountOf = (kind: Kind): string => `bench:${kinds.indexOf(kind)}`;

async function fill(ledger: Ledger, kind: Kind): Promise<void> {
  const { ofLot } = KINDS[kind];
  const account = accountOf(kind);
  await ledger.grant({ ...by, account, amount: 1_000_000, idempotencyKey: `start:${account}` });
  if (ofLot === 0) return;
  const grant = async (index: number) => {
    const expiresAt = new Date(Date.now() + DAY_MS * (1 + (index % 977))).toISOString();
    const lot = { amount: ofLot, expiresAt, priority: index % 5 };
    await ledger.grant({ ...by, account, ...lot, idempotencyKey: `lot:${account}:${index}` });
  };
  for (let made = 0; made < LOTS; made += 500) {
    await Promise.all(Array.from({ length: Math.min(500, LOTS - made) }, (_, index) => grant(made + index)));
  }
}

/** One turn: the median of its spends, in milliseconds. */
async function measureTurn(ledger: Ledger, kind: Kind): Promise<number> {
  const command = { ...by, account: accountOf(kind), amount: KINDS[kind].spend };
  const times: number[] = [];
  const call = async (): Promise<void> => {
    for (let count = 0; count < SPENDS; count += 1) {
      const startedAt = performance.now();
      await ledger.spend({ ...command, idempotencyKey: randomUUID() });
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return quantile(times, 0.5);
}

const places = await createPlaces(values.database === 'embedded' ? 'embedded' : 'postgres');
const place = await places.make();
const database = await place.open({ filling: false });
const ledger = await createLedger({ database });
for (const kind of kinds) await fill(ledger, kind);
await database.pool.query('VACUUM ANALYZE');
await database.pool.query('CHECKPOINT');
for (const kind of kinds) await measureTurn(ledger, kind);

const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
for (let turn = 0; turn < TURNS; turn += 1) {
  // What a turn leaves behind weighs on another account in each round.
  for (const index of kinds.keys()) {
    const kind = kinds[(index + turn) % kinds.length] ?? 'none';
    times.get(kind)?.push(await measureTurn(ledger, kind));
  }
}
print(
  `${values.database}, ${LOTS} lots, ${CALLERS} callers, medians of ${TURNS} turns of ${SPENDS} spends each; ${describeMachine()}`,
);
const none = times.get('none') ?? [];
printTable(
  ['account', 'a spend, p50', '× none (quartiles)'],
  kinds.map((kind) => {
    const own = times.get(kind) ?? [];
    const ratios = own.map((time, turn) => time / (none[turn] ?? Number.NaN));
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    return [kind, `${milliseconds(quantile(own, 0.5))} ms`, `${middle} (${low}–${high})`];
  }),
);
const { ok } = await ledger.verify();
print(`\nverify: ${ok ? 'no difference' : 'DIFFERENCES'}`);
await ledger.close();
await database.close();
await place.remove();
await places.stop();
