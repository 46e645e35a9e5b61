import { CreditsError } from 'realtime-credits/contract';

/** A record of a CSV file, and the line that it begins in. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Characters of one record. A quote that is never closed would else read a whole file into one field. */
const RECORD_LENGTH_MAX = 65_536;

/** What programs put between fields. Spreadsheets use `;` where numbers have a decimal comma. */
const SEPARATORS = [',', ';', '\t'] as const;

/**
 * Reads CSV as RFC 4180 says: fields in quotes may hold separators, line ends and doubled quotes; records end with CRLF, LF
 * or CR. Empty lines are left out. Fields are separated by what the first record has most of outside of quotes: commas,
 * semicolons or tabs.
 *
 * @param chunks - The text, cut anywhere.
 * @throws {CreditsError} `invalid_request` — a misplaced quote, or one that is never closed. What follows it could mean
 *   anything: nothing after it is read
 */
export async function* readCsv(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<CsvRecord> {
  let fields: string[] = [];
  let field = '';
  let length = 0;
  let line = 1;
  let begin = 1;
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let afterReturn = false;

  const refuse = (what: string): CreditsError =>
    new CreditsError('invalid_request', `line ${begin}: ${what}. The file cannot be read from there on.`);
  const endField = (): void => {
    fields.push(field);
    field = '';
    state = 'start';
  };
  const endRecord = (): CsvRecord | null => {
    const isEmpty = fields.length === 0 && field === '' && state === 'start';
    endField();
    const record = { line: begin, fields };
    fields = [];
    length = 0;
    return isEmpty ? null : record;
  };

  let separator: string | null = null;
  for await (const chunk of withFirstRecord(chunks)) {
    separator ??= findSeparator(chunk);
    for (const character of chunk) {
      if (afterReturn && character === '\n') {
        afterReturn = false;
        if (state === 'quoted') field += character;
        continue;
      }
      afterReturn = character === '\r';
      length += 1;
      if (length > RECORD_LENGTH_MAX) throw refuse(`a record of more than ${RECORD_LENGTH_MAX} characters`);
      if (character === '\n' || character === '\r') line += 1;
      if (state === 'quoted') {
        if (character === '"') state = 'closed';
        else field += character;
      } else if (character === separator) {
        endField();
      } else if (character === '\n' || character === '\r') {
        const record = endRecord();
        if (record !== null) yield record;
        begin = line;
      } else if (character === '"' && state === 'start') {
        state = 'quoted';
      } else if (character === '"' && state === 'closed') {
        field += character; // doubled: one that is meant
        state = 'quoted';
      } else if (character === '"' || state === 'closed') {
        throw refuse('a quote inside a field: put the field in quotes, and double those in it');
      } else {
        field += character;
        state = 'plain';
      }
    }
  }
  if (state === 'quoted') throw refuse('a quote that is never closed');
  const record = endRecord();
  if (record !== null) yield record;
}

/** Joins the first chunks until they hold the first record, up to the length that a record may have. */
async function* withFirstRecord(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let head: string | null = '';
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head += chunk;
    if (!endsRecord(head) && head.length <= RECORD_LENGTH_MAX) continue;
    yield head;
    head = null;
  }
  if (head !== null) yield head;
}

/** Whether the text holds a line that is not empty, and its end. */
function endsRecord(text: string): boolean {
  return /[\r\n]/.test(withoutQuoted(text).replace(/^[\r\n]+/, ''));
}

function findSeparator(text: string): string {
  const [line = ''] = withoutQuoted(text)
    .replace(/^[\r\n]+/, '')
    .split(/[\r\n]/, 1);
  const count = (separator: string): number => line.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/** The text without its quoted fields, and without one that has no end yet. */
function withoutQuoted(text: string): string {
  return text.replaceAll(/"[^"]*(?:"|$)/g, '');
}

/** A cell that begins with one of these is run as a formula by spreadsheets, also after spaces. */
const FORMULA = /^\s*[=+\-@\t\r]/;

/**
 * Writes one record of CSV (RFC 4180), its line end included. Texts that a spreadsheet would run as a formula get an
 * apostrophe before them, which spreadsheets do not show; numbers are written as they are. {@link unguardCell} removes it.
 */
export function formatCsv(fields: readonly (string | number | null)[]): string {
  const texts = fields.map((field) => {
    const text = field === null ? '' : typeof field === 'number' ? String(field) : guardCell(field);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${texts.join(',')}\r\n`;
}

function guardCell(text: string): string {
  return FORMULA.test(text) || /^'+\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** The text of a cell that {@link formatCsv} may have guarded. */
export function unguardCell(text: string): string {
  return text.startsWith("'") && guardCell(text.slice(1)) === text ? text.slice(1) : text;
}
