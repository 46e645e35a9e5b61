import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openEmbeddedDatabase } from '../support/database.ts';

// What keeps a long history as fast as a short one: no read goes over all of it. Shown by the plans that the database
// makes for the very statements that the ledger sends, for any values, on tables with a history in them.

interface Sent {
  text: string;
  values: unknown[];
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

const ACCOUNT = 'user:1';

let database: Database;
let ledger: Ledger;
let sent: Sent[] = [];

beforeAll(async () => {
  database = await openEmbeddedDatabase();
  const { pool } = database;
  const query = (...args: Parameters<typeof pool.query>) => {
    const [statement, values] = args as unknown as [
      string | { text: string; values?: unknown[] },
      unknown[] | undefined,
    ];
    sent.push(
      typeof statement === 'string'
        ? { text: statement, values: values ?? [] }
        : { text: statement.text, values: statement.values ?? [] },
    );
    return pool.query(...args);
  };
  const recording = Object.assign(Object.create(pool) as typeof pool, { query });
  ledger = await createLedger({ database: { ...database, pool: recording }, expirySweepMs: 3_600_000 });
  // Rows of the right shape and number. What they say is of no account here.
  await pool.query(`
    INSERT INTO credits_accounts (id, floor, posted, version, hash, created_at)
      SELECT 'user:' || n, 0, 1000, 100, sha256('x'), now() FROM generate_series(1, 5000) n;
    INSERT INTO credits_transfers (id, kind, source, source_version, destination, destination_version, amount, actor, reason, metadata, created_at)
      SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'spend', 'user:' || 1 + n / 100, 1 + n % 100,
        'house:spent', n + 1, 1, 'user:' || 1 + n / 100, 'A plan', '{}', now() FROM generate_series(0, 39999) n;
    INSERT INTO credits_entries (account, version, kind, direction, amount, posted_before, held_before, posted_after, held_after, transfer, operation, created_at, hash)
      SELECT source, source_version, 'transfer', 'debit', 1, 1, 0, 0, 0, id, 'key-' || id, now(), sha256('x') FROM credits_transfers
      UNION ALL SELECT destination, destination_version, 'transfer', 'credit', 1, 0, 0, 1, 0, id, NULL, now(), sha256('x') FROM credits_transfers;
    UPDATE credits_accounts SET version = 40000, hash = sha256('x') WHERE id = 'house:spent';
    INSERT INTO credits_operations (actor, key, fingerprint, account, version, posted, held, transfer, created_at)
      SELECT source, 'key-' || id, 'x', source, source_version, 0, 0, id, now() FROM credits_transfers;
    INSERT INTO credits_holds (id, account, destination, amount, remaining, state, actor, reason, expires_at, created_at)
      SELECT ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 'user:' || 1 + n / 50, 'house:spent', 5,
        CASE WHEN n % 10 = 0 THEN 5 ELSE 0 END, CASE WHEN n % 10 = 0 THEN 'open' ELSE 'voided' END, 'user:1', 'A plan',
        now() + interval '1 day', now() FROM generate_series(0, 19999) n;
    INSERT INTO credits_checkpoints (account, version, hash, posted, held, transfers, checked_at)
      SELECT id, 50, sha256('y'), 0, 0, 50, now() FROM credits_accounts WHERE version > 0;
    ANALYZE`);
}, 60_000);

afterAll(async () => {
  await ledger.close();
  await database.close();
});

/** Plans of everything that a call sends, each made for whatever values may come. */
async function plan(call: () => Promise<unknown>): Promise<Plan[]> {
  sent = [];
  await call();
  const plans: Plan[] = [];
  for (const { text, values } of sent) plans.push(await explain(text, values));
  return plans;
}

async function explain(text: string, values: readonly unknown[]): Promise<Plan> {
  const client = await database.pool.connect();
  try {
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE planned AS ${text}`);
    const nothing = values.length === 0 ? '' : `(${values.map(() => 'NULL').join(', ')})`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE planned${nothing}`,
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
function scanned(plans: readonly Plan[]): string[] {
  return nodesOf(plans).flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []));
}

const READS: [what: string, call: () => Promise<unknown>][] = [
  ['a snapshot', () => ledger.snapshot(ACCOUNT, { since: 3, operations: ['key-1'] })],
  ['versions of many accounts', () => ledger.versions([ACCOUNT, 'user:2'])],
  ['the newest page of a history', () => ledger.history('house:spent')],
  ['a page from the middle of a history', () => ledger.history('house:spent', { before: 20_000 })],
  ['the balance at a version', () => ledger.balanceAt('house:spent', { version: 20_000 })],
  ['the balance at an instant', () => ledger.balanceAt('house:spent', { instant: '2026-11-22T12:00:00Z' })],
  ['one transfer', () => ledger.findTransfer('00000000-0000-7000-8000-000000000007')],
  ['one hold', () => ledger.findHold('00000000-0000-7000-9000-000000000000')],
  ['holds of an account', () => ledger.holds(ACCOUNT, { state: 'expired' })],
  ['heads', () => ledger.heads({ after: 'user:2', limit: 10 })],
];

test.each(READS)('%s is read by index alone, and nothing is sorted', async (_what, call) => {
  const plans = await plan(call);
  expect(plans.length).toBeGreaterThan(0);
  expect(scanned(plans)).toEqual([]);
  // Of what a question names or a page holds, a few rows may be put in order; a history never.
  expect(nodesOf(plans).map((node) => node['Node Type'])).not.toContain('Hash Join');
});

test('verification reads no table from end to end, but for one look at every account', async () => {
  const plans = await plan(() => ledger.verify({ full: true }));
  expect(plans.length).toBeGreaterThan(3);
  const tables = scanned(plans);
  // The sum of all balances, and the accounts that are gone.
  expect(tables.toSorted()).toEqual(['credits_accounts', 'credits_accounts', 'credits_checkpoints']);
});
