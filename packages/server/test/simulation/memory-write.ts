/**
 * Executes the ledger's one write statement. It is read by its shape, `unnest` arrays into named columns, so that a
 * column more in a table needs nothing here; any other shape is refused loudly.
 */
import type { ArrayParameter } from '../../src/ledger/array-parameter.ts';
import { insertRow, sqlError, updateRow, type Cell, type Row, type Tables, type Undo } from './memory-tables.ts';

interface Part {
  kind: 'insert' | 'update';
  table: string;
  /** Column → position of its array among the values, and how a cell becomes what is stored. */
  columns: { name: string; position: number; store: (value: unknown) => Cell }[];
  /** Of an update: stored column → column of the arrays. */
  set: [string, string][];
  where: [string, string][];
}

export interface WritePlan {
  parts: Part[];
}

/** A row as the statement brings it, with the table it goes to. */
export interface WrittenRow {
  table: string;
  row: Row;
}

const PART =
  /(?:UPDATE (?<updated>credits_\w+) SET (?<set>[^)]*?)\s+FROM|INSERT INTO (?<inserted>credits_\w+) \([^)]*\) SELECT [^)]*? FROM) unnest\((?<arrays>[^)]*)\) AS u\((?<names>[^)]*)\)(?:\s+WHERE (?<where>.*?))? RETURNING 1/gs;

const STORE: Record<string, (value: unknown) => Cell> = {
  text: (value) => value as Cell,
  uuid: (value) => value as Cell,
  // Kept as the hex digits that the ledger reads them as.
  bytea: (value) => String(value).replace(/^\\x/, ''),
  bigint: String,
  timestamptz: (value) => new Date(value as string),
  json: (value) => JSON.parse(value as string) as Cell,
};

export function planWrite(statement: string): WritePlan {
  const parts = [...statement.matchAll(PART)].map(({ groups = {} }): Part => {
    const { updated, inserted, set = '', arrays = '', names = '', where = '' } = groups;
    const positions = arrays.split(',').map((array) => /^\s*\$(\d+)::(\w+)\[\]\s*$/.exec(array));
    const columns = names.split(',').map((name, index) => {
      const [, position, type = ''] = positions[index] ?? [];
      const store = STORE[type];
      if (store === undefined) throw new Error(`The memory database does not know the type of ${name}: "${type}".`);
      return {
        name: name.trim(),
        position: Number(position) - 1,
        store: (value: unknown) => (value === null ? null : store(value)),
      };
    });
    return {
      kind: updated === undefined ? 'insert' : 'update',
      table: updated ?? inserted ?? '',
      columns,
      set: readPairs(set, ','),
      where: readPairs(where, ' AND '),
    };
  });
  if (parts.length !== (statement.match(/RETURNING 1/g) ?? []).length) {
    throw new Error(`The memory database cannot read the write statement: ${statement}`);
  }
  return { parts };
}

function readPairs(list: string, separator: string): [string, string][] {
  if (list.trim() === '') return [];
  return list.split(separator).map((pair) => {
    const match = /^\s*(?:credits_\w+\.)?(\w+) = u\.(\w+)\s*$/.exec(pair);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new Error(`The memory database cannot read "${pair.trim()}" in the write statement.`);
    }
    return [match[1], match[2]];
  });
}

/** The rows that a write brings, in the order of its parts. */
export function readRows(plan: WritePlan, values: readonly unknown[]): WrittenRow[] {
  return plan.parts.flatMap((part) => rowsOf(part, values).map((row) => ({ table: part.table, row })));
}

function rowsOf({ columns }: Part, values: readonly unknown[]): Row[] {
  const arrays = columns.map(({ position }) => (values[position] as ArrayParameter).cells);
  return (arrays[0] ?? []).map((_, index) => {
    const row: Record<string, Cell> = {};
    for (const [column, { name, store }] of columns.entries()) row[name] = store(arrays[column]?.[index] ?? null);
    return row;
  });
}

/**
 * Writes, and notes how to undo it. Fails as the statement does: with a division by zero where it wrote other rows than
 * were decided, and then nothing is written.
 */
export function executeWrite(tables: Tables, plan: WritePlan, values: readonly unknown[]): Undo {
  const undo: Undo = [];
  let written = 0;
  try {
    for (const part of plan.parts) {
      for (const row of rowsOf(part, values)) {
        if (part.kind === 'insert') insertRow(tables, part.table, row, undo);
        else if (!updateRow(tables, part.table, pick(row, part.where), pick(row, part.set), undo)) continue;
        written += 1;
      }
    }
    if (written !== Number(values.at(-1))) throw sqlError('22012', 'division by zero');
    return undo;
  } catch (error) {
    undoAll(undo);
    throw error;
  }
}

export function undoAll(undo: Undo): void {
  for (const step of undo.toReversed()) step();
}

function pick(row: Row, pairs: readonly [string, string][]): Row {
  return Object.fromEntries(pairs.map(([stored, given]) => [stored, row[given] ?? null]));
}
