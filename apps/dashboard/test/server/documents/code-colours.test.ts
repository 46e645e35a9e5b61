import { expect, test } from 'vitest';
import { toCodeKey, type DocumentFile } from '@/lib/docs/document';
import { createCodeColours } from '../../../server/documents/code-colours.ts';

const file = (text: string): DocumentFile => ({ path: 'docs/a.md', text });

test('a thread that fails leaves code without colours, and warns', async () => {
  const warnings: string[] = [];
  const readCode = createCodeColours(
    () => Promise.reject(new Error('no disk')),
    (message) => warnings.push(message),
  );
  expect(await readCode()).toEqual(new Map());
  expect(warnings).toEqual(['The code of the documentation is shown without colours.']);
});

test('documents without code start no thread', async () => {
  const warnings: string[] = [];
  const readCode = createCodeColours(
    async () => [file('# A\n\nNo code.')],
    (message) => warnings.push(message),
  );
  expect((await readCode()).has(toCodeKey('', 'ts'))).toBe(false);
  expect(warnings).toEqual([]);
});

test('the thread colours what is new, and knows the rest from before', async () => {
  let files = [file('# A\n\n```ts\nconst a = 1\n```')];
  let asked = 0;
  const warnings: unknown[] = [];
  const readCode = createCodeColours(
    async () => {
      asked += 1;
      return files;
    },
    (_message, cause) => warnings.push(cause),
  );
  const [colours] = await Promise.all([readCode(), readCode()]);
  expect(warnings).toEqual([]);
  expect(colours.get(toCodeKey('const a = 1', 'ts'))).toEqual([
    [
      { text: 'const', className: 'text-code-keyword' },
      { text: ' a = ', className: null },
      { text: '1', className: 'text-code-string' },
    ],
  ]);
  const before = colours.get(toCodeKey('const a = 1', 'ts'));
  files = [...files, file('# B\n\n```nowhere\nplain\n```')];
  const after = await readCode();
  expect(after.get(toCodeKey('const a = 1', 'ts'))).toBe(before);
  expect(after.get(toCodeKey('plain', 'nowhere'))).toEqual([[{ text: 'plain', className: null }]]);
  expect(asked).toBe(3);
});
