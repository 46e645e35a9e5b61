import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { NotificationListener } from '../../../src/ledger/postgres/notification-listener.ts';

// The connection for notifications against a real server: when something may be missed, it says so.

const LONG = { timeout: 20_000, interval: 10 };

let publisher: Client;
let stops: (() => Promise<unknown>)[] = [];
let count = 0;

beforeEach(async () => {
  publisher = new Client({ connectionString: inject('postgresUrl') });
  await publisher.connect();
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
  await publisher.end();
});

/** A proxy that can fall silent without closing anything, as a broken network does. */
async function openProxy() {
  const target = new URL(inject('postgresUrl'));
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    pairs.add([inner, outer]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    connections: () => pairs.size,
    fallSilent(): void {
      for (const [inner, outer] of pairs) {
        inner.unpipe(outer);
        outer.unpipe(inner);
        inner.resume();
        outer.resume();
      }
    },
  };
}

function listen(url: string, publish?: (channel: string, payload: string) => Promise<unknown>) {
  const channel = `listener_test_${process.pid}_${(count += 1)}`;
  const received: string[] = [];
  const connected: boolean[] = [];
  const warnings: string[] = [];
  const notify = (payload: string): Promise<unknown> => publisher.query('SELECT pg_notify($1, $2)', [channel, payload]);
  const listener = new NotificationListener({
    config: { connectionString: url },
    channel,
    onNotification: (payload) => received.push(payload),
    publish: (payload) => (publish === undefined ? notify(payload) : publish(channel, payload)),
    onConnected: (isConnected) => connected.push(isConnected),
    onWarning: (message) => warnings.push(message),
    heartbeatMs: 20,
    timeoutMs: 1_000,
  });
  stops.push(() => listener.stop());
  return { received, connected, warnings, notify };
}

test('a connection counts as connected once its probe arrived, and delivers what others publish only', async () => {
  const { received, connected, warnings, notify } = listen(inject('postgresUrl'));
  await vi.waitFor(() => expect(connected).toEqual([true]), LONG);
  await notify('probe of-another-process');
  await notify('somebody user:1');
  await vi.waitFor(() => expect(received).toEqual(['somebody user:1']), LONG);
  expect(warnings).toEqual([]);
});

test('a connection that is cut is opened again, and receives from then on', async () => {
  const { received, connected, notify } = listen(inject('postgresUrl'));
  await vi.waitFor(() => expect(connected).toEqual([true]), LONG);
  // By its name, of which this file has one: its last statement may be an empty one.
  await vi.waitFor(async () => {
    if (connected.length === 1) {
      await publisher.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'realtime-credits listener' AND (query = '' OR query LIKE 'LISTEN "listener_test%')`,
      );
    }
    expect(connected).toEqual([true, false, true]);
  }, LONG);
  await notify('somebody user:1');
  await vi.waitFor(() => expect(received).toEqual(['somebody user:1']), LONG);
});

test('a connection that dies in silence is noticed and opened again', async () => {
  const proxy = await openProxy();
  const { connected, warnings } = listen(proxy.url);
  await vi.waitFor(() => expect(connected).toEqual([true]), LONG);
  expect(proxy.connections()).toBe(1);
  proxy.fallSilent();
  await vi.waitFor(() => expect(connected).toEqual([true, false, true]), LONG);
  expect(proxy.connections()).toBe(2);
  expect(warnings).toEqual([
    'The connection for notifications does not respond: changes by other processes are noticed later.',
  ]);
});

test('a connection on which no probe arrives never counts as connected, and is probed again and again', async () => {
  const published: string[] = [];
  // As behind a pooler in transaction mode: LISTEN succeeds, and notifications go elsewhere.
  const { connected } = listen(inject('postgresUrl'), async (_channel, payload) => published.push(payload));
  await vi.waitFor(() => expect(published.length).toBeGreaterThan(3), LONG);
  expect(new Set(published).size).toBe(1);
  expect(connected).toEqual([]);
});
