import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findFreePort } from '../support/find-free-port.ts';
import { parseConfig } from '../../server/config.ts';
import { startServer, type PreparePages, type RunningServer } from '../../server/start.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { PASSWORD } from './support/dashboard.ts';

// The configurations of docs/operating.md, as they are there but for the port, the certificate and the address behind.

const NAME = 'panel.example.com';
const ORIGIN = `https://${NAME}`;
const REQUESTS = 1_000;
const AT_ONCE = 20;
const TIMEOUT_MS = 180_000;

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Files {
  directory: string;
  port: number;
  behind: number;
}

/** A text that has to be there exactly once: what the document says has not changed. */
function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`The document does not say “${from}” once.`);
  return text.replace(from, to);
}

/** How each is started on its configuration of the document. */
const PROXIES = {
  nginx: {
    language: 'nginx',
    write({ directory, port, behind }: Files, documented: string) {
      let site = replaceOnce(documented, '127.0.0.1:3000', `127.0.0.1:${behind}`);
      site = replaceOnce(site, 'listen 443 ssl http2', `listen ${port} ssl http2`);
      site = replaceOnce(site, '/etc/ssl/panel.example.com.pem', join(directory, 'cert.pem'));
      site = replaceOnce(site, '/etc/ssl/panel.example.com.key', join(directory, 'key.pem'));
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (what) => `${what}_temp_path ${directory}/${what};`,
      );
      return `daemon off; pid ${directory}/nginx.pid; error_log stderr; events {}
http { access_log off; ${temporary.join(' ')}
${site}}`;
    },
    args: (file: string, directory: string) => ['-e', 'stderr', '-p', directory, '-c', file],
  },
  caddy: {
    language: 'caddyfile',
    write({ directory, port, behind }: Files, documented: string) {
      let site = replaceOnce(documented, '127.0.0.1:3000', `127.0.0.1:${behind}`);
      site = replaceOnce(
        site,
        `${NAME} {\n`,
        `https://${NAME}:${port} {\n  tls ${directory}/cert.pem ${directory}/key.pem\n`,
      );
      return `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`;
    },
    args: (file: string) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

/** In place of Next: says whose request it is. */
const echoPages: PreparePages = async () => ({
  handle: async (received: IncomingMessage, response) => {
    response.end(String(received.headers[CLIENT_ADDRESS_HEADER]));
  },
  close: async () => undefined,
});

let directory: string;
let server: RunningServer | undefined;
let proxy: ChildProcess | undefined;
let agent: Agent;
let port: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashboard-proxies-'));
  agent = new Agent({ keepAlive: true });
});
afterEach(async () => {
  agent.destroy();
  if (proxy !== undefined && proxy.exitCode === null) {
    proxy.kill('SIGTERM');
    await once(proxy, 'exit');
  }
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Sent {
  from?: string;
  headers?: Record<string, string>;
  body?: object;
}

/** Sends a request to the proxy from an address of this machine. Resolves once the head of the response is there. */
async function open(path: string, { from = '127.0.0.1', headers = {}, body }: Sent = {}): Promise<IncomingMessage> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    agent,
    localAddress: from,
    servername: NAME,
    // The certificate is the test's own.
    rejectUnauthorized: false,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      host: NAME,
      origin: ORIGIN,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    },
  });
  sent.end(text);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response.setEncoding('utf8');
}

async function send(path: string, options?: Sent) {
  const response = await open(path, options);
  const text = ((await response.toArray()) as string[]).join('');
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

describe.each(Object.entries(PROXIES))('%s', (program, { language, write, args }) => {
  const installed = isInstalled(program);
  const note = installed ? '' : `, skipped: Debian's package ${program} is not installed`;

  test.skipIf(!installed)(
    `its documented configuration passes events on while ${REQUESTS} requests run${note}`,
    { timeout: TIMEOUT_MS },
    async () => {
      const warnings: unknown[] = [];
      const environment = {
        DEMO: '0',
        PORT: '0',
        DATA_DIR: join(directory, 'data'),
        PUBLIC_URL: ORIGIN,
        TRUST_PROXY: '1',
        REQUESTS_PER_ADDRESS: '100000',
      };
      server = await startServer(
        parseConfig(environment, directory),
        { info: () => undefined, warn: (message: unknown) => warnings.push(message) },
        echoPages,
      );
      const behind = Number(new URL(server.url).port);
      port = await findFreePort();
      const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
      const files = ['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], {
        stdio: 'ignore',
      });
      const document = await readFile(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
      const documented = document.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';
      const file = join(directory, 'proxy.conf');
      await writeFile(file, write({ directory, port, behind }, documented));
      let said = '';
      proxy = spawn(program, args(file, directory), { env: { ...process.env, HOME: directory } });
      for (const stream of [proxy.stdout, proxy.stderr])
        stream?.on('data', (part: Buffer) => (said += part.toString()));
      await vi.waitFor(
        async () => expect((await send('/api/health/ready')).status, `The proxy said: ${said}`).toBe(200),
        {
          timeout: 30_000,
          interval: 200,
        },
      );

      const person = { email: 'somebody@example.test', password: PASSWORD };
      await send('/api/auth/sign-up/email', { body: { ...person, name: 'Somebody' } });
      const signedIn = await send('/api/auth/sign-in/email', { body: person });
      expect(signedIn.status, `Signing in: ${signedIn.text}`).toBe(200);
      const cookie = (signedIn.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
      const { user } = JSON.parse(signedIn.text) as { user: { id: string } };

      const streams = await Promise.all(
        [2, 3, 4].map((host) => open('/api/credits/stream', { from: `127.0.0.${host}`, headers: { cookie } })),
      );
      const received = streams.map(() => '');
      for (const [index, stream] of streams.entries()) {
        expect(stream.statusCode).toBe(200);
        stream.on('data', (part: string) => (received[index] += part));
      }
      await vi.waitFor(() => expect(received.every((text) => text.includes('data:'))).toBe(true), { timeout: 10_000 });

      const statuses: number[] = [];
      const misread: string[] = [];
      let asked = 0;
      const ask = async (): Promise<void> => {
        while (asked < REQUESTS) {
          asked += 1;
          const from = `127.0.0.${10 + (asked % 40)}`;
          const headers = { cookie, 'x-forwarded-for': '198.51.100.1' };
          if (asked % 2 === 0) {
            statuses.push((await send('/api/user/me', { from, headers })).status);
          } else {
            const page = await send('/earn', { from, headers });
            statuses.push(page.status);
            if (page.text !== from) misread.push(`${from} is read as ${page.text}`);
          }
        }
      };
      const asking = Promise.all(Array.from({ length: AT_ONCE }, ask));
      await vi.waitFor(() => expect(statuses.length).toBeGreaterThan(REQUESTS / 10), { timeout: TIMEOUT_MS });
      await server.dashboard.ledger.grant({
        account: user.id,
        amount: 4_321,
        idempotencyKey: 'behind-a-proxy',
        actor: 'system:test',
        reason: 'Behind a proxy',
      });
      await vi.waitFor(() => expect(received.every((text) => text.includes('4321'))).toBe(true), { timeout: 30_000 });
      const answeredBefore = statuses.length;
      await asking;
      for (const stream of streams) stream.destroy();

      expect(answeredBefore).toBeLessThan(REQUESTS);
      expect(statuses).toEqual(Array.from({ length: REQUESTS }, () => 200));
      expect(misread.slice(0, 5)).toEqual([]);
      expect(warnings).toEqual([]);
    },
  );
});
