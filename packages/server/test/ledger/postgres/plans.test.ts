import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { createVerifyStatements, type VerifyStatements } from '../../../src/ledger/audit/verify-statements.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { OperatorReader } from '../../../src/ledger/operator.ts';
import type { Database, SqlQuery } from '../../../src/ledger/postgres/database.ts';
import { createOperatorReader } from '../../../src/ledger/postgres/operator-reads.ts';
import { formatTransferId } from '../../../src/ledger/rules/transfer-id.ts';
import { openEmbeddedDatabase } from '../../support/database.ts';
import { by } from '../../support/ledger.ts';
import { recordQueries } from '../../support/record-queries.ts';

// What keeps a long history as fast as a short one: no statement reads all of it. Shown by the plans that the database
// makes for the statements that the ledger sends, on tables with a history in them.

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

const ACCOUNT = 'user:1';

let database: Database;
let ledger: Ledger;
let operator: OperatorReader;
let sent: SqlQuery[] = [];

beforeAll(async () => {
  database = await openEmbeddedDatabase();
  const { pool } = database;
  const recorded = recordQueries(pool, (query) => sent.push(query));
  ledger = await createLedger({ database: { ...database, pool: recorded }, expirySweepMs: 3_600_000 });
  operator = createOperatorReader(recorded);
  // Rows of the right shape and number: a hot account with 40,000 entries and keys, and 5,000 others.
  await pool.query(`
    INSERT INTO credits.accounts (id, floor, posted, version, hash, created_at)
      SELECT 'user:' || n, 0, 1000, 100, sha256('x'), now() FROM generate_series(1, 5000) n;
    UPDATE credits.accounts SET version = 40000, hash = sha256('x') WHERE id = 'user:1';
    INSERT INTO credits.journal (debit, debit_version, debit_posted, debit_held, credit, credit_version, credit_posted,
        credit_held, amount, kind, actor, key, key_digest, fingerprint, reason, created_at, hash)
      SELECT 65, n, 0, 0, 66 + n % 4999, 1 + n / 4999, 0, 0, 1, 'transfer', 'user:1', 'key-' || n,
        substr(sha256(convert_to('user:1' || chr(31) || 'key-' || n, 'UTF8')), 1, 16), sha256('f'), 'A plan',
        now() - interval '1 second' * (40000 - n), sha256('x')
      FROM generate_series(1, 40000) n;
    INSERT INTO credits.holds (id, account, amount, remaining, state, actor, reason, expires_at, created_at)
      SELECT ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 65 + n / 50, 5,
        CASE WHEN n % 10 = 0 THEN 5 ELSE 0 END, CASE WHEN n % 10 = 0 THEN 'open' ELSE 'voided' END, 'user:1', 'A plan',
        now() + interval '1 day', now() FROM generate_series(0, 19999) n;
    INSERT INTO credits.lots (account, version, part, amount, priority, free, held, expires_at)
      SELECT 65 + n / 50, n + 1, 0, 5, n % 3, CASE WHEN n % 10 = 0 THEN 5 ELSE 0 END, 0, now() + interval '1 day'
      FROM generate_series(0, 19999) n;
    INSERT INTO credits.rates (id, account, amount, remainder, prepaid, charged, started_at, settled_until, next_at, due_at,
        state, per, resource)
      SELECT ('00000000-0000-7000-a000-' || lpad(n::text, 12, '0'))::uuid, 65 + n / 50, 5, 0, 0, 0, now(), now(), e, e, CASE WHEN e IS NULL THEN 'stopped' ELSE 'active' END,
        'hour', 'server' FROM generate_series(0, 19999) n,
        LATERAL (SELECT CASE WHEN n % 10 = 0 THEN now() + interval '1 day' END AS e) x;
    INSERT INTO credits.allowances (id, account, amount, carry_over, period, granted, anchor, next_at, per, time_zone, name)
      SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 65 + n / 10, 1, 0, 0, 1, now(),
        now() + interval '1 day', 'day', 'UTC', 'plan' FROM generate_series(0, 19999) n;
    INSERT INTO credits.claims SELECT 65, 'claim-' || n, sha256('c') FROM generate_series(1, 20000) n;
    ANALYZE`);
});

afterAll(async () => {
  await ledger.close();
  await database.close();
});

/** Plans of everything that a call sends with parameters. */
async function plan(call: () => Promise<unknown>, mode: string): Promise<Plan[]> {
  sent = [];
  await call();
  const plans: Plan[] = [];
  for (const { text, values = [] } of sent)
    if (/^\s*(SELECT|WITH)/.test(text)) plans.push(await explain(text, values, mode));
  return plans;
}

async function explain(text: string, values: readonly (string | null)[], mode: string): Promise<Plan> {
  const client = await database.pool.connect();
  try {
    await client.query(`SET plan_cache_mode = ${mode}`);
    await client.query(`PREPARE planned AS ${text}`);
    const literals = values.map((value) => (value === null ? 'NULL' : client.escapeLiteral(value)));
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE planned${literals.length === 0 ? '' : `(${literals.join(', ')})`}`,
    );
    await client.query('DEALLOCATE planned');
    await client.query('RESET plan_cache_mode');
    const explained = rows[0]?.['QUERY PLAN'][0].Plan;
    if (explained === undefined) throw new Error('There is no plan.');
    return explained;
  } finally {
    client.release();
  }
}

function nodesOf(plans: readonly Plan[]): Plan[] {
  return plans.flatMap((each) => [each, ...nodesOf(each.Plans ?? [])]);
}

/** Tables that are read from end to end. */
function scannedBy(plans: readonly Plan[]): string[] {
  return nodesOf(plans).flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []));
}

const READS: [what: string, call: () => Promise<unknown>][] = [
  ['a snapshot', () => ledger.snapshot(ACCOUNT, { since: 39_500, operations: ['key-1', 'key-2'] })],
  ['versions of many accounts', () => ledger.versions([ACCOUNT, 'user:2'])],
  ['the newest page of a history', () => ledger.history(ACCOUNT)],
  ['a page from the middle of a history', () => ledger.history(ACCOUNT, { before: 20_000 })],
  ['the balance at a version', () => ledger.balanceAt(ACCOUNT, { version: 20_000 })],
  ['the balance at an instant', () => ledger.balanceAt(ACCOUNT, { instant: '2026-11-22T12:00:00Z' })],
  ['one transfer', () => ledger.findTransfer(formatTransferId({ debit: 65, version: 7 }))],
  ['one hold', () => ledger.findHold('00000000-0000-7000-9000-000000000000')],
  ['holds of an account', () => ledger.holds(ACCOUNT, { state: 'expired' })],
  ['lots of an account', () => ledger.lots(ACCOUNT)],
  ['rates of an account', () => ledger.rates(ACCOUNT)],
  ['allowances of an account', () => ledger.allowances(ACCOUNT)],
  ['transfers of everybody', () => operator.transfers({ filter: { from: '2026-01-01T00:00:00Z' } })],
  ['transfers of an account', () => operator.transfers({ filter: { account: ACCOUNT } })],
  ['where all credits were', () => operator.circulationAt(['2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z'])],
  ['who moved most', () => operator.movers({ from: '2026-11-20T00:00:00Z' })],
  ['heads', () => ledger.heads({ after: 'user:2', limit: 10 })],
];

describe.each(['force_generic_plan', 'force_custom_plan'])('with %s', (mode) => {
  test.each(READS)('%s is read by index alone', async (_what, call) => {
    const plans = await plan(call, mode);
    expect(plans.length).toBeGreaterThan(0);
    expect(scannedBy(plans)).toEqual([]);
    expect(nodesOf(plans).map((node) => node['Node Type'])).not.toContain('Hash Join');
  });

  test('who moved most is read by the time of the journal, as far as the newest transfers that count', async () => {
    const nodes = nodesOf(await plan(() => operator.movers({ from: '2026-11-20T00:00:00Z' }), mode));
    const index = nodes.findIndex((node) => node['Index Name'] === 'journal_time');
    expect(nodes.slice(0, index).map((node) => node['Node Type'])).toContain('Limit');
  });

  // Planned without the settings of a batch, as inside a transaction of the host.
  test('a command of a hot account finds its key, its claim, its holds, its lots and its rates by index', async () => {
    const command = { ...by(ACCOUNT), account: ACCOUNT, amount: 1, claimKey: 'claim-x' };
    const hold = '00000000-0000-7000-9000-000000000010';
    for (const call of [
      () => ledger.spend(command).catch((error: unknown) => error),
      () => ledger.void({ ...by(ACCOUNT), hold }).catch((error: unknown) => error),
      () => ledger.reverse({ ...by(ACCOUNT), transfer: 'tr_1t_9' }).catch((error: unknown) => error),
    ]) {
      const plans = await plan(call, mode);
      expect(plans.length).toBeGreaterThan(3);
      expect(scannedBy(plans)).toEqual([]);
      const keys = nodesOf(plans).filter((node) => node['Index Name'] === 'journal_key');
      expect(keys.length).toBeGreaterThan(0);
      expect(nodesOf(plans).map((node) => node['Index Name'])).toContain('lots_order');
      expect(nodesOf(plans).map((node) => node['Index Name'])).toContain('rates_account');
    }
  });
});

/** Values for the statements of a verification. */
const VERIFY: Record<keyof VerifyStatements, (string | null)[]> = {
  accounts: ['64', '5000'],
  orphans: ['5064'],
  entries: ['{65,66}', '{1,1}', '{40000,9}', 'false'],
  notes: ['0', '\\x', null],
  holds: ['00000000-0000-0000-0000-000000000000', null],
  lots: ['0', '0', '-1', null],
  rates: ['00000000-0000-0000-0000-000000000000', null],
  allowances: ['00000000-0000-0000-0000-000000000000', null],
  claims: ['0', '', null],
  number: [ACCOUNT],
  sum: [],
  hashes: ['{user:1}', '{7}'],
};

test.each(Object.entries(VERIFY))(
  'the statement of a verification for %s reads no history from end to end',
  async (name, values) => {
    const { text } = createVerifyStatements('"credits"')[name as keyof VerifyStatements];
    const scanned = scannedBy([await explain(text, values, 'force_generic_plan')]);
    expect(scanned).toEqual(name === 'sum' ? ['accounts'] : []);
  },
);
