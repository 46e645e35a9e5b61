import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { startServer, type PreparePages, type RunningServer } from '../../server/start.ts';

// What reaches the server's socket, in every form that HTTP has.

const warnings: string[] = [];
let directory: string;
let server: RunningServer;

/** In place of Next: says what a page is asked for. */
const echoPages: PreparePages = async () => ({
  handle: async (request: IncomingMessage, response) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, host: headers.host, id: headers['x-request-id'] }));
  },
  close: async () => undefined,
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashboard-requests-'));
  const config = parseConfig({ DEMO: '0', PORT: '0', DATA_DIR: directory }, directory);
  server = await startServer(
    config,
    { info: () => undefined, warn: (message) => void warnings.push(message) },
    echoPages,
  );
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Sends lines as they are, and reads the response until the server closes. */
async function sendRaw(...lines: string[]): Promise<{ status: number; head: string; body: string }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const end = text.indexOf('\r\n\r\n');
  return { status: Number(text.split(' ')[1]), head: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) };
}

test('A12: OPTIONS * asks what the server takes; * with another method is malformed', async () => {
  const options = await sendRaw('OPTIONS * HTTP/1.1', 'Host: x');
  expect(options.status).toBe(204);
  expect(options.head).toContain('allow: get, head, post, delete, options');
  expect((await sendRaw('GET * HTTP/1.1', 'Host: x')).status).toBe(400);
});

test('A12: an absolute request target is its path, and its host replaces the header', async () => {
  const page = await sendRaw('GET http://panel.example/servers?id=1 HTTP/1.1', 'Host: evil.example');
  expect(page.status).toBe(200);
  expect(page.body).toContain('"url":"/servers?id=1","host":"panel.example"');
  expect((await sendRaw('GET http://panel.example/api/health/live HTTP/1.1', 'Host: x')).status).toBe(200);
  expect((await sendRaw('GET HTTP://panel.example HTTP/1.1', 'Host: x')).body).toContain('"url":"/"');
});

test('A12: a request of HTTP/1.0 needs no host, as the health check of a load balancer; HTTP/1.1 needs one', async () => {
  for (const method of ['GET', 'HEAD']) {
    expect((await sendRaw(`${method} /api/health/ready HTTP/1.0`)).status).toBe(200);
  }
  expect((await sendRaw('GET /servers HTTP/1.0')).status).toBe(200);
  expect((await sendRaw('GET /api/health/ready HTTP/1.1')).status).toBe(400);
});

test.each(['panel.example@evil.example', '99999999999999999999', 'a b', 'panel.example/x', '[', 'x:y', '\\'])(
  'A12: a Host that is none is refused, of pages and of routes: %s',
  async (host) => {
    for (const path of ['/servers', '/api/health/live']) {
      expect((await sendRaw(`GET ${path} HTTP/1.1`, `Host: ${host}`)).status).toBe(400);
    }
  },
);

test.each(['http://a:b@panel.example/', 'ftp://panel.example/', 'http://[', 'http:///'])(
  'A12: the request target %s is refused, and not by a failure of ours',
  async (target) => {
    expect((await sendRaw(`GET ${target} HTTP/1.1`, 'Host: x')).status).toBe(400);
  },
);

test.each(['/api/health/live', '/api/nothing', '/r/nothing.json', '/docs/nothing', '/', '/servers'])(
  'A12: HEAD %s has the status and headers of GET, and no body',
  async (path) => {
    const [head, get] = [
      await sendRaw(`HEAD ${path} HTTP/1.1`, 'Host: x'),
      await sendRaw(`GET ${path} HTTP/1.1`, 'Host: x'),
    ];
    expect([head.status, head.body]).toEqual([get.status, '']);
  },
);

test('A12: a page has no other methods, and says so; a route of the API names its own', async () => {
  const options = await sendRaw('OPTIONS /servers HTTP/1.1', 'Host: x');
  expect([options.status, options.head.includes('allow: get, head')]).toEqual([204, true]);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
    const page = await sendRaw(`${method} /servers HTTP/1.1`, 'Host: x');
    expect([method, page.status, page.head.includes('allow: get, head')]).toEqual([method, 405, true]);
  }
  expect((await sendRaw('OPTIONS /api/user/me HTTP/1.1', 'Host: x')).head).toContain('allow: get');
});

test('a form that is sent to a page shows the page, and its content reaches nothing', async () => {
  const page = await sendRaw('POST /sign-in HTTP/1.1', 'Host: x', 'Next-Action: x', 'Content-Length: 0');
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('"method":"GET","url":"/sign-in"')]);
});

test('A7: a path of the API with a trailing slash is the same route', async () => {
  for (const path of ['/api/health/live/', '/api/health/live//', '/api/health/live/?a=1']) {
    expect((await fetch(`${server.url}${path}`)).status, `GET ${path}`).toBe(200);
  }
  const me = await fetch(`${server.url}/api/user/me/`);
  expect([me.status, ((await me.json()) as { code: string }).code]).toEqual([401, 'unauthenticated']);
  const signIn = await fetch(`${server.url}/api/auth/sign-in/email/`, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.test', password: 'nothing-of-ours' }),
  });
  expect(signIn.status).toBe(401);
});

test('every response has a request id, pages and malformed requests included', async () => {
  const paths = ['/', '/api/health/live', '/api/credits', '/r/nothing.json', '/docs/nothing', '/%zz'];
  const ids = new Set<string>();
  for (const path of paths) {
    const response = await fetch(`${server.url}${path}`, { headers: { 'x-request-id': 'chosen-by-a-stranger' } });
    expect(response.headers.get('x-request-id'), `GET ${path}`).toMatch(/^[\da-f-]{36}$/);
    ids.add(response.headers.get('x-request-id') ?? '');
    await response.text();
  }
  expect(ids.size).toBe(paths.length);
  expect((await sendRaw('OPTIONS * HTTP/1.1', 'Host: x')).head).toMatch(/x-request-id: [\da-f-]{36}/);
});

test('C13: forwarded headers that are not trusted are warned of once, and so is a missing PUBLIC_URL', async () => {
  warnings.length = 0;
  for (let index = 0; index < 3; index += 1) {
    await fetch(`${server.url}/api/health/live`, { headers: { 'x-forwarded-for': '198.51.100.1' } });
  }
  expect(warnings).toEqual([expect.stringContaining('TRUST_PROXY is not set')]);
  for (let index = 0; index < 3; index += 1) {
    await fetch(`${server.url}/api/health/live`, { headers: { 'x-forwarded-proto': 'https' } });
  }
  expect(warnings).toEqual([expect.anything(), expect.stringContaining('PUBLIC_URL is not set')]);
});

test('every refusal has one form, better-auth’s included: a code, a sentence, and the id of the request', async () => {
  const send = (path: string, body?: object) =>
    fetch(`${server.url}/api/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const person = { email: 'nobody@example.test', password: 'nothing-of-ours', name: 'Somebody' };
  const refused = [
    ['unauthenticated', await send('auth/two-factor/enable', { password: 'x' })],
    ['unauthenticated', await send('user/me')],
    ['INVALID_EMAIL_OR_PASSWORD', await send('auth/sign-in/email', { email: person.email, password: 'x' })],
    ['PASSWORD_TOO_SHORT', await send('auth/sign-up/email', { ...person, password: 'x' })],
    ['not_found', await send('auth/nothing')],
  ] as const;
  for (const [code, response] of refused) {
    const id = response.headers.get('x-request-id');
    const body: unknown = await response.json();
    expect(body).toMatchObject({
      success: false,
      code,
      requestId: id,
      status: response.status,
      detail: expect.any(String),
    });
  }
});
