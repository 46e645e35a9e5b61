/**
 * Columns of rows as parameters of a statement: arrays in the binary form in which Postgres keeps them. As text, a batch
 * costs more in quoting and reading digits than in deciding and writing together.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html (Bind); `array_recv` in Postgres' source
 */

export type Cell = string | number | null;

/** A type that arrays can be sent of. */
export type ArrayType = 'text' | 'json' | 'uuid' | 'bytea' | 'bigint' | 'timestamptz';

/** An array as `pg` takes it among the values of a statement. */
export interface ArrayParameter {
  /** As Postgres writes them: a `bytea` as `\x` and hex digits, a `timestamptz` as an ISO instant. */
  readonly cells: readonly Cell[];
  /** What `pg` sends: bytes, or null where all cells are, as `unnest` fills what is missing with nulls. */
  toPostgres(): Buffer | null;
}

interface Encoder {
  /** The type's number in the system catalog, which never changes. */
  oid: number;
  bytesMax(cell: string | number): number;
  /** Writes a cell, and returns how many bytes it took. */
  write(target: Buffer, at: number, cell: string | number): number;
}

/** Dimensions, whether there are nulls, type, length, and where its indexes begin: four bytes each. */
const HEADER_BYTES = 20;

/** 2000-01-01, from which Postgres counts. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** Up to here a loop over characters is faster than asking for the text's bytes. */
const SHORT_TEXT = 48;

const TIMESTAMPTZ = 1184;

const TEXT = { bytesMax: (cell: string | number) => `${cell}`.length * 3, write: writeText };
const HEX = { bytesMax: (cell: string | number) => `${cell}`.length, write: writeHex };
const INTEGER = { bytesMax: () => 8 };

const ENCODERS: Record<ArrayType, Encoder> = {
  text: { oid: 25, ...TEXT },
  json: { oid: 114, ...TEXT },
  uuid: { oid: 2950, ...HEX },
  bytea: { oid: 17, ...HEX },
  bigint: { oid: 20, ...INTEGER, write: (target, at, cell) => writeInteger(target, at, Number(cell)) },
  timestamptz: {
    oid: TIMESTAMPTZ,
    ...INTEGER,
    write: (target, at, cell) => writeInteger(target, at, (Date.parse(`${cell}`) - POSTGRES_EPOCH_MS) * 1_000),
  },
};

/** Makes the parameter of one column. */
export function toArrayParameter(type: ArrayType, cells: readonly Cell[]): ArrayParameter {
  return { cells, toPostgres: () => encode(ENCODERS[type], cells) };
}

function encode({ oid, bytesMax, write }: Encoder, cells: readonly Cell[]): Buffer | null {
  let bytes = HEADER_BYTES + 4 * cells.length;
  let nulls = 0;
  for (const cell of cells) {
    if (cell === null) nulls += 1;
    else bytes += bytesMax(cell);
  }
  if (nulls === cells.length) return null;
  const target = Buffer.allocUnsafe(bytes);
  for (const [index, field] of [1, nulls > 0 ? 1 : 0, oid, cells.length, 1].entries()) {
    target.writeInt32BE(field, 4 * index);
  }
  let at = HEADER_BYTES;
  let last: Cell = null;
  let length = -1;
  for (const cell of cells) {
    // The instant of a batch stands in every row of it, and is read once.
    if (oid === TIMESTAMPTZ && cell !== null && cell === last) target.copyWithin(at + 4, at - length, at);
    else length = cell === null ? -1 : write(target, at + 4, cell);
    last = cell;
    target.writeInt32BE(length, at);
    at += 4 + Math.max(length, 0);
  }
  return target.subarray(0, at);
}

function writeText(target: Buffer, at: number, cell: string | number): number {
  const text = `${cell}`;
  if (text.length > SHORT_TEXT) return target.write(text, at);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return target.write(text, at);
    target[at + index] = code;
  }
  return text.length;
}

/** Writes the digits of a UUID or a `bytea`, less what stands before and between them. Only a UUID has something between. */
function writeHex(target: Buffer, at: number, cell: string | number): number {
  const text = `${cell}`;
  const from = text.startsWith('\\x') ? 2 : 0;
  if (text.length > SHORT_TEXT) return target.write(text.slice(from), at, 'hex');
  let digits = 0;
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x2d) continue; // "-"
    const digit = code < 0x3a ? code - 0x30 : (code | 0x20) - 0x57;
    const byte = at + (digits >> 1);
    target[byte] = digits % 2 === 0 ? digit << 4 : (target[byte] ?? 0) | digit;
    digits += 1;
  }
  return digits >> 1;
}

/** Writes a whole number of up to 53 bits as `int8`. */
function writeInteger(target: Buffer, at: number, value: number): number {
  target.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  target.writeUInt32BE((value % 0x1_0000_0000) >>> 0, at + 4);
  return 8;
}
