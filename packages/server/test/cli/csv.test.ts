import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv, readCsv, unguardCell } from '../../src/cli/csv.ts';
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

test.each([
  ['commas', 'id,coins\na;b,1\n', ['a;b', '1']],
  ['semicolons', 'id;coins\n"a;b,c";1\n', ['a;b,c', '1']],
  ['tabs', 'id\tcoins\na,b\t1\n', ['a,b', '1']],
  ['semicolons after a quoted name with commas', '"id, the user\'s, unique";coins\na;1\n', ['a', '1']],
  ['semicolons after empty lines', '\r\n\r\nid;coins\r\na;1\r\n', ['a', '1']],
])('A13: fields are separated by %s when the header is', async (_what, text, fields) => {
  for (let cut = 0; cut <= text.length; cut += 1) {
    const records = await collect(readCsv([text.slice(0, cut), text.slice(cut)]));
    expect(records.at(-1)?.fields).toEqual(fields);
  }
});

test('A13: a text that a spreadsheet would run begins with an apostrophe; a number does not', () => {
  expect(formatCsv(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', ' =1', -5, 'a=b', null])).toBe(
    "'=1+1,'+1,'-1,'@SUM(A1),'\tx,' =1,-5,a=b,\r\n",
  );
  expect(formatCsv(['=HYPERLINK("http://evil.example","x")'])).toBe(`"'=HYPERLINK(""http://evil.example"",""x"")"\r\n`);
});

test('A13: the apostrophe is removed again, and one that was there before is not', () => {
  for (const text of ['=1', "'=1", "''=1", "'a", 'a', "'", '-', ' =x']) {
    expect(unguardCell(formatCsv([text]).trimEnd().replaceAll('"', ''))).toBe(text.trimEnd());
  }
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
        expect(records.map(({ fields }) => fields.map(unguardCell))).toEqual(rows);
      },
    ),
  );
});
