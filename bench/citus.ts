/**
 * What a second worker is worth: `CITUS_URL=postgres://… npx tsx bench/citus.ts [--seconds 8] [--callers 64]`.
 *
 * A list of one ledger and a list of two, each ledger distributed to a worker of its own, take turns in one run: spends and
 * grants, then transfers between any two accounts. `CITUS_URL` names a database of the coordinator, which must have two workers.
 */
import { parseArgs } from 'node:util';
import { createLedgers, type Ledgers } from '../packages/server/src/ledgers/create-ledgers.ts';
import { openDatabase } from '../packages/server/src/ledger/postgres/database.ts';
import { describeMachine, print, printTable, quantile, rate } from './measure.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    callers: { type: 'string', default: '64' },
    turns: { type: 'string', default: '3' },
  },
});
const url = process.env['CITUS_URL'];
if (url === undefined) throw new Error('CITUS_URL names no database of a Citus coordinator.');
const [SECONDS, CALLERS, TURNS] = [Number(values.seconds), Number(values.callers), Number(values.turns)];
const ACCOUNTS = 2_000;
const run = Date.now().toString(36);
const accountOf = (index: number): string => `user-${index % ACCOUNTS}`;
const pick = (): string => accountOf(Math.floor(Math.random() * ACCOUNTS));
let keys = 0;
const by = () => ({ amount: 1, actor: 'system:bench', reason: 'Bench', idempotencyKey: `key-${(keys += 1)}` });

const database = await openDatabase({ url });
const query = async (text: string) => (await database.pool.query<Record<string, string>>(text)).rows;

async function make(count: number): Promise<{ ledgers: Ledgers; drop: () => Promise<void> }> {
  const directory = `list_${run}_${count}`;
  const schemas = Array.from({ length: count }, (_, index) => `ledger_${run}_${count}_${index}`);
  const open = () => createLedgers({ database, directory, schemas });
  await (await open()).close();
  for (const schema of schemas) await query(`SELECT citus_schema_distribute('${schema}')`);
  const ledgers = await open();
  for (let from = 0; from < ACCOUNTS; from += 500) {
    const grants = Array.from({ length: 500 }, (_, index) =>
      ledgers.grant({ ...by(), account: accountOf(from + index), amount: 1_000_000 }),
    );
    await Promise.all(grants);
  }
  return {
    ledgers,
    drop: async () => {
      await ledgers.close();
      for (const schema of [...schemas, directory]) await query(`DROP SCHEMA "${schema}" CASCADE`);
    },
  };
}

const WORK = {
  'spends and grants': (ledgers: Ledgers) =>
    keys % 2 === 0 ? ledgers.spend({ ...by(), account: pick() }) : ledgers.grant({ ...by(), account: pick() }),
  'transfers between users': (ledgers: Ledgers) => {
    const source = pick();
    const destination = accountOf(Number(source.slice(5)) + 1);
    return ledgers.transfer({ ...by(), source, destination });
  },
};

async function measure(ledgers: Ledgers, work: (ledgers: Ledgers) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + SECONDS * 1_000;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await work(ledgers);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return done / ((performance.now() - startedAt) / 1_000);
}

print(`${CALLERS} callers, ${SECONDS} s each, ${TURNS} turns; ${describeMachine()}`);
const [one, two] = [await make(1), await make(2)];
try {
  const placed = await query(
    `SELECT count(DISTINCT nodeport)::text AS nodes FROM citus_shards WHERE table_name::text LIKE 'ledger_${run}_2_%'`,
  );
  print(`The two ledgers are on ${placed[0]?.['nodes']} nodes.`);
  const rows: string[][] = [];
  for (const [name, work] of Object.entries(WORK)) {
    const turns: { one: number; two: number }[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      turns.push({ one: await measure(one.ledgers, work), two: await measure(two.ledgers, work) });
    }
    const median = (of: (turn: { one: number; two: number }) => number) => quantile(turns.map(of), 0.5);
    rows.push([
      name,
      rate(median((turn) => turn.one)),
      rate(median((turn) => turn.two)),
      median((turn) => turn.two / turn.one).toFixed(2),
    ]);
  }
  printTable(['work', 'one ledger', 'two ledgers', 'ratio'], rows);
  const differences = [one, two].map(async ({ ledgers }) => (await ledgers.verify()).differences.length);
  print(`\nVerified: ${(await Promise.all(differences)).join(' and ')} differences; ${describeMachine()}`);
} finally {
  await one.drop();
  await two.drop();
  await database.close();
}
