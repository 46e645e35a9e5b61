import fc, { type Arbitrary } from 'fast-check';

/** Values that programs trip over. None of them contains what a leak looks like: see `judge.ts`. */

/** A line of the log, as somebody would forge one. */
export const FORGED = '\r\n{"level":"fatal","message":"forged"}\n\u001b[2Kforged';

const TEXTS = [
  ['', ' ', '0', '-0', '-1', '1.5', '1e3', '0x10', 'NaN', 'Infinity', '9007199254740991', '9007199254740993'],
  [
    '99999999999999999999',
    '１',
    '٣',
    'null',
    'true',
    '[]',
    '{}',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
  ['\0', 'a\0b', '\ud800', 'x\udfff', '\ufeff', '\u202eabc', '\u200b', '\u2028', 'e\u0301'.repeat(40), '👩🏽‍🚀', 'ﬀ', 'İ'],
  [
    "' OR 1=1 --",
    '%',
    '_',
    '\\',
    '"',
    '`',
    '${7*7}',
    '{{7*7}}',
    '<b>x</b>',
    '../../../etc/passwd',
    '%2e%2e%2f',
    ',',
    ';',
  ],
  [
    FORGED,
    '\u009b31m',
    'javascript:alert(1)',
    '//evil.example',
    'a'.repeat(300),
    'ä'.repeat(5_000),
    'z'.repeat(70_000),
  ],
].flat();

export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

/** A number as it is written: JSON allows many that no program can hold. */
export interface Raw {
  raw: string;
}

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '-1e400',
  '1e-400',
  '1E2',
  '1.0',
  '00',
  '+1',
  '.5',
  '1.',
  '0x1',
  'NaN',
]
  .concat(['2147483648', '9007199254740991', '9007199254740992', '-9007199254740991', '-9007199254740992'])
  .concat(['9223372036854775807', '9223372036854775808', '1'.repeat(400)]);

export const hostileValue: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS).map((raw): Raw => ({ raw })) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { length: 1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(5, 500, 20_000).map((depth): Raw => ({ raw: '['.repeat(depth) + ']'.repeat(depth) })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }).map((length) => Array.from({ length }, () => 'x')) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Writes JSON, and what it cannot say in place of each {@link Raw}. One character per byte. */
export function writeJson(value: unknown): string {
  const raws: string[] = [];
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && 'raw' in part && typeof part.raw === 'string'
      ? `\u0007${raws.push(part.raw) - 1}\u0007`
      : part,
  );
  const whole = text.replaceAll(/"\\u0007(\d+)\\u0007"/g, (_, index: string) => raws[Number(index)] ?? '');
  return toBytes(whole);
}

/** A text as its bytes in UTF-8, one character each. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A text without halves of characters, as an address has to be. */
export function toWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
