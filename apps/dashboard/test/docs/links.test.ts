import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { MarkedToken } from 'marked';
import type { DocumentFile } from '@/lib/docs/document';
import { createSlugger, parseMarkdown, toKnown, toPlainText } from '@/lib/docs/markdown';
import { readRepositoryFile, ROOT } from './files.ts';

/** Every Markdown file that git keeps, and those that are about to be. */
const files = new Map<string, DocumentFile>();

beforeAll(() => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT });
  for (const path of listed.toString().split('\n')) {
    if (path !== '' && existsSync(ROOT + path)) files.set(path, readRepositoryFile(path));
  }
});

/** All tokens, those inside of others as well. */
function* walk(tokens: readonly MarkedToken[]): Generator<MarkedToken> {
  for (const token of tokens) {
    yield token;
    if (token.type === 'list') yield* token.items.flatMap(({ tokens: item }) => [...walk(toKnown(item))]);
    else if (token.type === 'table') {
      yield* [token.header, ...token.rows].flat().flatMap(({ tokens: cell }) => [...walk(toKnown(cell))]);
    } else if ('tokens' in token) yield* walk(toKnown(token.tokens));
  }
}

function readAnchors(path: string): Set<string> {
  const slug = createSlugger();
  const tokens = parseMarkdown(files.get(path)?.text ?? '');
  return new Set(tokens.flatMap((token) => (token.type === 'heading' ? [slug(toPlainText(token.tokens))] : [])));
}

/** What is wrong with a link of a file; null when it leads somewhere. */
function judge(href: string, from: string): string | null {
  if (/^(https?|mailto):/.test(href)) return null;
  const [file = '', anchor] = href.split('#', 2);
  const path = file === '' ? from : posix.join(posix.dirname(from), file);
  if (!existsSync(ROOT + path)) return `${from}: there is no ${path}`;
  if (anchor === undefined || !path.endsWith('.md')) return null;
  return readAnchors(path).has(anchor) ? null : `${from}: ${path} has no heading #${anchor}`;
}

test('every relative link and anchor of every Markdown file leads somewhere', () => {
  const links = [...files.values()].flatMap(({ path, text }) =>
    [...walk(parseMarkdown(text))].flatMap((token) =>
      token.type === 'link' || token.type === 'image' ? [{ href: token.href, path }] : [],
    ),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.map(({ href, path }) => judge(href, path)).filter((wrong) => wrong !== null)).toEqual([]);
});

test('a link to a file or a heading that is not there is noticed', () => {
  expect(judge('nowhere.md', 'docs/README.md')).toBe('docs/README.md: there is no docs/nowhere.md');
  expect(judge('concepts.md#nothing', 'docs/README.md')).toBe(
    'docs/README.md: docs/concepts.md has no heading #nothing',
  );
  expect(judge('concepts.md#the-version', 'docs/README.md')).toBeNull();
});
