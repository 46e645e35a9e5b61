import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { createHost } from '../support/host.ts';
import { by, fresh } from '../support/ledger.ts';
import { createNodeClient, type NodeClient } from '../support/node-client.ts';
import { startOwnPostgres } from '../support/postgres.ts';

// Several instances on one Postgres, each with its own pool, ledger and door, and the real follower in front of them.
// Whatever breaks, every client ends at the ledger's number by itself.

const PROGRAM = fileURLToPath(new URL('../support/host-process.ts', import.meta.url));
const ORIGIN = 'https://panel.example';
const LONG = { timeout: 40_000, interval: 20 };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
}, 60_000);

async function openDatabaseUrl(): Promise<string> {
  const { url, drop } = await createPostgresDatabase();
  closing.push(drop);
  return url;
}

interface Instance {
  ledger: Ledger;
  ask(account: string): (url: string, init: RequestInit) => Promise<Response>;
}

async function openInstance(url: string): Promise<Instance> {
  const database = await openDatabase({ url });
  const ledger = await createLedger({ database });
  const host = createHost(ledger);
  closing.push(async () => {
    await host.handler.drain();
    await ledger.close();
    await database.close();
  });
  return {
    ledger,
    ask: (account) => (path, init) => {
      const headers = new Headers(init.headers);
      headers.set('cookie', `session=${account}`);
      headers.set('sec-fetch-site', 'same-origin');
      return host.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
    },
  };
}

function openClient(fetch: (url: string, init: RequestInit) => Promise<Response>): NodeClient {
  const opened = createNodeClient(fetch);
  closing.push(async () => opened.client.close());
  return opened;
}

async function openUser({ ledger }: Instance, credits: number): Promise<string> {
  const account = fresh('user');
  await ledger.openAccount(account);
  await ledger.grant({ ...by('system:test'), account, amount: credits });
  return account;
}

/** Cuts every connection of a kind, as an administrator, a proxy or a failover would. Says how many there were. */
async function cut(url: string, applicationName: string): Promise<number> {
  const administrator = new Client({ connectionString: url });
  await administrator.connect();
  const { rowCount } = await administrator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = $1 AND datname = current_database()`,
    [applicationName],
  );
  await administrator.end();
  return rowCount ?? 0;
}

async function expectAtRest(clients: NodeClient[], number: number): Promise<void> {
  await vi.waitFor(() => {
    expect(clients.map(({ shown }) => shown())).toEqual(clients.map(() => number));
    expect(clients.map(({ isAtRest }) => isAtRest())).toEqual(clients.map(() => true));
  }, LONG);
}

test('a command on any instance is shown by the streams of all of them', async () => {
  const url = await openDatabaseUrl();
  const instances = [await openInstance(url), await openInstance(url), await openInstance(url)] as const;
  const account = await openUser(instances[0], 1_000);
  const clients = instances.map((instance) => openClient(instance.ask(account)));
  await expectAtRest(clients, 1_000);
  await Promise.all(clients.map(({ buy }) => buy(100)));
  await expectAtRest(clients, 700);
  await instances[1].ledger.grant({ ...by('system:test'), account, amount: 5 });
  await expectAtRest(clients, 705);
});

test('what was said while the connections for hints were cut is found all the same', async () => {
  const url = await openDatabaseUrl();
  const [first, second] = [await openInstance(url), await openInstance(url)];
  const account = await openUser(first, 1_000);
  const client = openClient(second.ask(account));
  await expectAtRest([client], 1_000);
  let left = 1_000;
  for (let turn = 0; turn < 5; turn += 1) {
    await vi.waitFor(async () => expect(await cut(url, 'realtime-credits listener')).toBeGreaterThan(0), LONG);
    await first.ledger.spend({ ...by(account), account, amount: 10 });
    left -= 10;
    await expectAtRest([client], left);
  }
});

test('when every connection of the pools is cut again and again, what was bought is bought once', async () => {
  const url = await openDatabaseUrl();
  const instances = [await openInstance(url), await openInstance(url)] as const;
  const account = await openUser(instances[0], 1_000);
  const clients = instances.map((instance) => openClient(instance.ask(account)));
  await expectAtRest(clients, 1_000);
  for (let turn = 0; turn < 6; turn += 1) {
    const bought = clients.flatMap(({ buy }) => [buy(1), buy(2), buy(3)]);
    await cut(url, 'realtime-credits');
    // The follower repeats what had no answer, under the same key.
    await Promise.all(bought);
  }
  await expectAtRest(clients, 1_000 - 6 * 2 * 6);
  expect((await instances[0].ledger.verify(account)).differences).toEqual([]);
});

test('an instance that is killed under load leaves its clients to the next, and nothing is bought twice', async () => {
  const url = await openDatabaseUrl();
  const surviving = await openInstance(url);
  const account = await openUser(surviving, 1_000);
  const { child, origin } = await startProcess(url);
  const cookie = `session=${account}`;
  let isDead = false;
  const client = openClient((path, init) => {
    if (isDead) return surviving.ask(account)(path, init);
    const headers = new Headers(init.headers);
    headers.set('cookie', cookie);
    return fetch(`${origin}${path}`, { ...init, headers });
  });
  await expectAtRest([client], 1_000);
  const bought = Array.from({ length: 40 }, () => client.buy(5));
  await Promise.race(bought);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  isDead = true;
  await ended;
  await Promise.all(bought);
  await expectAtRest([client], 800);
  expect((await surviving.ledger.balance(account)).balance.available).toBe(800);
  expect((await surviving.ledger.verify(account)).differences).toEqual([]);
});

test(
  'when the server stops at once and starts again, all instances and clients go on by themselves',
  { timeout: 120_000 },
  async () => {
    const server = await startOwnPostgres({ durable: true });
    closing.push(() => server.stop());
    const instances = [await openInstance(server.url), await openInstance(server.url)] as const;
    const account = await openUser(instances[0], 1_000);
    const clients = instances.map((instance) => openClient(instance.ask(account)));
    await expectAtRest(clients, 1_000);
    let left = 1_000;
    for (const end of [() => server.stopImmediately(), () => server.kill()]) {
      const bought = clients.flatMap(({ buy }) => [buy(1), buy(2)]);
      await end();
      const meanwhile = clients.map(({ buy }) => buy(4));
      await server.start();
      await Promise.all([...bought, ...meanwhile]);
      left -= 2 * (1 + 2 + 4);
      await expectAtRest(clients, left);
    }
    expect((await instances[1].ledger.verify({ full: true })).differences).toEqual([]);
  },
);

async function startProcess(url: string): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, origin: `http://127.0.0.1:${port}` };
}
