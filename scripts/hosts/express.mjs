// `npm run hosts -- express`: a server on Express with its own `pg.Pool`, which Drizzle uses too. Credits are granted by
// another process, and bought with in a transaction of Drizzle; `<credits-balance>` on its page is live.
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../setup/dashboard.mjs';
import { ROOT } from '../setup/install.mjs';
import { step } from '../setup/step.mjs';
import { takePictures, withBrowser, withServer } from './browser.mjs';
import { ELEMENT_PAGE, listServerPackages, ORDERS_TABLE, readGuideFiles, readRecipe, WELCOME } from './guide.mjs';
import { inProject, must, npmInstall, runIn, runTool, writeFiles } from './project.mjs';

/** The account that the README welcomes with 100 credits. */
const PLAYER = '42';

const DATABASE = `import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'

export const pool = new Pool({ connectionString: process.env.DATABASE_URL })
export const db = drizzle(pool)
`;

/** What this server had before: a sign-in, a list of orders, pages with a fallback for their router, and a stop. */
const OWN = `
import { createServer } from 'node:http'
import { sql } from 'drizzle-orm'
import { createGracefulStop } from 'realtime-credits-server'
import { db, pool } from './lib/database.js'
import { sealSession } from './lib/session.js'

app.use(express.json())
app.post('/api/login', (request, response) => {
  response.setHeader('set-cookie', sealSession(String(request.body.user))).json({ success: true })
})
app.get('/api/orders', async (_request, response) => {
  const { rows } = await db.execute(sql\`SELECT account, product FROM orders\`)
  response.json(rows)
})

const pages = process.env.PAGES ?? 'public'
app.use(express.static(pages))
app.get('/{*path}', (_request, response) => response.sendFile('index.html', { root: pages }))

const server = createServer(app)
const stop = createGracefulStop(server, handler)
server.listen(Number(process.env.PORT))
process.once('SIGTERM', async () => {
  await stop()
  const { close } = await credits()
  await close()
  await pool.end()
})
`;

const PAGE_HEAD = `<!doctype html>
<title>My dashboard</title>
<style>.dark { background: #111; color: #eee }</style>
`;

const WELCOME_PROGRAM = `import { credits } from './lib/credits.js'
import { pool } from './lib/database.js'

${WELCOME}
const { close } = await credits()
await close()
await pool.end()
`;

/** @typedef {{ directory: string, databaseUrl: string }} ExpressHost */

/** @param {string} registry @param {(host: ExpressHost) => Promise<void>} work - Gets the host, installed and with its types seen to hold. */
export async function withExpressHost(registry, work) {
  await inProject('express', async (directory) => {
    cpSync(join(ROOT, 'test/hosts/express'), directory, { recursive: true });
    await step('express: npm install', async () => {
      await npmInstall(directory);
      const packages = listServerPackages(registry).filter((name) => !name.startsWith('@electric-sql/')); // it has Postgres
      await npmInstall(directory, ...packages);
    });
    await step('express: types', async () => {
      const files = readGuideFiles('Express').map(({ path, code }) => ({
        path,
        code: path === 'server.ts' ? code + OWN : code,
      }));
      writeFiles(directory, [
        ...files,
        { path: 'lib/command-route.ts', code: readRecipe('recipes/command-route.ts') },
        { path: 'lib/drizzle.ts', code: readRecipe('orm/drizzle.ts') },
        { path: 'lib/session.ts', code: readFileSync(join(ROOT, 'examples/next/lib/session.ts'), 'utf8') },
        { path: 'lib/database.ts', code: DATABASE },
        { path: 'welcome.ts', code: WELCOME_PROGRAM },
        { path: 'public/index.html', code: PAGE_HEAD + ELEMENT_PAGE },
      ]);
      copyFileSync(
        join(directory, 'node_modules/realtime-credits/dist/credits-balance.js'),
        join(directory, 'public/credits-balance.js'),
      );
      await runTool(directory, 'typescript/bin/tsc');
    });
    const { tsImport } = await import('tsx/esm/api');
    const path = join(ROOT, 'packages/server/test/support/postgres.ts');
    const postgres = await step('express: Postgres', async () =>
      (await tsImport(path, import.meta.url)).startOwnPostgres({ durable: false }),
    );
    try {
      await work({ directory, databaseUrl: postgres.url });
    } finally {
      await postgres.stop();
    }
  });
}

/**
 * Runs the host's server on a database that knows nobody yet.
 *
 * @param {ExpressHost} host
 * @param {{ pages?: string }} options
 * @param {(at: { url: string, welcome: () => Promise<unknown> }) => Promise<void>} work - `welcome` grants, in another process.
 */
export async function runExpressHost({ directory, databaseUrl }, { pages }, work) {
  const { Client } = await import('pg');
  const name = `host_${Date.now()}`;
  const url = new URL(databaseUrl);
  url.pathname = name;
  /** @param {string} at @param {string} sql */
  const query = async (at, sql) => {
    const client = new Client({ connectionString: at });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await query(databaseUrl, `CREATE DATABASE ${name}`);
  await query(url.href, ORDERS_TABLE);

  const port = await findFreePort();
  const env = {
    DATABASE_URL: url.href,
    PORT: String(port),
    SESSION_SECRET: 'a secret of thirty-two characters',
    ...(pages === undefined ? {} : { PAGES: pages }),
  };
  const address = `http://localhost:${port}`;
  const start = ['--import', 'tsx', 'server.ts'];
  const options = {
    cwd: directory,
    env,
    url: `${address}/api/credits`,
    isReady: (/** @type {Response} */ { status }) => status === 401,
  };
  const code = await withServer(start, options, () =>
    work({
      url: address,
      welcome: () => runIn(directory, process.execPath, ['--import', 'tsx', 'welcome.ts'], env),
    }),
  );
  must(code === 0, `The server's stop ended with code ${code}.`);
}

/** @param {ExpressHost} host @param {string} executablePath */
export async function testExpressHost(host, executablePath) {
  await step('express: everything live', () =>
    runExpressHost(host, {}, ({ url, welcome }) =>
      withBrowser(executablePath, async (openPage) => {
        const page = await openPage();
        await page.goto(url);
        const badge = page.locator('credits-balance');
        await badge.getByRole('link', { name: 'Sign in' }).waitFor();
        must((await post(page, '/api/login', { user: PLAYER })) === 200, 'The sign-in failed.');
        await page.reload();
        const number = badge.locator('[part~="value"]');
        await number.filter({ hasText: /^0$/ }).waitFor();
        await welcome();
        await number.filter({ hasText: /^100$/ }).waitFor({ timeout: 10_000 });
        await takePictures(page, 'express');
        await seePurchase(page);
        await number.filter({ hasText: /^0$/ }).waitFor({ timeout: 10_000 });
      }),
    ),
  );
}

/** The price and the order are committed together, once, and neither when there is not enough. @param {import('@playwright/test').Page} page */
async function seePurchase(page) {
  const statuses = [];
  for (const product of ['Small server', 'Small server', 'Everything']) {
    statuses.push(await post(page, '/api/buy', { product }));
  }
  must(statuses.join() === '200,402,400', `The purchases were answered by ${statuses.join()}.`);
  const orders = await page.evaluate(async () => (await fetch('/api/orders')).text());
  must(orders === `[{"account":"${PLAYER}","product":"Small server"}]`, `The orders are ${orders}.`);
}

/** By the page itself, with its cookies. @param {import('@playwright/test').Page} page @param {string} path @param {object} body */
export function post(page, path, body) {
  return page.evaluate(
    async ([to, text]) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(String(to), { method: 'POST', headers, body: String(text) })).status;
    },
    [path, JSON.stringify(body)],
  );
}
