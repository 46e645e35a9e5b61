import { beforeAll, expect, test } from 'vitest';
import { openEmbeddedDatabase } from '../../support/database.ts';
import { by, createBench, fresh, openAccount } from '../../support/ledger.ts';

// Somebody owns the database: the CHECKs are gone, and any one column of any row is changed a little. Every column of the
// schema is either found when it changes, or named below as one that is not, with the reason.

/** Columns whose change is found in every row that is an entry. */
const ENTRY_COLUMNS = `debit debit_version debit_posted debit_held credit credit_version credit_posted credit_held amount
  kind actor key key_digest fingerprint reason metadata reverses_debit reverses_version hold hold_remaining hold_expires_at
  lots rate allowance created_at hash`;

/** Columns whose change is found in rows that change nothing, and so have no hash. */
const NOTE_COLUMNS = 'debit debit_version debit_posted debit_held actor key key_digest';

const FOUND: Record<string, string> = {
  journal: ENTRY_COLUMNS,
  holds: 'id account destination amount remaining state actor reason lots expires_at created_at',
  lots: 'account version part amount priority free held expires_at',
  rates: 'id account resource amount per started_at state settled_until remainder prepaid charged',
  allowances: 'id account amount carry_over period granted anchor next_at per time_zone name',
  accounts: 'id floor posted held version hash',
  claims: 'account key_digest',
};

const NOT_FOUND: Record<string, string> = {
  // The number cannot be changed: it is generated. Nothing follows from the instant at which an account was created.
  accounts: 'number created_at',
  // A claim key is stored in no other place. (That its command is paid once is kept by the journal's keys as well.)
  claims: 'claim_key',
  // When a rate is settled next follows from it, and is written again with each settlement.
  rates: 'next_at due_at',
  // The epoch names the state of the database, and nothing follows from it; the table has one row.
  ledger: 'epoch began_at one_row',
  // What others are told, and when, is no part of a balance.
  outbox: 'position account attempts created_at next_at first_at id state type error body',
  alerts: 'account level day lows',
  lot_alerts: 'at account version part',
};

function list(columnsOfTables: Record<string, string>): (readonly [table: string, column: string])[] {
  return Object.entries(columnsOfTables).flatMap(([table, names]) =>
    names.split(/\s+/).map((column) => [table, column] as const),
  );
}

/** Another value of the type, as close as there is one. */
const NUDGES: Record<string, string> = {
  text: `coalesce(%, '') || 'x'`,
  bigint: 'coalesce(%, 0) + 100000', // by 1, a version would only collide with the next
  uuid: `coalesce(overlay(%::text placing CASE right(%::text, 1) WHEN '0' THEN '1' ELSE '0' END from 36)::uuid, gen_random_uuid())`,
  json: `(coalesce(%::text, '{}') || ' ')::json`,
  bytea: `CASE WHEN % IS NULL THEN sha256('x') ELSE set_byte(%, 15, get_byte(%, 15) # 1) END`,
  'timestamp with time zone': `coalesce(% + interval '1 microsecond', now())`,
};

/** @param which - Which rows of the history are changed, one at a time. */
export function testTampering(which: 'one of each kind' | 'all'): void {
  const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));
  let account = '';
  let columns = new Map<string, string>();

  beforeAll(async () => {
    const { pool } = bench.database;
    account = await openAccount(bench, 100);
    const other = await openAccount(bench, 1);
    const merchant = fresh('merchant');
    const command = { ...by(account), metadata: { sku: 'x' }, claimKey: 'first' };
    const { transfer } = await bench.ledger.transfer({ ...command, source: account, destination: other, amount: 30 });
    const { hold } = await bench.ledger.hold({
      ...by(account),
      account,
      destination: merchant,
      amount: 20,
      expiresAfterMs: 60_000,
    });
    await bench.ledger.post({ ...by(account), hold: hold.id, amount: 5 });
    await bench.ledger.extend({ ...by(account), hold: hold.id, expiresAfterMs: 90_000 });
    const second = await bench.ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 1_000 });
    await bench.ledger.void({ ...by(account), hold: second.hold.id });
    await bench.ledger.hold({ ...by(account), account, amount: 2, expiresAfterMs: 1_000 });
    bench.time.nowMs += 1_000;
    await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    const inMs = (ms: number): string => new Date(bench.time.nowMs + ms).toISOString();
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 9, expiresAt: inMs(3_600_000), priority: 3 });
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 4, expiresAt: inMs(1_000), priority: 4 });
    await bench.ledger.hold({ ...by(account), account, amount: 3, expiresAfterMs: 3_600_000 });
    await bench.ledger.transfer({ ...by(account), source: account, destination: other, amount: 1 });
    bench.time.nowMs += 1_000;
    const rate = {
      ...by('system:panel'),
      account,
      resource: 'server "1"',
      amount: 3_600,
      minimum: 2,
      per: 'hour' as const,
    };
    const started = await bench.ledger.startRate(rate);
    await bench.ledger.startRate({ ...rate, ...by('system:panel'), amount: 77, per: 'month' });
    bench.time.nowMs += 5_700;
    await bench.ledger.balance(account);
    bench.time.nowMs += 3_600_000;
    await bench.ledger.balance(account);
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 9 });
    await bench.ledger.stopRate({ ...by('system:panel'), account, rate: started.rate.id });
    const plan = {
      account,
      amount: 30,
      per: 'day' as const,
      timeZone: 'Europe/Berlin',
      carryOver: 4,
      name: 'Plan "S"',
    };
    const { allowance } = await bench.ledger.startAllowance({
      ...by('system:plans'),
      ...plan,
      anchor: inMs(-3_600_000),
    });
    bench.time.nowMs += 3 * 86_400_000;
    await bench.ledger.balance(account);
    const about = { account, allowance: allowance.id };
    await bench.ledger.changeAllowance({ ...by('system:plans'), ...about, amount: 20 });
    bench.time.nowMs += 86_400_000;
    await bench.ledger.balance(account);
    await bench.ledger.stopAllowance({ ...by('system:plans'), ...about });
    const { version, balance } = await bench.ledger.balance(account);
    await bench.ledger.adjust({ ...by(account), account, available: balance.available, expectedVersion: version });
    await bench.ledger.resolveOperations(account, [fresh('abandoned')]);
    const { rows } = await pool.query<{ name: string; type: string }>(
      `SELECT table_name || '.' || column_name AS name, data_type AS type FROM information_schema.columns
       WHERE table_schema = 'credits' AND table_name <> 'ledger_migrations'`,
    );
    columns = new Map(rows.map(({ name, type }) => [name, type]));
    const { rows: checks } = await pool.query<{ statement: string }>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
       WHERE contype IN ('c', 'n') AND connamespace = 'credits'::regnamespace`,
    );
    for (const { statement } of checks) await pool.query(statement).catch(() => undefined); // of a primary key: stays
  });

  /** The rows of the account's history that are changed, one at a time. */
  async function findRows(table: string, isNote = false): Promise<{ place: string; kind: string }[]> {
    const number = '(SELECT number FROM credits.accounts WHERE id = $1)';
    const where: Record<string, string> = {
      journal: `(debit = ${number} OR credit = ${number}) AND (hash IS NULL) = ${isNote}`,
      holds: `account = ${number}`,
      accounts: 'id = $1',
      claims: `account = ${number}`,
      lots: `account = ${number}`,
      rates: `account = ${number}`,
      allowances: `account = ${number}`,
    };
    const kind = table === 'journal' ? 'kind' : `''`;
    const { rows } = await bench.database.pool.query<{ place: string; kind: string }>(
      `SELECT ctid::text AS place, ${kind} AS kind FROM credits.${table} t WHERE ${where[table]} ORDER BY t::text`,
      [account],
    );
    return rows;
  }

  /** Changes a column of a row; returns the undo. */
  async function nudge(table: string, column: string, place: string): Promise<() => Promise<unknown>> {
    const { pool } = bench.database;
    const type = columns.get(`${table}.${column}`) ?? '';
    const { rows: before } = await pool.query<{ value: string | null }>(
      `SELECT ${column}::text AS value FROM credits.${table} WHERE ctid = $1`,
      [place],
    );
    const { rows } = await pool.query<{ place: string }>(
      `UPDATE credits.${table} SET ${column} = ${(NUDGES[type] ?? '').replaceAll('%', column)} WHERE ctid = $1
       RETURNING ctid::text AS place`,
      [place],
    );
    return () =>
      pool.query(`UPDATE credits.${table} SET ${column} = $2::${type} WHERE ctid = $1`, [
        rows[0]?.place,
        before[0]?.value ?? null,
      ]);
  }

  async function expectFound(table: string, column: string, isNote = false): Promise<void> {
    const kinds = (await findRows(table, isNote)).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(0);
    for (const [index, kind] of kinds.entries()) {
      if (which === 'one of each kind' && kinds.indexOf(kind) < index) continue;
      const place = (await findRows(table, isNote))[index]?.place ?? '';
      const undo = await nudge(table, column, place);
      const { differences } = await bench.ledger.verify();
      await undo();
      expect(differences, `row ${index} ${kind}`).not.toEqual([]);
    }
    expect((await bench.ledger.verify()).differences).toEqual([]);
  }

  test('every column of the schema is either found when it changes, or named as one that is not', () => {
    const named = [...list(FOUND), ...list(NOT_FOUND)].map((place) => place.join('.'));
    expect(named.toSorted()).toEqual([...columns.keys()].toSorted());
  });

  test('the history has every kind of row', async () => {
    const { rows } = await bench.database.pool.query<{ kind: string }>('SELECT DISTINCT kind FROM credits.journal');
    const kinds = rows.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([
      'abandoned',
      'allowance',
      'breakage',
      'charge',
      'expire',
      'extend',
      'grant',
      'hold',
      'post',
      'refill',
      'resume',
      'reverse',
      'start',
      'stop',
      'suspend',
      'transfer',
      'unchanged',
      'void',
    ]);
  });

  test.each(list(FOUND))('a changed %s.%s is found', async (table, column) => {
    await expectFound(table, column);
  });

  test.each(list({ journal: NOTE_COLUMNS }))(
    'a changed %s.%s is found in rows that change nothing',
    async (table, column) => {
      await expectFound(table, column, true);
    },
  );
}
