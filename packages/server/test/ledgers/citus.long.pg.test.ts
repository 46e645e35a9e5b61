import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase, type Database } from '../../src/ledger/postgres/database.ts';
import { createLedgers, type Ledgers } from '../../src/ledgers/create-ledgers.ts';

// Two ledgers on two workers of a Citus cluster: CITUS_URL names a database of its coordinator. Debian has no Citus, so
// without it these tests are skipped.

const url = process.env['CITUS_URL'] ?? '';
const note = url === '' ? ' (CITUS_URL names none)' : '';
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const run = Date.now().toString(36);
const directory = `list_${run}`;
const schemas = [`ledger_a_${run}`, `ledger_b_${run}`];
const ACCOUNTS = Array.from({ length: 24 }, (_, index) => `user-${index}`);
let database: Database;
let ledgers: Ledgers;

const open = () => createLedgers({ database, directory, schemas, recoverEveryMs: 0 });
let keys = 0;
const next = (account: string, amount: number) => ({
  account,
  amount,
  actor: account,
  reason: 'A test',
  idempotencyKey: `key-${(keys += 1)}`,
});

async function read(text: string): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(text)).rows as Record<string, unknown>[];
}

describe.skipIf(url === '')(`on a Citus cluster${note}`, () => {
  beforeAll(async () => {
    database = await openDatabase({ url });
    await (await open()).close();
    for (const schema of schemas) await read(`SELECT citus_schema_distribute('${schema}')`);
    ledgers = await open();
  });
  afterAll(async () => {
    await ledgers.close();
    for (const schema of [...schemas, directory]) await read(`DROP SCHEMA "${schema}" CASCADE`);
    await database.close();
  });

  test('each ledger is on a worker of its own', async () => {
    const rows = await read(
      `SELECT DISTINCT table_name::text LIKE '${schemas[0]}.%' AS first, nodeport FROM citus_shards
       WHERE table_name::text LIKE '%_${run}.%'`,
    );
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map(({ nodeport }) => nodeport)).size).toBe(2);
  });

  test('every kind of command and read works, on one ledger and between two', async () => {
    await Promise.all(ACCOUNTS.map((account) => ledgers.grant(next(account, 1_000))));
    const homes = await Promise.all(ACCOUNTS.map((account) => ledgers.schemaOf(account)));
    expect(new Set(homes)).toEqual(new Set(schemas));
    const work = ACCOUNTS.map(async (account, index) => {
      const { amount: _amount, ...command } = next(account, 1);
      await ledgers.spend(next(account, 10));
      const { hold } = await ledgers.hold({ ...next(account, 20), expiresAfterMs: 60_000 });
      if (index % 2 === 0) await ledgers.post({ ...next(account, 15), hold: hold.id });
      else await ledgers.void({ ...command, hold: hold.id });
      await ledgers.startRate({ ...next(account, 4), resource: `server-${index}`, per: 'hour' });
      const destination = ACCOUNTS[(index + 7) % ACCOUNTS.length] ?? '';
      const { account: source, ...transfer } = next(account, 30);
      await ledgers.transfer({ ...transfer, source, destination });
      // Credits that expire stay on their ledger.
      await ledgers.grant({ ...next(account, 5), expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
    });
    await Promise.all(work);
    for (const account of ACCOUNTS) {
      const { entries, snapshot } = await ledgers.history(account);
      expect(entries.length).toBeGreaterThan(6);
      expect(snapshot.version).toBe(entries[0]?.version);
      expect((await ledgers.lots(account)).lots.length).toBeGreaterThan(0);
    }
    const report = await ledgers.verify();
    expect(report.differences).toEqual([]);
    const { issued, spent, circulating } = await ledgers.circulation();
    expect(issued - spent).toBe(circulating);
  });

  test('a repeated key does nothing more, and a refusal is one of ours', async () => {
    const command = next('user-0', 1);
    const first = await ledgers.spend(command);
    expect((await ledgers.spend(command)).transfer.id).toBe(first.transfer.id);
    await expect(ledgers.spend(next('user-0', 1_000_000))).rejects.toMatchObject({ code: 'insufficient_credits' });
  });

  test('commands of both ledgers in one transaction are committed together, or not at all', async () => {
    const homes = new Map(await Promise.all(ACCOUNTS.map(async (id) => [await ledgers.schemaOf(id), id] as const)));
    const [one = '', other = ''] = [...homes.values()];
    const before = await Promise.all([one, other].map(async (id) => (await ledgers.balance(id)).balance.posted));
    await ledgers.transaction(async ({ ledger }) => {
      await ledger.spend(next(one, 1));
      await ledger.spend(next(other, 1));
    });
    const failed = ledgers.transaction(async ({ ledger }) => {
      await ledger.spend(next(one, 1));
      await ledger.spend(next(other, 1));
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    const after = await Promise.all([one, other].map(async (id) => (await ledgers.balance(id)).balance.posted));
    expect(after).toEqual(before.map((posted) => posted - 1));
  });

  test('an account moves from one worker to the other with its history', async () => {
    await ledgers.grant(next('mover', 50));
    const home = await ledgers.schemaOf('mover');
    const schema = schemas.find((each) => each !== home) ?? '';
    await ledgers.moveAccount({ account: 'mover', schema });
    expect(await ledgers.schemaOf('mover')).toBe(schema);
    expect((await ledgers.balance('mover')).balance.available).toBe(50);
    await ledgers.spend(next('mover', 20));
    const { entries } = await ledgers.history('mover');
    expect(entries.at(-1)).toMatchObject({ verb: 'grant', amount: 50 });
    expect((await ledgers.verify()).differences).toEqual([]);
  });
});
