import { CreditsError } from 'realtime-credits/contract';

/** Characters of one line: far more than a row of a user needs, and what is in memory at a time. */
const LINE_LENGTH_MAX = 1_000_000;

/**
 * Cuts text into lines, counted from 1; they end with LF or CRLF.
 *
 * @throws {CreditsError} `invalid_request` — a line of more than 1,000,000 characters
 */
export async function* readLines(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = '';
  let line = 1;
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      yield { line, text: part.endsWith('\r') ? part.slice(0, -1) : part };
      line += 1;
    }
    if (rest.length > LINE_LENGTH_MAX) {
      throw new CreditsError('invalid_request', `Line ${line} has more than ${LINE_LENGTH_MAX} characters.`);
    }
  }
  if (rest !== '') yield { line, text: rest };
}
