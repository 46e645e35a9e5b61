import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import { createMiddleware } from 'hono/factory';
import { docsContentSecurityPolicy } from '../http/security-headers.ts';

/** Built by `npm run build -w docs`, which `npm start` runs when a page changed. */
const SITE = fileURLToPath(new URL('../../../../docs/.vitepress/dist', import.meta.url));

/** The address that the documents write. Readers get the one that they are on: their commands then work as copied. */
const WRITTEN_ADDRESS = 'http://localhost:3000';

const PLAIN_ORIGIN = /^https?:\/\/[\w.:[\]-]+$/;

/** Pages, and what they load for navigation. The libraries among the files contain no address of ours. */
const TEXT = /\.(?:html|md|txt)$|\/assets\/[^/]+\.js$/;

/**
 * `GET /docs/*`: the documentation site. Public. Static files: reading them needs neither Next nor the database.
 */
export function registerDocsRoutes(
  app: Hono,
  { publicUrl, directory = SITE }: { publicUrl: string | null; directory?: string },
): void {
  const https = publicUrl?.startsWith('https:') ?? false;

  const personalize = createMiddleware(async (context, next) => {
    await next();
    const file = toFile(context.req.path);
    const isText = TEXT.test(file) || context.res.status === 404;
    if (!isText || context.req.method !== 'GET') return;
    const origin = publicUrl ?? new URL(context.req.url).origin;
    const written = await context.res.text();
    // The host is the client's word, and the text may be inside a script.
    const text = PLAIN_ORIGIN.test(origin) ? written.replaceAll(WRITTEN_ADDRESS, origin) : written;
    context.res = new Response(text, context.res);
    context.res.headers.delete('Content-Length');
    if (file.endsWith('.md')) context.header('Content-Type', 'text/markdown; charset=utf-8');
    if (context.res.headers.get('Content-Type')?.startsWith('text/html') === true) {
      context.header('Content-Security-Policy', docsContentSecurityPolicy(text, { https }));
    }
  });

  const cache = createMiddleware(async (context, next) => {
    await next();
    // The names of built files contain a hash of what is in them.
    const isHashed = context.req.path.startsWith('/docs/assets/') && context.res.status < 400;
    context.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  });

  if (!existsSync(directory)) {
    app.get('/docs/*', (context) => context.text('Not built yet: run "npm run build -w docs", then restart.\n', 404));
    return;
  }
  app.get('/docs', (context) => context.redirect('/docs/', 308));
  app.use('/docs/*', compress(), cache, etag(), personalize);
  const answerFile = serveStatic({ root: directory, rewriteRequestPath: toFile });
  // The stamp of the build starts with a dot.
  app.get('/docs/*', (context, next) => (context.req.path.includes('/.') ? next() : answerFile(context, next)));
  app.get('/docs/*', async (context) => context.html(await readFile(join(directory, '404.html'), 'utf8'), 404));
}

/** The file of an address: pages have no ending in theirs. */
function toFile(path: string): string {
  const file = path.slice('/docs'.length);
  if (file.endsWith('/')) return `${file}index.html`;
  return /\.[a-z0-9]+$/.test(file) ? file : `${file}.html`;
}
