/**
 * The ledger's tables as Maps: what a statement finds, and what a commit changes. Rows look as `pg` reads them: `int8` is
 * text, instants are dates, json is parsed. A row is never changed in place, so that a backup is a copy of the Maps alone.
 */

export type Cell = string | number | boolean | Date | Uint8Array | null | object;
export type Row = Readonly<Record<string, Cell>>;
/** Steps back, newest last. */
export type Undo = (() => void)[];

export interface Tables {
  epoch: string;
  migrations: Row[];
  accounts: Map<string, Row>;
  transfers: Map<string, Row>;
  /** By account; version v stands at v − 1, as versions have no gaps. */
  entries: Map<string, Row[]>;
  holds: Map<string, Row>;
  /** By actor and key. */
  operations: Map<string, Row>;
  /** Operations that happen once, by account and fact. */
  claims: Map<string, Row>;
  /** Reversals, by the transfer that they undo. */
  reversals: Map<string, Row>;
}

const EPOCH_BEGAN = new Date(0);

export function createTables(epoch: string): Tables {
  const tables: Tables = {
    epoch,
    migrations: [],
    accounts: new Map(),
    transfers: new Map(),
    entries: new Map(),
    holds: new Map(),
    operations: new Map(),
    claims: new Map(),
    reversals: new Map(),
  };
  addAccount(tables, 'house:issued', String(-Number.MAX_SAFE_INTEGER), EPOCH_BEGAN);
  addAccount(tables, 'house:spent', '0', EPOCH_BEGAN);
  return tables;
}

/** What the schema gives a row that was inserted without the other columns. */
export function addAccount(tables: Tables, id: string, floor: string, createdAt: Date): void {
  if (tables.accounts.has(id)) return;
  tables.accounts.set(id, { id, floor, posted: '0', held: '0', version: '0', hash: '', created_at: createdAt });
}

export function copyTables(tables: Tables): Tables {
  return {
    epoch: tables.epoch,
    migrations: [...tables.migrations],
    accounts: new Map(tables.accounts),
    transfers: new Map(tables.transfers),
    entries: new Map([...tables.entries].map(([account, rows]) => [account, [...rows]])),
    holds: new Map(tables.holds),
    operations: new Map(tables.operations),
    claims: new Map(tables.claims),
    reversals: new Map(tables.reversals),
  };
}

/** A failure with the code that Postgres would give it. */
export function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

export function text(value: Cell | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function integer(value: Cell | undefined): number {
  return Number(value ?? 0);
}

export function entriesOf(tables: Tables, account: string): readonly Row[] {
  return tables.entries.get(account) ?? [];
}

export function openHoldsOf(tables: Tables, account: string): Row[] {
  return [...tables.holds.values()].filter((hold) => hold['account'] === account && integer(hold['remaining']) > 0);
}

/** Inserts a row where its keys are free, as unique indexes see to. Notes how to undo it. */
export function insertRow(tables: Tables, table: string, row: Row, undo: Undo): void {
  const put = (rows: Map<string, Row>, key: string): void => {
    if (rows.has(key)) throw sqlError('23505', `duplicate key in ${table}: ${key}`);
    rows.set(key, row);
    undo.push(() => rows.delete(key));
  };
  if (table === 'credits_holds') put(tables.holds, text(row['id']));
  else if (table === 'credits_transfers') {
    const reverses = row['reverses'];
    if (typeof reverses === 'string') put(tables.reversals, reverses);
    put(tables.transfers, text(row['id']));
  } else if (table === 'credits_operations') {
    if (typeof row['once'] === 'string') put(tables.claims, `${text(row['account'])} ${row['once']}`);
    put(tables.operations, `${text(row['actor'])} ${text(row['key'])}`);
  } else if (table === 'credits_entries') {
    const account = text(row['account']);
    const rows = tables.entries.get(account) ?? [];
    tables.entries.set(account, rows);
    if (rows.length + 1 !== integer(row['version'])) {
      throw sqlError('23505', `entry ${account}/${text(row['version'])} where ${rows.length} are`);
    }
    rows.push(row);
    undo.push(() => rows.pop());
  } else throw new Error(`The memory database has no table ${table} to insert into.`);
}

/** Changes the columns of one row. Returns whether it was there, in the state that is asked for. */
export function updateRow(tables: Tables, table: string, where: Row, changes: Row, undo: Undo): boolean {
  const rows = table === 'credits_accounts' ? tables.accounts : table === 'credits_holds' ? tables.holds : null;
  if (rows === null) throw new Error(`The memory database has no table ${table} to update.`);
  const id = text(where['id']);
  const row = rows.get(id);
  if (row === undefined || Object.keys(where).some((column) => row[column] !== where[column])) return false;
  const changed = { ...row, ...changes };
  if (table === 'credits_accounts') {
    const available = integer(changed['posted']) - integer(changed['held']);
    if (available < integer(changed['floor'])) throw sqlError('23514', `account ${id} falls below its floor`);
  }
  rows.set(id, changed);
  undo.push(() => rows.set(id, row));
  return true;
}
