import { readFileSync } from 'node:fs';
import { CREDITS_ERRORS } from 'realtime-credits';
import { expect, test } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

interface Row {
  code: string;
  status: string;
  retried: string;
}

/** The rows of the table of codes: first the code, then its status, then whether it is retried. */
function readRows(name: string): Row[] {
  return [...read(name).matchAll(/^\| `([a-z_]+)` \| (\d{3}|none) \| (yes|no) \|/gm)].map(
    ([, code = '', status = '', retried = '']) => ({ code, status, retried }),
  );
}

const table: Row[] = Object.entries(CREDITS_ERRORS).map(([code, { status, retryable }]) => ({
  code,
  status: status === null ? 'none' : String(status),
  retried: retryable ? 'yes' : 'no',
}));

test('the page about errors says of every code what the table in the source says', () => {
  expect(readRows('errors.md')).toEqual(table);
});

test('so does the wire protocol, of every code that crosses the network', () => {
  expect(readRows('wire-protocol.md')).toEqual(table.filter(({ status }) => status !== 'none'));
});

test('each code has a sentence for the player and one for the developer', () => {
  const lines = read('errors.md')
    .split('\n')
    .filter((line) => /^\| `[a-z_]+` \| (\d{3}|none) /.test(line));
  expect(lines.length).toBe(table.length);
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.filter((row) => row.slice(4, 6).some((cell) => cell.length <= 3))).toEqual([]);
});
