import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { createListener } from '../../src/ledger/listener.ts';

// The connection for hints against a real server: what may be missed is known, also where nobody says so.

const LONG = { timeout: 20_000, interval: 10 };

let speaker: Client;
let stops: (() => Promise<unknown>)[] = [];
let count = 0;

beforeEach(async () => {
  speaker = new Client({ connectionString: inject('postgresUrl') });
  await speaker.connect();
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
  await speaker.end();
});

/** A proxy that can fall silent without closing anything, as a network does that loses its way. */
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

function listen(url: string, say?: (channel: string, payload: string) => Promise<unknown>) {
  const channel = `listener_test_${process.pid}_${(count += 1)}`;
  const heard: string[] = [];
  const hearing: boolean[] = [];
  const warnings: string[] = [];
  const notify = (payload: string): Promise<unknown> => speaker.query('SELECT pg_notify($1, $2)', [channel, payload]);
  const stop = createListener({
    url,
    channel,
    listener: (payload) => heard.push(payload),
    say: (payload) => (say === undefined ? notify(payload) : say(channel, payload)),
    onHearing: (isHearing) => hearing.push(isHearing),
    onWarning: (message) => warnings.push(message),
    beatMs: 20,
    patienceMs: 1_000,
  });
  stops.push(stop);
  return { heard, hearing, warnings, notify };
}

test('a connection counts as hearing once it has heard, and passes on what others say only', async () => {
  const { heard, hearing, warnings, notify } = listen(inject('postgresUrl'));
  await vi.waitFor(() => expect(hearing).toEqual([true]), LONG);
  await notify('proof:of-another-process');
  await notify('somebody user:1');
  await vi.waitFor(() => expect(heard).toEqual(['somebody user:1']), LONG);
  expect(warnings).toEqual([]);
});

test('a connection that is cut is made again, and hears from then on', async () => {
  const { heard, hearing, notify } = listen(inject('postgresUrl'));
  await vi.waitFor(() => expect(hearing).toEqual([true]), LONG);
  // By its name, of which this file has one: its last statement may be an empty one.
  await vi.waitFor(async () => {
    if (hearing.length === 1) {
      await speaker.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'realtime-credits listener' AND (query = '' OR query LIKE 'LISTEN "listener_test%')`,
      );
    }
    expect(hearing).toEqual([true, false, true]);
  }, LONG);
  await notify('somebody user:1');
  await vi.waitFor(() => expect(heard).toEqual(['somebody user:1']), LONG);
});

test('a connection that dies in silence is noticed, given up and made again', async () => {
  const proxy = await openProxy();
  const { hearing, warnings } = listen(proxy.url);
  await vi.waitFor(() => expect(hearing).toEqual([true]), LONG);
  expect(proxy.connections()).toBe(1);
  proxy.fallSilent();
  await vi.waitFor(() => expect(hearing).toEqual([true, false, true]), LONG);
  expect(proxy.connections()).toBe(2);
  expect(warnings).toEqual(['The connection for hints does not answer: it is made again.']);
});

test('a connection on which nothing comes back is never taken to hear, and is tried again and again', async () => {
  const said: string[] = [];
  // As behind a pooler in transaction mode: LISTEN succeeds, and what is said reaches somebody else.
  const { hearing } = listen(inject('postgresUrl'), async (_channel, payload) => said.push(payload));
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(3), LONG);
  expect(new Set(said).size).toBe(1);
  expect(hearing).toEqual([]);
});
