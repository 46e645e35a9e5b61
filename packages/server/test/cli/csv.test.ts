import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv, readCsv } from '../../src/cli/csv.ts';
import { collect } from './program.ts';
import { refusal } from '../support/ledger.ts';

async function read(...chunks: string[]): Promise<(number | string)[][]> {
  const records = await collect(readCsv(chunks));
  return records.map(({ line, fields }) => [line, ...fields]);
}

test('fields in quotes hold commas, line ends and doubled quotes', async () => {
  expect(await read('a,"b, c","say ""hi""","two\r\nlines"\r\nd,,"",e\r\n')).toEqual([
    [1, 'a', 'b, c', 'say "hi"', 'two\r\nlines'],
    [3, 'd', '', '', 'e'],
  ]);
});

test('records end with LF, CRLF or CR, and the last one with nothing', async () => {
  expect(await read('a\nb\r\nc\rd')).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'd'],
  ]);
});

test('empty lines are left out and counted', async () => {
  expect(await read('a\n\n\r\nb\n')).toEqual([
    [1, 'a'],
    [4, 'b'],
  ]);
});

test('spaces belong to the field', async () => {
  expect(await read(' a , b\n')).toEqual([[1, ' a ', ' b']]);
});

test.each(['a,b"c\n', 'a,"b"c\n', 'x\n"never closed,\n1,2\n'])(
  'a quote out of place ends the reading: %j',
  async (text) => {
    const error = await refusal(read(text), 'invalid_request');
    expect(error.message).toMatch(/^line \d: a quote/);
  },
);

test('a record of more than 65,536 characters is refused and not collected', async () => {
  const error = await refusal(read('a\n', `"${'x'.repeat(70_000)}`), 'invalid_request');
  expect(error.message).toContain('line 2: a record of more than 65536 characters');
});

test('what was written is read again, wherever the text is cut', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'é', '😀') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 2, maxLength: 3 })),
      fc.array(fc.nat(40)),
      async (rows, cuts) => {
        let text = rows.map(formatCsv).join('');
        const chunks: string[] = [];
        for (const cut of cuts) {
          chunks.push(text.slice(0, cut));
          text = text.slice(cut);
        }
        const records = await collect(readCsv([...chunks, text]));
        expect(records.map(({ fields }) => fields)).toEqual(rows);
      },
    ),
  );
});
