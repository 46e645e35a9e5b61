import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CREDITS_ERRORS } from 'realtime-credits/contract';
import { createDocsPage } from '../../src/http/docs-page.ts';
import { createOpenApiDocument } from '../../src/http/openapi.ts';

const document = createOpenApiDocument('/api/credits');
const { html, policy } = createDocsPage(document);

test('the policy allows exactly the one style of the page, and nothing else at all', () => {
  const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
  expect(styles).toHaveLength(1);
  const hash = createHash('sha256')
    .update(styles[0] ?? '')
    .digest('base64');
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

test('the page loads nothing and runs nothing', () => {
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son\w+=|url\(|@import|https?:/i);
});

test('every operation, shape and error has its place, and every link leads to one', () => {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  for (const { operationId } of operations) expect(ids).toContain(operationId);
  for (const shape of Object.keys(document.components.schemas)) expect(ids).toContain(shape);
  for (const code of Object.keys(CREDITS_ERRORS)) expect(html).toContain(`<code>${code}</code>`);
});

test('a base path with markup in it stays text', () => {
  const page = createDocsPage(createOpenApiDocument('/<b onclick="x">&'));
  expect(page.html).toContain('/&lt;b onclick=&quot;x&quot;&gt;&amp;/operations/resolve');
  expect(page.html).not.toContain('<b onclick');
});
