import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { CreditsError } from 'realtime-credits/contract';
import type { BalanceRow } from '../import/balance-rows.ts';
import { parseChoice, type Options } from './arguments.ts';
import { usageError, type CommandContext } from './command.ts';
import { readCsv, unguardCell } from './csv.ts';
import { readLines } from './lines.ts';

/** A host's list of balances, out of a file or standard input, as rows that the ledger can judge. */

/** Names that hosts give to the two columns, when the caller does not say. */
const ACCOUNT_COLUMNS = ['account', 'user_id', 'userId', 'id', '_id'];
const AMOUNT_COLUMNS = ['credits', 'coins', 'available', 'balance'];

export const HOST_ROWS_OPTIONS: Options = {
  format: {
    type: 'string',
    value: 'csv|jsonl',
    help: "What the rows are written in; CSV with commas, semicolons or tabs. Else by the file's ending.",
  },
  'account-column': { type: 'string', value: 'name', help: `Else one of: ${ACCOUNT_COLUMNS.join(', ')}.` },
  'amount-column': { type: 'string', value: 'name', help: `Else one of: ${AMOUNT_COLUMNS.join(', ')}.` },
};

interface Columns {
  account: string | undefined;
  amount: string | undefined;
}

/**
 * Opens what the call names: a file, or `-` for standard input.
 *
 * @throws {CreditsError} `invalid_request` — no file is named, it cannot be opened, or its format is not told
 */
export async function openHostRows({
  values,
  positionals,
  terminal,
}: CommandContext): Promise<AsyncGenerator<BalanceRow>> {
  const [path] = positionals;
  if (path === undefined) throw usageError('Name a file of rows, or - for standard input.');
  const format =
    values['format'] === undefined ? guessFormat(path) : parseChoice(values['format'], '--format', ['csv', 'jsonl']);
  const columns = { account: toName(values['account-column']), amount: toName(values['amount-column']) };
  const text = decode(path === '-' ? terminal.input : await openFile(path));
  return format === 'csv' ? readCsvRows(text, columns) : readJsonRows(text, columns);
}

const toName = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function guessFormat(path: string): 'csv' | 'jsonl' {
  const ending = extname(path).toLowerCase();
  if (ending === '.csv' || ending === '.tsv') return 'csv';
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  throw usageError('Say --format csv or --format jsonl: the name does not tell which it is.');
}

async function openFile(path: string): Promise<Readable> {
  try {
    const handle = await open(path);
    if (!(await handle.stat()).isDirectory()) return createReadStream(path, { fd: handle });
    await handle.close();
  } catch (error) {
    throw usageError(`The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  throw usageError(`${path} is a directory: name a file.`);
}

/** Text of UTF-8. Other bytes are refused: ids that were guessed at would be other people's. */
async function* decode(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of stream) yield decoder.decode(bytes as Uint8Array, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CreditsError('invalid_request', 'The rows are not UTF-8: save the file as UTF-8, then try again.');
  }
}

async function* readCsvRows(text: AsyncIterable<string>, columns: Columns): AsyncGenerator<BalanceRow> {
  let places: { account: number; amount: number; width: number } | null = null;
  for await (const { line, fields } of readCsv(text)) {
    if (places === null) {
      const { account, amount } = findColumns(fields, columns);
      places = { account: fields.indexOf(account), amount: fields.indexOf(amount), width: fields.length };
    } else if (fields.length !== places.width) {
      yield { line, unreadable: `the row has ${fields.length} fields, the header has ${places.width}.` };
    } else {
      const amount = fields[places.amount] ?? '';
      // Digits only: a text that is rounded to a whole number by reading it is not whole.
      yield {
        line,
        account: unguardCell(fields[places.account] ?? ''),
        credits: /^-?\d+$/.test(amount) ? Number(amount) : amount,
      };
    }
  }
  if (places === null) throw usageError('There is no header: the first row must name the columns.');
}

async function* readJsonRows(text: AsyncIterable<string>, columns: Columns): AsyncGenerator<BalanceRow> {
  let named: { account: string; amount: string } | null = null;
  for await (const { line, text: json } of readLines(text)) {
    if (json.trim() === '') continue;
    const row = parseObject(json);
    if (row === null) {
      yield { line, unreadable: 'the line is not one JSON object.' };
      continue;
    }
    // What the first row is called holds for all: names that change from row to row would be guesses.
    named ??= findColumns(Object.keys(row), columns);
    yield { line, account: toAccount(row[named.account]), credits: row[named.amount] };
  }
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** An id as `mongoexport` writes it is an object of one field. */
function toAccount(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '$oid' in value ? value.$oid : value;
}

/** @throws {CreditsError} `invalid_request` — a column is not there, or several could be meant */
function findColumns(names: readonly string[], wanted: Columns): { account: string; amount: string } {
  return {
    account: findColumn(names, wanted.account, ACCOUNT_COLUMNS, '--account-column'),
    amount: findColumn(names, wanted.amount, AMOUNT_COLUMNS, '--amount-column'),
  };
}

function findColumn(
  names: readonly string[],
  wanted: string | undefined,
  usual: readonly string[],
  option: string,
): string {
  // By place and not by name: two columns of one name are two that could be meant.
  const found = names.filter((name) => (wanted === undefined ? usual.includes(name) : name === wanted));
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  const there = names.map((name) => `"${name.slice(0, 40)}"`).join(', ');
  if (other !== undefined)
    throw usageError(`The columns ${found.join(' and ')} could both be meant: say ${option}, or rename one.`);
  throw usageError(`There is no column ${wanted ?? `called ${usual.join(' or ')}`} among ${there}: say ${option}.`);
}
