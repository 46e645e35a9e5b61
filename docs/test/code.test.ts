import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGES } from '../.vitepress/pages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
const blocks: string[] = [];

/** Only whether it can be read: what a block leaves out, such as your own session, has no types here. */
function compile(): Promise<string> {
  return new Promise((resolve) => {
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noCheck',
      '--noEmit',
      '--jsx',
      'preserve',
      '--module',
      'esnext',
      '--target',
      'esnext',
      '--types',
      '',
    ];
    execFile(process.execPath, [compiler, ...options, ...blocks], { cwd: directory }, (_error, output) =>
      resolve(output),
    );
  });
}

/** Label and text of each fenced block in one of these languages. */
const BLOCK = /^```(tsx?|js)\b[^\n]*\n([^]*?)^```/gm;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'docs-code-'));
  for (const { file } of PAGES) {
    for (const [, language, code = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(BLOCK)) {
      const name = `${file.replaceAll(/[/.]/g, '-')}-${blocks.length}.${language === 'tsx' ? 'tsx' : 'ts'}`;
      // Like a function's body: fragments may await and return.
      const isFragment = /^\s*(return|await)\b/m.test(code) && !/^export /m.test(code);
      writeFileSync(join(directory, name), isFragment ? wrap(code) : code);
      blocks.push(name);
    }
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Imports stay outside, where they belong. */
function wrap(code: string): string {
  const lines = code.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const rest = lines.filter((line) => !line.startsWith('import '));
  return [...imports, 'export async function block() {', ...rest, '}'].join('\n');
}

test('A19: no example of a purchase leaves a refusal uncaught', () => {
  const examples = PAGES.flatMap(({ file }) => [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(/^```(?:tsx?|js|html)\b[^\n]*\n([^]*?)^```/gm),
  ]).map(([, code = '']) => code);
  const purchases = examples.filter((code) => /\bmutate\(/.test(code));
  expect(purchases.length).toBeGreaterThan(2);
  expect(purchases.filter((code) => !/\bcatch\b/.test(code))).toEqual([]);
});

test('every block of TypeScript can be read by the compiler', async () => {
  expect(blocks.length).toBeGreaterThan(20);
  expect(await compile()).toBe('');
});

test('a block that cannot be read is noticed', async () => {
  writeFileSync(join(directory, 'broken.ts'), 'const a = {');
  blocks.push('broken.ts');
  expect(await compile()).toContain('broken.ts');
  blocks.pop();
});
