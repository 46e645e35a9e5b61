import { CreditsError } from 'realtime-credits/contract';

/** A record of a CSV file, and the line that it begins in. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Characters of one record. A quote that is never closed would else read a whole file into one field. */
const RECORD_LENGTH_MAX = 65_536;

/**
 * Reads CSV as RFC 4180 says: fields in quotes may hold commas, line ends and doubled quotes; records end with CRLF, LF or
 * CR. Empty lines are left out.
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

  for await (const chunk of chunks) {
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
      } else if (character === ',') {
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

/** Writes one record, its line end included. */
export function formatCsv(fields: readonly (string | number | null)[]): string {
  const texts = fields.map((field) => {
    const text = field === null ? '' : String(field);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${texts.join(',')}\r\n`;
}
