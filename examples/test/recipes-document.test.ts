import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The recipes in the document are the files that are tested. After a change of a file,
// `npx vitest run examples/test/recipes-document.test.ts --update` writes it into the document.

const toPath = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENT = toPath('../../docs/recipes.md');
const CODE_BLOCK = /(```ts(?: \[\w+\])?\n\/\/ examples\/((?:recipes|orm)\/\S+)\n)[\s\S]*?```/g;

const text = readFileSync(DOCUMENT, 'utf8');

test('every code block of the document is a recipe, word by word', async () => {
  const written = text.replaceAll(CODE_BLOCK, (_block, start: string, path: string) => {
    return `${start}${readFileSync(toPath(`../${path}`), 'utf8')}\`\`\``;
  });
  await expect(written).toMatchFileSnapshot(DOCUMENT);
});

test('every recipe is in the document, and no other code', () => {
  const shown = [...text.matchAll(CODE_BLOCK)].map(([, , path]) => path);
  const files = ['recipes', 'orm'].flatMap((folder) =>
    readdirSync(toPath(`../${folder}`)).map((name) => `${folder}/${name}`),
  );
  expect(new Set(shown)).toEqual(new Set(files));
  expect(text.match(/^```ts/gm)).toHaveLength(shown.length);
});
