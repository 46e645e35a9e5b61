import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Failure, ServerCreateAnswer, ServersAnswer } from '../../lib/api.ts';
import { openTestDashboard, PASSWORD, type Either } from './support/dashboard.ts';
import { startPanelServer, type PanelServer } from './support/panel-server.ts';
import { SPARK } from './support/order.ts';

const CHILD = fileURLToPath(new URL('support/dying-server.ts', import.meta.url));
const OPERATION = 'the-one-order';
/** Two databases are made and opened twice, perhaps beside other tests. */
const TIMEOUT_MS = 120_000;
const EMAIL = 'mara@example.test';

let panel: PanelServer;
let directory: string;

beforeEach(async () => {
  panel = await startPanelServer();
  directory = await mkdtemp(join(tmpdir(), 'dashboard-death-'));
});
afterEach(async () => {
  await panel.close();
  await rm(directory, { recursive: true, force: true });
});

function environment() {
  return {
    DEMO: '0',
    BETTER_AUTH_SECRET: 'only-for-tests-only-for-tests-only-for-tests',
    PTERODACTYL_URL: panel.url,
    PTERODACTYL_API_KEY: panel.apiKey,
  };
}

/** Runs a dashboard that orders a server, and kills it the moment the panel has the order. */
async function dieBetweenReserveAndPost(): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, directory, EMAIL, PASSWORD, OPERATION], {
    env: { ...process.env, ...environment(), DATA_DIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await Promise.race([
      panel.arrived('POST /servers'),
      once(child, 'exit').then(([code]) =>
        Promise.reject(new Error(`The child ended with ${String(code)} too early.`)),
      ),
    ]);
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** Starts again on the same data, as the next process would. */
async function startAgain() {
  const database = await openEmbedded({ directory: join(directory, 'database') });
  const dashboard = await openTestDashboard({ database, environment: environment() });
  const person = await dashboard.signIn(EMAIL);
  return {
    dashboard,
    person,
    async end() {
      await dashboard.end();
      await database.close();
    },
  };
}

test(
  'L5: killed between reserve and post, and the panel made the server: the next start posts the hold',
  { timeout: TIMEOUT_MS },
  async () => {
    panel.fail('POST /servers', 'hold_back');
    await dieBetweenReserveAndPost();
    panel.release();
    await expect.poll(() => panel.servers.size).toBe(1);

    const { dashboard, person, end } = await startAgain();
    try {
      expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 100, held: 60, available: 40 });
      await dashboard.startSweeping();
      expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 40, held: 0, available: 40 });
      const { body } = await dashboard.send<ServersAnswer>('/api/servers', { as: person });
      expect(body.data.servers).toMatchObject([{ status: 'running', total_cost: 60 }]);
      // The browser that never got a response asks again, with its key.
      const again = await order(dashboard, person);
      expect(again.status).toBe(201);
      expect(again.body.server_id).toBe(body.data.servers[0]?.id);
      expect(panel.servers.size).toBe(1);
      expect((await dashboard.ledger.verify()).ok).toBe(true);
    } finally {
      await end();
    }
  },
);

test(
  'L5: killed between reserve and post, and the panel made nothing: the next start voids the hold',
  { timeout: TIMEOUT_MS },
  async () => {
    panel.fail('POST /servers', 'hang');
    await dieBetweenReserveAndPost();

    const { dashboard, person, end } = await startAgain();
    try {
      expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 100, held: 60, available: 40 });
      await dashboard.startSweeping();
      expect((await dashboard.ledger.balance(person.id)).balance).toEqual({ posted: 100, held: 0, available: 100 });
      const again = await order(dashboard, person);
      expect(again.status).toBe(409);
      expect(again.body.code).toBe('provisioning_failed');
      expect(panel.servers.size).toBe(0);
      expect((await dashboard.ledger.verify()).ok).toBe(true);
    } finally {
      await end();
    }
  },
);

type Started = Awaited<ReturnType<typeof startAgain>>;

function order(dashboard: Started['dashboard'], person: Started['person']) {
  return dashboard.send<Either<ServerCreateAnswer> & Pick<Failure, 'code'>>('/api/servers/create', {
    as: person,
    body: SPARK,
    headers: { 'idempotency-key': OPERATION },
  });
}
