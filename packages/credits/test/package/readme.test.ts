import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsumer } from '../support/consumer.ts';

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

/** The code blocks, by the file name in their first line. */
const blocks = [...README.matchAll(/```tsx?\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, path = '', code = '']) => ({
  path,
  code,
}));

let consumer: ReturnType<typeof createConsumer>;

beforeAll(() => void (consumer = createConsumer('realtime-credits')));
afterAll(() => consumer.remove());

test('every code block names its file', () => {
  expect(blocks).toHaveLength(README.match(/```tsx?\n/g)?.length ?? 0);
  expect(blocks.length).toBeGreaterThan(4);
});

test('all of it compiles in a strict project', () => {
  for (const { path, code } of blocks) consumer.write(path, code);
  expect(consumer.compile(...blocks.map(({ path }) => path))).toBe('');
});
