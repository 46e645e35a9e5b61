import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';

const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));

/** Texts of a module: its comments are gone once it is transformed, and what JSX holds is a string like every other. */
function textsOf(path: string): string[] {
  const { code } = transformSync(readFileSync(join(DASHBOARD, path), 'utf8'), {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    jsx: 'automatic',
    charset: 'utf8',
  });
  return [...code.matchAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g)].map(([text]) => text);
}

/** The name of the product, and its unit as a word of a text: no class, address, key or name of a package. */
const BRANDED = /real-time credits|(?<![\w\-/.:@$])credits?(?![\w\-/:=]|\.[a-z])/i;
/** `credit` and `debit` are what a ledger calls the two directions of an entry. */
const DIRECTION = /^["']credit["']$/;

const SOURCES = ['app', 'components', 'lib', 'server'].flatMap((folder) =>
  readdirSync(join(DASHBOARD, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(folder, path)),
);

test('no text but the branding names the product or its unit', () => {
  const found = SOURCES.flatMap((path) =>
    textsOf(path)
      .filter((text) => BRANDED.test(text) && !DIRECTION.test(text))
      .map((text) => `${path}: ${text}`),
  );
  expect(SOURCES.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

test('a text that names the unit is found', () => {
  expect(['"Your credits ran out."', '"Credits"', '"5 credit"'].every((text) => BRANDED.test(text))).toBe(true);
  expect(
    ['"text-credits flex"', '"@/components/credits/coin"', '"/api/credits"'].some((text) => BRANDED.test(text)),
  ).toBe(false);
});
