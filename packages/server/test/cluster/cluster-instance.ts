import { createServer } from 'node:http';
import { toNodeListener } from '../../src/http/adapters/to-node-listener.ts';
import { readJson } from '../../src/http/read-json.ts';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { run, type LoadCommand } from '../durability/load.ts';
import { createHost } from '../support/host.ts';

// One of several instances: a host with a route for each command of the load, and readiness for a load balancer. SIGTERM
// ends it as a deployment does. Arguments: its port, the database's URL, and the URL for notifications.

const [port = '', url = '', listenUrl = ''] = process.argv.slice(2);

/** Longer than the load balancer takes to see that an instance is no longer ready. */
const LEAVING_MS = 1_000;

const database = await openDatabase({ url, listenUrl });
const ledger = await createLedger({ database, expirySweepMs: 250 });
const host = createHost(ledger);
let isLeaving = false;

async function respond(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/ready') return new Response(null, { status: isLeaving ? 503 : 200 });
  if (pathname !== '/command') return host.fetch(request);
  try {
    return Response.json(await run(ledger, (await readJson(request)) as LoadCommand));
  } catch (error) {
    return toProblemResponse(error, 'request');
  }
}

const server = createServer(toNodeListener({ fetch: respond }));
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

process.once('SIGTERM', async () => {
  isLeaving = true;
  await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
  const closed = new Promise((resolve) => server.close(resolve));
  await host.handler.drain();
  server.closeIdleConnections();
  await closed;
  await ledger.close();
  await database.close();
  process.exit(0);
});
