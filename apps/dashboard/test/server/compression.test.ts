import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error -- a script without types
import { compressFiles } from '../../../../scripts/setup/compress-files.mjs';
import { createBuiltFiles } from '../../server/http/built-files.ts';
import { nextAddress, openTestDashboard, ORIGIN, type TestDashboard } from './support/dashboard.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';

const SCRIPT = `export const text = '${'Credits are whole numbers. '.repeat(100)}';\n`;

let build: string;
let dashboard: TestDashboard;

beforeAll(async () => {
  build = await mkdtemp(join(tmpdir(), 'built-files-'));
  await mkdir(join(build, 'static/chunks'), { recursive: true });
  await writeFile(join(build, 'static/chunks/one.js'), SCRIPT);
  await writeFile(join(build, 'static/chunks/short.js'), 'export {};');
  await compressFiles(join(build, 'static'));
  dashboard = await openTestDashboard();
});
afterAll(async () => {
  await dashboard.end();
  await rm(build, { recursive: true, force: true });
});

/** Asks for a file as browsers do, without anything that decompresses it on the way. */
async function load(path: string, encodings: string): Promise<{ response: IncomingMessage; body: Buffer }> {
  const serve = createBuiltFiles(build);
  const server = createServer((asked, response) => {
    if (!serve(asked, response)) response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, path, headers: { 'accept-encoding': encodings } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = await buffer(response);
  server.close();
  server.closeAllConnections();
  return { response, body };
}

test.each([
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['', undefined, (body: Buffer) => body],
] as const)('a built script is sent as browsers accept it: %j', async (accepted, encoding, read) => {
  const { response, body } = await load('/_next/static/chunks/one.js', accepted);
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-encoding']).toBe(encoding);
  expect(response.headers['content-type']).toMatch(/javascript/);
  expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(response.headers['content-length']).toBe(String(body.length));
  expect(read(body).toString()).toBe(SCRIPT);
  // What is sent as it is can be read by everybody.
  expect(String(response.headers.vary)).toMatch(encoding === undefined ? /undefined/ : /accept-encoding/i);
});

test.each([
  '/_next/static/chunks/short.js',
  '/_next/static/chunks/none.js',
  '/_next/static/../static/chunks/one.js',
  '/',
])('what was not compressed when it was built is left to Next: %s', async (path) => {
  expect((await load(path, 'br')).response.statusCode).toBe(404);
});

test('lists are compressed for clients that accept it, and event streams never', async () => {
  const person = await dashboard.signUp('Compressed');
  await dashboard.grant(person, 100);
  const ask = (path: string) =>
    dashboard.fetch(
      new Request(ORIGIN + path, {
        headers: { cookie: person.cookie, 'accept-encoding': 'gzip', [CLIENT_ADDRESS_HEADER]: nextAddress() },
      }),
    );
  const list = await ask('/api/activity?limit=5');
  expect(list.headers.get('content-encoding')).toBe('gzip');
  const { data } = JSON.parse(gunzipSync(Buffer.from(await list.arrayBuffer())).toString()) as {
    data: { items: unknown[] };
  };
  expect(data.items).toHaveLength(1);

  const stream = await ask('/api/credits/stream');
  expect(stream.headers.get('content-type')).toMatch(/event-stream/);
  expect(stream.headers.get('content-encoding')).toBeNull();
  await stream.body?.cancel();
});
