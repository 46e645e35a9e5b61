import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { createDocs } from '@/lib/docs/create-docs';
import type { Docs } from '@/lib/docs/document';
import { isKnownLanguage } from '../../server/documents/highlight.ts';
import { readFiles, ROOT } from './files.ts';

let docs: Docs;

beforeAll(async () => {
  docs = createDocs(await readFiles());
});

test('every file of docs/ is a page, and the navigation leads to it', () => {
  const files = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));
  const linked = new Set(docs.groups.flatMap(({ links }) => links.map(({ href }) => href)));
  const pages = docs.pages.filter(
    ({ path, name }) => path.startsWith('docs/') && (name === '' || linked.has(`/docs/${name}`)),
  );
  expect(pages.map(({ path }) => path.slice('docs/'.length)).toSorted()).toEqual(files.toSorted());
});

test('the pages stand in the order of the navigation, the front page first', () => {
  const linked = docs.groups
    .flatMap(({ links }) => links.map(({ href }) => href))
    .filter((href) => href.startsWith('/docs'));
  expect(docs.pages.map(({ href }) => href)).toEqual(['/docs', ...linked]);
});

test('the reference leads to the HTTP API, which the handler describes itself', () => {
  expect(docs.groups.find(({ label }) => label === 'Reference')?.links.at(-1)?.href).toBe('/api/credits/docs');
});

test('every block of code says its language, and the pages know it', () => {
  const unknown = docs.pages.flatMap(({ path, tokens }) =>
    tokens.flatMap((token) =>
      token.type === 'code' && !isKnownLanguage((token as { lang?: string }).lang ?? '')
        ? [`${path}: ${(token as { lang?: string }).lang ?? 'no language'}: ${token.raw.split('\n')[1] ?? ''}`]
        : [],
    ),
  );
  expect(unknown).toEqual([]);
});

test('no page depends on HTML or on pictures, which are not shown', () => {
  const shown = docs.pages.flatMap(({ path, tokens }) =>
    tokens.filter(({ type }) => type === 'html' || type === 'image').map(({ raw }) => `${path}: ${raw}`),
  );
  expect(shown).toEqual([]);
});

test('a page has a title, a summary, and headings whose anchors differ', () => {
  const wrong = docs.pages.filter(
    ({ title, summary, headings }) =>
      title === '' || summary.length <= 10 || new Set(headings.map(({ id }) => id)).size < headings.length,
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('a page that no list leads to, or without a title, is refused by name', () => {
  const front = { path: 'docs/README.md', text: '# Documentation\n\n## Start\n\n- [One](one.md)' };
  expect(() => createDocs([front, { path: 'docs/two.md', text: '# Two' }])).toThrow('leads to docs/two.md');
  expect(() => createDocs([front, { path: 'docs/one.md', text: 'One.' }])).toThrow('docs/one.md has no title');
});
