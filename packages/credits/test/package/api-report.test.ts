import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reportApi } from '../../../../scripts/package/api-report.mjs';

const directory = mkdtempSync(join(tmpdir(), 'api-report-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A built package with these files, laid out as the compiler does; returns its report. */
function report(files: Record<string, string>): string {
  const entry = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  const manifest = {
    name: 'realtime-credits',
    exports: { '.': entry('index'), './client': entry('client'), './package.json': './package.json' },
  };
  rmSync(join(directory, 'dist'), { recursive: true, force: true });
  const all = { 'dist/client.d.ts': 'export {};\n', ...files, 'package.json': JSON.stringify(manifest) };
  for (const [path, text] of Object.entries(all)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return reportApi(directory);
}

/** What the report says of one entry. */
function section(text: string, heading: string): string {
  return text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
}

const AMOUNT = `/** Whole credits. */
export type Credits = number;
/** From 1 up. */
export declare const CREDITS_MAX = 9007199254740991;
export declare function parseAmount(value: unknown): Credits;
`;

test('an entry’s names stand with their declarations, wherever those are, sorted and without comments', () => {
  const text = report({
    'dist/amount.d.ts': AMOUNT,
    'dist/index.d.ts':
      "/** The words. */\nexport { parseAmount, CREDITS_MAX as LIMIT, type Credits } from './amount.ts';\n",
  });
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(section(text, '`realtime-credits`')) ?? [];
  expect(code.split('\n').filter(Boolean)).toEqual([
    'type Credits = number;',
    '// as LIMIT',
    'const CREDITS_MAX = 9007199254740991;',
    'function parseAmount(value: unknown): Credits;',
  ]);
});

test('what an entry hands on from another one is named, and declared once', () => {
  const text = report({
    'dist/amount.d.ts': AMOUNT,
    'dist/index.d.ts': "export { parseAmount } from './amount.ts';\n",
    'dist/client.d.ts': "export * from './index.ts';\nexport type { Credits } from './amount.ts';\n",
  });
  expect(section(text, '`realtime-credits/client`')).toContain('From `realtime-credits`: parseAmount.');
  expect(text.split('function parseAmount')).toHaveLength(2);
});

test('a type that is reached and not exported is part of the surface, also at second hand', () => {
  const files = {
    'dist/inner.d.ts': 'export interface Inner {\n    url: string;\n}\n',
    'dist/outer.d.ts': `import type { Inner } from './inner.ts';
interface Options {
    inner: Inner;
}
interface Unreached {
    url: string;
}
export declare function open(options?: Options): void;
export {};
`,
    'dist/index.d.ts': "export { open } from './outer.ts';\n",
  };
  const reached = section(report(files), 'Reached by these');
  expect(reached).toContain('interface Options {\n    inner: Inner;\n}');
  expect(reached).toContain('interface Inner {\n    url: string;\n}');
  expect(reached).not.toContain('Unreached');
  const changed = report({ ...files, 'dist/inner.d.ts': 'export interface Inner {\n    url: URL;\n}\n' });
  expect(changed).not.toBe(report(files));
});

test('unions over several lines, overloads and names for everybody are kept whole', () => {
  const text = report({
    'dist/index.d.ts': `export type Options = {
    url: string;
}
 | {
    memory: true;
};
export declare function read(): string;
export declare function read(path: string): string;
declare global {
    interface HTMLElementTagNameMap {
        'credits-balance': HTMLElement;
    }
}
//# sourceMappingURL=index.d.ts.map`,
  });
  expect(text).toContain('type Options = {\n    url: string;\n}\n | {\n    memory: true;\n};');
  expect(text).toContain('function read(): string;\nfunction read(path: string): string;');
  expect(text).toContain("declare global {\n    interface HTMLElementTagNameMap {\n        'credits-balance'");
  expect(text).not.toContain('sourceMappingURL');
});

test('a change of words in a comment is no change of the surface', () => {
  const index = "export { parseAmount } from './amount.ts';\n";
  const before = report({ 'dist/amount.d.ts': AMOUNT, 'dist/index.d.ts': index });
  const words = AMOUNT.replace('Whole credits.', 'Credits, whole; see https://example.test/a.');
  expect(report({ 'dist/amount.d.ts': words, 'dist/index.d.ts': index })).toBe(before);
});

test('a statement of an unknown kind is an error, and no hole in the report', () => {
  expect(() => report({ 'dist/index.d.ts': 'export default function open(): void;\n' })).toThrow('cannot read');
});
