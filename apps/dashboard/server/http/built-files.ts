import { existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

const PATH = '/_next/static/';

/** Answers a request for a file that was compressed when it was built. False: it is for somebody else. */
export type ServeBuiltFile = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Scripts and styles as `npm run build` compressed them. Next itself would compress each of them again for every request, by
 * gzip alone.
 *
 * @param build - The folder that Next built into.
 */
export function createBuiltFiles(build: string): ServeBuiltFile {
  const root = `${build}/static`;
  const names = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  const compressed = new Set(names.filter((name) => name.endsWith('.br')).map((name) => `${PATH}${name.slice(0, -3)}`));
  if (compressed.size === 0) return () => false;

  const app = new Hono();
  app.get(
    `${PATH}*`,
    serveStatic({
      root,
      precompressed: true,
      rewriteRequestPath: (path) => path.slice(PATH.length),
    }),
  );
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (!compressed.has(request.url?.split('?', 1)[0] ?? '')) return false;
    // It says what a page may load, and these are no pages.
    response.removeHeader('Content-Security-Policy');
    // Their names contain a hash of what is in them.
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    void listener(request, response);
    return true;
  };
}
