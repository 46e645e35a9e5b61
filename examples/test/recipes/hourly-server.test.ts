import { expect, test, vi } from 'vitest';
import { listUnpaid, resizeServer, startServer, stopServer, watchServers } from '../../recipes/hourly-server.ts';
import { expectRefusal, useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const HOUR_MS = 3_600_000;

test('a server is charged by the hour, and its first hour in any case', async () => {
  const account = await bench.openAccount(100);
  const server = { account, server: 'server-1', creditsPerHour: 6 };
  const rate = await startServer(bench.ledger, server, 'order-1');
  expect(await startServer(bench.ledger, server, 'order-1')).toBe(rate);
  expect(await bench.readAvailable(account)).toBe(94);
  bench.time.nowMs += HOUR_MS + 25 * 60_000;
  expect(await bench.readAvailable(account)).toBe(92);
  await stopServer(bench.ledger, account, rate);
  await stopServer(bench.ledger, account, rate);
  bench.time.nowMs += HOUR_MS;
  expect(await bench.readAvailable(account)).toBe(92);
});

test('a server that cannot be paid for an hour is not started', async () => {
  const account = await bench.openAccount(5);
  const server = { account, server: 'server-2', creditsPerHour: 6 };
  await expectRefusal(startServer(bench.ledger, server, 'order-2'), 'insufficient_credits');
});

test('a resized server has its new price from that instant on, however often it is sent', async () => {
  const account = await bench.openAccount(100);
  const server = { account, server: 'server-3', creditsPerHour: 6 };
  const rate = await startServer(bench.ledger, server, 'order-3');
  bench.time.nowMs += 2 * HOUR_MS;
  const larger = { ...server, creditsPerHour: 12, rate };
  const resized = await resizeServer(bench.ledger, larger, 'resize-3');
  expect(await resizeServer(bench.ledger, larger, 'resize-3')).toBe(resized);
  bench.time.nowMs += 2 * HOUR_MS;
  expect(await bench.readAvailable(account)).toBe(100 - 12 - 24);
  await stopServer(bench.ledger, account, resized);
});

test('servers that nothing pays for are listed, until a top-up arrives, and are watched', async () => {
  const account = await bench.openAccount(6);
  await startServer(bench.ledger, { account, server: 'server-4', creditsPerHour: 6 }, 'order-4');
  const paused: string[][] = [];
  const errors: unknown[] = [];
  const setPaused = (of: string, servers: string[]): void => {
    if (of === account) paused.push(servers);
  };
  const stop = watchServers(bench.ledger, setPaused, (error) => errors.push(error));
  bench.time.nowMs += HOUR_MS;
  expect(await listUnpaid(bench.ledger, account)).toEqual(['server-4']);
  await vi.waitFor(() => expect(paused.at(-1)).toEqual(['server-4']));
  const topUp = { actor: 'system:payments', reason: 'Top-up', idempotencyKey: 'top-up', account, amount: 60 };
  await bench.ledger.grant(topUp);
  await vi.waitFor(() => expect(paused.at(-1)).toEqual([]));
  stop();
  expect(errors).toEqual([]);
});
