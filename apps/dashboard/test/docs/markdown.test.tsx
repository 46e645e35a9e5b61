import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Markdown } from '@/components/docs/markdown';
import { toCodeKey, type CodeColours } from '@/lib/docs/document';
import { parseMarkdown } from '@/lib/docs/markdown';
import { highlight } from '../../server/documents/highlight.ts';

const SHOWN = new Set(['docs/README.md', 'docs/one.md', 'packages/credits/README.md']);

/** Its blocks of code in colours, as the server's thread makes them. */
const colour = (text: string): CodeColours =>
  new Map(
    parseMarkdown(text).flatMap((token) => {
      if (token.type !== 'code') return [];
      const language = token.lang ?? 'text';
      return [[toCodeKey(token.text, language), highlight(token.text, language)] as const];
    }),
  );

const render = (text: string, colours: CodeColours = colour(text)) =>
  renderToStaticMarkup(
    <Markdown tokens={parseMarkdown(text)} path="docs/one.md" shown={SHOWN} colours={colours} title="One" />,
  );

test('HTML of a file is shown as text, and never becomes an element', () => {
  const html = render('Before <b onclick="x()">bold</b>\n\n<script>alert(1)</script>\n\n`<credits-balance>`');
  expect(html).not.toMatch(/<(b|script|credits-balance)\b/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).toContain('&lt;credits-balance&gt;');
});

test('links lead to pages of the documentation, whichever folder their files are in', () => {
  const html = render('[a](../packages/credits/README.md#the-client) [b](README.md) [c](#here) [d](https://a.example)');
  const hrefs = [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
  expect(hrefs).toEqual(['/docs/credits#the-client', '/docs', '#here', 'https://a.example']);
});

test('a link to what has no page is plain text, whatever its scheme', () => {
  const hrefs = ['../LICENSE', 'javascript:alert(1)', 'data:text/html,x', '/api/auth/sign-out', '//evil.example'];
  expect(hrefs.filter((href) => render(`[text](${href})`).includes('href'))).toEqual([]);
});

test('headings have the anchors that GitHub gives them', () => {
  const html = render('## What a request may be\n\n## `ids` & more, in 2 words\n\n## One\n\n## One');
  expect([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).toEqual([
    'what-a-request-may-be',
    'ids--more-in-2-words',
    'one-1',
    'one-2',
  ]);
});

test('tables and code scroll inside boxes that the keyboard reaches, and code can be copied', () => {
  const html = render('## Here\n\n| a | b |\n|---|---|\n| 1 \\| 2 | `x` |\n\n```ts\nconst a = 1\n```');
  expect(html).toContain('role="region" aria-label="Table: Here" tabindex="0"');
  expect(html).toContain('role="region" aria-label="Code: Here" tabindex="0"');
  expect(html).toContain('1 | 2');
  expect(html).toContain('aria-label="Copy this code"');
  expect(html).toMatch(/<span class="text-code-keyword">const<\/span>/);
});

test('code is shown to the letter, in a language that is known or not', () => {
  const text = 'if (a < b && c) {\n\n  return "&amp;"\n}';
  const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&amp;': '&' };
  const languages = ['ts', 'sh', 'nothing-known', 'coloured by nobody'];
  const shown = languages.map((language) => {
    const html = render(`\`\`\`${language}\n${text}\n\`\`\``, language.includes(' ') ? new Map() : undefined);
    const code = /<code[^>]*>([\s\S]*?)<\/code>/.exec(html)?.[1]?.replaceAll(/<[^>]+>/g, '') ?? '';
    return code.replaceAll(/&[a-z#0-9]+;/g, (entity) => ENTITIES[entity] ?? entity);
  });
  expect(shown).toEqual(languages.map(() => `${text}\n`));
});
