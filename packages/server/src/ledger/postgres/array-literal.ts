/**
 * Columns of rows as parameters of a statement, in the text form of Postgres' arrays.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */

export type Cell = string | number | null;

/** Types of the columns that are written. */
export type ArrayType = 'bigint' | 'text' | 'json' | 'uuid' | 'bytea' | 'timestamptz';

const ESCAPED = /["\\]/;

/**
 * Writes an array. Cells of `bytea` are hex digits; cells of `timestamptz` are milliseconds since 1970; all others are
 * written as Postgres reads them.
 */
export function toArrayLiteral(type: ArrayType, cells: readonly Cell[]): string {
  return `{${cells.map((cell) => (cell === null ? 'NULL' : WRITERS[type](cell))).join(',')}}`;
}

const WRITERS: Readonly<Record<ArrayType, (cell: string | number) => string>> = {
  bigint: String,
  uuid: String,
  text: quote,
  json: quote,
  bytea: (hex) => `"\\\\x${hex}"`,
  timestamptz: (ms) => `"${new Date(ms).toISOString()}"`,
};

function quote(cell: string | number): string {
  const text = String(cell);
  return ESCAPED.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;
}
