// What a running dashboard serves below `/r`, by the same code and without its build: the items and the packages.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ensurePackagesBuilt, ensureRegistryBuilt } from '../setup/build.mjs';
import { ROOT } from '../setup/install.mjs';

/**
 * @template T
 * @param {(registry: string) => Promise<T>} work - Gets the address, without the path.
 */
export async function withRegistry(work) {
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  // Not at the top: this file is loaded before anything is installed or built.
  const { tsImport } = await import('tsx/esm/api');
  const { Hono } = await import('hono');
  const { toNodeListener } = await import('realtime-credits-server');
  const routes = join(ROOT, 'apps/dashboard/server/routes/registry.ts');
  const app = new Hono();
  (await tsImport(routes, import.meta.url)).registerRegistryRoutes(app, { publicUrl: null });
  const server = createServer(toNodeListener(app));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
