import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';

/** Made by the build from `registry.json`: an item as JSON for each name, and the packages as npm packs them. */
const REGISTRY_DIRECTORY = fileURLToPath(new URL('../../.registry', import.meta.url));

const PACKAGE = /^realtime-credits@(.+)$/;

/**
 * `GET /r/<item>.json`: what `npx shadcn add` asks for. `GET /r/realtime-credits-<version>.tgz`: the package that the
 * items need, in the same version as this dashboard. Items refer to it, and to each other, by this address: one
 * command installs everything. `GET /r/realtime-credits-server-<version>.tgz`: the package of the server, likewise.
 * `GET /r/credits-balance.js`: the element for pages without React, for their script tag.
 *
 * Public and the same for everybody: the sources of components that every visitor's browser runs anyway.
 */
export function registerRegistryRoutes(
  app: Hono,
  { publicUrl, directory = REGISTRY_DIRECTORY }: { publicUrl: string | null; directory?: string },
): void {
  app.get('/r/:file{[a-z0-9.-]+\\.json}', async (context) => {
    const text = await readText(join(directory, context.req.param('file')));
    if (text === null) return context.notFound();
    const origin = publicUrl ?? new URL(context.req.url).origin;
    return context.json(withAddresses(origin, JSON.parse(text)), 200, PUBLIC_HEADERS);
  });

  app.get('/r/:file{realtime-credits-[a-z0-9.-]+\\.tgz}', async (context) => {
    const bytes = await readFile(join(directory, context.req.param('file'))).catch(() => null);
    if (bytes === null) return context.notFound();
    return context.body(new Uint8Array(bytes), 200, { ...PUBLIC_HEADERS, 'Content-Type': 'application/gzip' });
  });

  app.get('/r/credits-balance.js', async (context) => {
    const text = await readText(join(directory, 'credits-balance.js'));
    if (text === null) return context.notFound();
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    const headers = { ...SCRIPT_HEADERS, ETag: tag };
    return context.req.header('if-none-match')?.includes(tag) === true
      ? context.body(null, 304, headers)
      : context.body(text, 200, headers);
  });
}

const PUBLIC_HEADERS = { 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' };

/** Every page of a panel loads it: ten minutes without a question, and a day in which the question keeps nobody waiting. */
const SCRIPT_HEADERS = {
  ...PUBLIC_HEADERS,
  'Cache-Control': 'public, max-age=600, stale-while-revalidate=86400',
  'Content-Type': 'text/javascript; charset=utf-8',
};

interface Item {
  dependencies?: string[];
  /** Other items, by their path on this server: a bare name would mean one of shadcn's own. */
  registryDependencies?: string[];
  items?: Item[];
}

function withAddresses(origin: string, item: Item): Item {
  return {
    ...item,
    ...(item.dependencies === undefined
      ? {}
      : {
          dependencies: item.dependencies.map((name) =>
            name.replace(PACKAGE, (_all, version: string) => `${origin}/r/realtime-credits-${version}.tgz`),
          ),
        }),
    ...(item.registryDependencies === undefined
      ? {}
      : {
          registryDependencies: item.registryDependencies.map((name) => (name.startsWith('/') ? origin + name : name)),
        }),
    ...(item.items === undefined ? {} : { items: item.items.map((one) => withAddresses(origin, one)) }),
  };
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
