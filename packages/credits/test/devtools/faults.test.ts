// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFaults, SLOW_MS, type Fault } from '../../src/devtools/faults.ts';

const API = 'http://localhost:3000/api/credits';

let sent: string[] = [];
let uninstall = (): void => undefined;
let answer = (): Response => new Response('the server');
const original = vi.fn<typeof fetch>();

beforeEach(() => {
  window.location.href = 'http://localhost:3000/';
  sent = [];
  answer = () => new Response('the server');
  original.mockImplementation(async (input) => {
    sent.push(String(input));
    return answer();
  });
  window.fetch = original;
});
afterEach(() => {
  uninstall();
  vi.useRealTimers();
});

function install(options: { affects?: (url: URL) => boolean } = {}) {
  const faults = createFaults({ window, ...options });
  uninstall = faults.install();
  return faults;
}

test('without a fault every request passes as it is', async () => {
  const faults = install();
  expect(await (await window.fetch(API)).text()).toBe('the server');
  expect(faults.getState()).toMatchObject({ fault: 'none', hits: 0 });
});

test.each<[Fault, number, string]>([
  ['unavailable', 503, 'application/problem+json'],
  ['bad-gateway', 502, 'text/html'],
])('%s is not answered by the server, which never gets the request', async (fault, status, type) => {
  install().setFault(fault);
  const response = await window.fetch(API);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain(type);
  expect(sent).toEqual([]);
});

test('a lost answer is one that the server gave', async () => {
  const faults = install();
  faults.setFault('lost-answers');
  await expect(window.fetch(API, { method: 'POST' })).rejects.toThrow(TypeError);
  expect(sent).toEqual([API]);
  expect(faults.getState().hits).toBe(1);
});

test('a slow answer comes after its time, and not to someone who gave up', async () => {
  vi.useFakeTimers();
  install().setFault('slow');
  let arrived = false;
  const answered = window.fetch(API).then(() => (arrived = true));
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  expect(arrived).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await answered;

  const given = new AbortController();
  const refused = window.fetch(API, { signal: given.signal });
  given.abort();
  await expect(refused).rejects.toThrow('given up');
});

test('silence lasts until the caller gives up, however the request is written', async () => {
  install().setFault('silent');
  for (const write of [
    (signal: AbortSignal) => window.fetch(API, { signal }),
    (signal: AbortSignal) => window.fetch(new window.Request(API, { signal })),
  ]) {
    const given = new AbortController();
    const silent = write(given.signal);
    given.abort();
    await expect(silent).rejects.toThrow('given up');
  }
  expect(sent).toEqual([]);
});

test('offline is said to the whole page, and taken back', async () => {
  const received: string[] = [];
  for (const name of ['online', 'offline'] as const) window.addEventListener(name, () => received.push(name));
  const faults = install();
  faults.setFault('offline');
  expect(window.navigator.onLine).toBe(false);
  await expect(window.fetch(API)).rejects.toThrow(TypeError);
  expect(sent).toEqual([]);
  faults.setFault('slow');
  expect(window.navigator.onLine).toBe(true);
  expect(received).toEqual(['offline', 'online']);
});

test('navigations, other origins and what the host excludes are left alone', async () => {
  install().setFault('offline');
  const others = ['http://localhost:3000/earn?_rsc=1', 'http://elsewhere.test/api/credits'];
  for (const url of others) expect((await window.fetch(url)).ok).toBe(true);
  uninstall();
  install({ affects: (url) => url.pathname.startsWith('/wallet') }).setFault('offline');
  expect((await window.fetch(API)).ok).toBe(true);
  await expect(window.fetch('/wallet/me')).rejects.toThrow(TypeError);
});

test('a stream that passes through can be cut, and its frames lost, kept back and repeated', async () => {
  let server: ReadableStreamDefaultController<Uint8Array> | undefined;
  answer = () =>
    new Response(new ReadableStream({ start: (controller) => void (server = controller) }), {
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
  const frame = (version: number) => `event: snapshot\ndata: ${version}\n\n`;
  const send = (version: number) => server?.enqueue(new TextEncoder().encode(frame(version)));
  const faults = install();
  const reader = (await window.fetch(`${API}/stream`)).body?.getReader();
  const read = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(faults.getState().streams).toBe(1);

  faults.dropNext();
  send(1);
  send(2);
  expect(await read()).toBe(frame(2));
  expect(faults.getState().dropping).toBe(0);
  expect(faults.repeat('earlier')).toBe(false);
  expect(faults.repeat('newest')).toBe(true);
  expect(await read()).toBe(frame(2));

  faults.setBuffering(true);
  send(3);
  await vi.waitFor(() => expect(faults.getState().hits).toBe(3));
  faults.setBuffering(false);
  expect(await read()).toBe(frame(3));

  faults.cut();
  await expect(read()).rejects.toThrow('network error');
  expect(faults.getState().streams).toBe(0);
});

test('taken out, it leaves the page as it was', async () => {
  const faults = install();
  faults.setFault('offline');
  faults.setBuffering(true);
  faults.dropNext();
  uninstall();
  expect(window.fetch).toBe(original);
  expect(window.navigator.onLine).toBe(true);
  expect(faults.getState()).toMatchObject({ fault: 'none', buffering: false, dropping: 0 });
});

test('taken out from under another wrapper, it only passes on', async () => {
  const faults = install();
  const ours = window.fetch;
  window.fetch = (input, init) => ours(input, init);
  const theirs = window.fetch;
  faults.setFault('offline');
  uninstall();
  expect(window.fetch).toBe(theirs);
  expect(await (await window.fetch(API)).text()).toBe('the server');
});
