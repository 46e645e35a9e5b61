/**
 * The server of `bench/crowd.ts`, a process of its own with `--expose-gc`: the dashboard's API on an embedded database in a
 * directory, with people who are signed in. Obeys its parent's messages.
 */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { toNodeListener } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { parseConfig } from '../../../server/config.ts';
import { createDashboard } from '../../../server/dashboard.ts';
import { recordQueries } from '../../../../../packages/server/test/support/record-queries.ts';
import {
  accountOf,
  FIRST_CREDITS,
  SECRET,
  tokenHashOf,
  usernameOf,
  type CrowdAnswer,
  type CrowdOrder,
} from '../../../../../bench/crowd-people.ts';

const [directory = '', people = '0', port = '0'] = process.argv.slice(2);
const everybody = Array.from({ length: Number(people) }, (_, index) => index);
const answer = (message: CrowdAnswer): void => void process.send?.(message);

const queries = { all: 0, snapshots: 0, sessions: 0 };
const database = await openEmbedded({ directory: join(directory, 'database') });
const pool = recordQueries(database.pool, (query: string | { text: string }) => {
  const text = typeof query === 'string' ? query : query.text;
  queries.all += 1;
  if (text.includes('ORDINALITY')) queries.snapshots += 1;
  if (text.includes('FROM "session"') || text.includes('from "session"')) queries.sessions += 1;
}) as Pool;
const dashboard = await createDashboard({
  config: parseConfig({ BETTER_AUTH_SECRET: SECRET, DEMO: '0', DATA_DIR: directory }, directory),
  database: { ...database, pool },
  localUrl: 'http://127.0.0.1',
  limits: { request: {}, transfer: {} },
  onWarning: (message, cause) => process.stderr.write(`${message} ${String(cause)}\n`),
});

await database.pool.query(
  `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", username, "displayUsername", role)
   SELECT id, username, username || '@example.test', true, now(), now(), username, username, 'user'
   FROM unnest($1::text[], $2::text[]) AS p(id, username) ON CONFLICT DO NOTHING`,
  [everybody.map(accountOf), everybody.map(usernameOf)],
);
await database.pool.query(
  `INSERT INTO "session" (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
   SELECT 'session-of-' || id, token, id, now() + interval '30 days', now(), now()
   FROM unnest($1::text[], $2::text[]) AS p(id, token) ON CONFLICT DO NOTHING`,
  [everybody.map(accountOf), everybody.map(tokenHashOf)],
);
const grant = (index: number, amount: number, idempotencyKey: string) =>
  dashboard.ledger.grant({ account: accountOf(index), amount, actor: 'system:crowd', reason: 'Crowd', idempotencyKey });
await Promise.all(everybody.map((index) => grant(index, FIRST_CREDITS, `open:${index}`)));
await dashboard.startSweeping();

async function readBalances(): Promise<CrowdAnswer> {
  const balances = await Promise.all(everybody.map((index) => dashboard.ledger.balance(accountOf(index))));
  const { ok } = await dashboard.ledger.verify();
  return {
    is: 'balances',
    ok,
    versions: balances.map(({ version }) => version),
    available: balances.map(({ balance }) => balance.available),
  };
}

process.on('message', (order: CrowdOrder) => {
  // One that is refused because too many wait is not in the ledger, and not missed.
  if (order.do === 'grant') grant(order.index, 1, order.key).catch(() => undefined);
  else if (order.do === 'balances') void readBalances().then(answer);
  else {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const descriptors = readdirSync('/proc/self/fd').length;
    answer({
      is: 'measured',
      rss,
      heap: heapUsed + external,
      descriptors,
      streams: dashboard.credits.streams,
      queries,
    });
  }
});
process.on('disconnect', () => process.exit(0));

const server = createServer(toNodeListener(dashboard));
server.keepAliveTimeout = 75_000;
Object.assign(queries, { all: 0, snapshots: 0, sessions: 0 });
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4_096 }, () => {
  answer({ is: 'listening', port: (server.address() as AddressInfo).port });
});
