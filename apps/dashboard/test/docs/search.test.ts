import { beforeAll, expect, test } from 'vitest';
import { createDocs } from '@/lib/docs/create-docs';
import type { Section } from '@/lib/docs/document';
import { RESULTS_MAX, searchSections, toWords } from '@/lib/docs/search';
import { readFiles } from './files.ts';

let sections: readonly Section[];

beforeAll(async () => {
  sections = createDocs(await readFiles()).sections;
});

const section = (heading: string | null, text: string, page = 'Page'): Section => ({
  href: `/docs/x#${heading}`,
  page,
  heading,
  text,
});
const headings = (found: ReturnType<typeof searchSections>) => found.map(({ section: { heading } }) => heading);

test('a word in a heading comes before the same word in a text', () => {
  const found = searchSections([section('Else', 'about holds'), section('Holds', 'about this')], 'holds');
  expect(headings(found)).toEqual(['Holds', 'Else']);
});

test('every word of the question has to be found', () => {
  const list = [section('A', 'one two'), section('B', 'one')];
  expect(headings(searchSections(list, 'one two'))).toEqual(['A']);
  expect(searchSections(list, 'one three')).toEqual([]);
});

test('the beginning of a word is enough, a single letter inside of one is not', () => {
  const list = [section('A', 'reconciliation')];
  expect(searchSections(list, 'recon')).toHaveLength(1);
  expect(searchSections(list, 'c')).toEqual([]);
});

test('the excerpt shows the words, wherever in the text they stand', () => {
  const text = `${'before '.repeat(60)}the needle is here ${'after '.repeat(60)}`;
  const [result] = searchSections([section('A', text)], 'Needle');
  expect(result?.excerpt.filter(({ found }) => found).map((part) => part.text)).toEqual(['needle']);
  expect(result?.excerpt.map((part) => part.text).join('').length).toBeLessThan(220);
});

test('what has a meaning in regular expressions is looked for as it is', () => {
  const list = [section('A', 'import next.config.ts and nextXconfig')];
  const [result] = searchSections(list, 'next.config');
  expect(result?.excerpt.filter(({ found }) => found).map((part) => part.text)).toEqual(['next.config']);
  expect(searchSections(list, '((')).toEqual([]);
  expect(toWords('$ (a|b)* a')).toEqual(['$', 'a', 'b']);
});

test('more results than fit are left out, the best stay', () => {
  const list = Array.from({ length: 40 }, (_, index) => section(`Heading ${index}`, 'word'));
  list.push(section('Word', 'word'));
  const found = searchSections(list, 'word');
  expect(found).toHaveLength(RESULTS_MAX);
  expect(found[0]?.section.heading).toBe('Word');
});

test('people find what they ask the real pages for', () => {
  const first = (question: string) => searchSections(sections, question)[0]?.section.href;
  expect(first('idempotency_key_reused')).toMatch(/^\/docs\/(errors|concepts)/);
  expect(first('nginx')).toMatch(/^\/docs\/operating/);
  expect(first('backup')).toMatch(/^\/docs\/(operating|ledger)/);
  expect(first('holds')).toBeDefined();
  expect(searchSections(sections, 'xylophone')).toEqual([]);
});
