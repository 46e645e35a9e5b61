import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { checkNode, type Finding } from '../../src/cli/doctor.ts';
import { checkHints } from '../../src/cli/doctor-server.ts';
import { checkStream } from '../../src/cli/doctor-stream.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { toNodeListener } from '../../src/http/to-node-listener.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createHost } from '../support/host.ts';
import { collect, createFolder, runProgram } from './program.ts';

let database: Database;
let ledger: Ledger;
const servers: Server[] = [];
const folder = createFolder();

beforeAll(async () => {
  database = await openEmbeddedDatabase();
  ledger = await createLedger({ database });
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});
afterAll(async () => {
  await ledger.close();
  await database.close();
  folder.remove();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SESSION = { cookie: 'session=user' };
const look = (origin: string, headers: Record<string, string> = SESSION): Promise<Finding[]> =>
  collect(checkStream(origin, headers, { answerMsMax: 500, firstEventMsMax: 300 }));

const findStream = (findings: Finding[]): Finding | undefined => findings.find(({ about }) => about === 'stream');

test('the stream of a host is found unbuffered', async () => {
  const findings = await collect(checkStream(await serve(toNodeListener(createHost(ledger))), SESSION));
  expect(findings.map(({ status, about }) => `${status} ${about}`)).toEqual([
    'ok stream headers',
    'ok stream',
    'ok HTTP version',
  ]);
  expect(findStream(findings)?.message).toContain('the first event arrived');
});

test('without a session it asks for one', async () => {
  const [finding] = await look(await serve(toNodeListener(createHost(ledger))), {});
  expect(finding).toMatchObject({ status: 'warn', about: 'stream' });
  expect(finding?.message).toContain('answers 401: give the headers of a session');
});

const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

test.each<[string, RequestListener, string]>([
  [
    'holds events back',
    (_, response) => response.writeHead(200, EVENT_STREAM).flushHeaders(),
    'no event within 0.3 s: a proxy holds it back',
  ],
  [
    'holds back half an event',
    (_, response) => response.writeHead(200, EVENT_STREAM).write('event: snapshot\n'),
    'no event within',
  ],
  ['holds back everything', () => undefined, 'does not begin to answer within 0.5 s'],
  ['ends at once', (_, response) => response.writeHead(200, EVENT_STREAM).end(), 'it ended before its first event'],
  [
    'shows a page',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    'answers 200 with text/html',
  ],
  ['sends elsewhere', (_, response) => response.writeHead(302, { location: '/login' }).end(), 'sends to /login'],
  ['knows no such path', (_, response) => response.writeHead(404).end(), 'is the handler at /api/credits?'],
  [
    'breaks off',
    (_, response) => void response.writeHead(200, EVENT_STREAM).write(':', () => response.destroy()),
    'it broke off',
  ],
])('a proxy that %s is a failure', async (_, listener, sentence) => {
  const finding = findStream(await look(await serve(listener)));
  expect(finding?.status).toBe('fail');
  expect(finding?.message).toContain(sentence);
});

test('a dashboard that is not there is a failure', async () => {
  const origin = await serve(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  expect(findStream(await look(origin))).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a proxy that compresses or drops headers is a warning', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'identity, br' });
    response.write('event: snapshot\n\n');
  });
  const messages = (await look(origin)).filter(({ about }) => about === 'stream headers').map(({ message }) => message);
  expect(messages).toEqual([
    expect.stringContaining('compresses the stream'),
    expect.stringContaining('Cache-Control'),
  ]);
});

test.each([
  ['20.19.0', 'ok'],
  ['22.0.0', 'ok'],
  ['20.18.9', 'fail'],
  ['18.20.0', 'fail'],
])('Node %s is %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

test('notifications that never arrive are a warning that names poolers', async () => {
  const deaf = { pool: database.pool, listen: () => async () => undefined };
  const finding = await checkHints(deaf, 300);
  expect(finding).toMatchObject({ status: 'warn', about: 'notifications' });
  expect(finding.message).toContain('session mode');
});

test('an embedded database is looked at from all sides', async () => {
  const directory = folder.path('ledger');
  const before = await runProgram(['doctor', '-d', directory]);
  expect(before.code).toBe(0);
  expect(before.output).toContain(`warn  directory: there is no database in ${directory}`);
  expect((await runProgram(['migrate', '-d', directory])).code).toBe(0);
  const run = await runProgram(['doctor', '-d', directory, '--json']);
  expect(run.code).toBe(0);
  const { ok, findings } = JSON.parse(run.output) as { ok: boolean; findings: Finding[] };
  expect(ok).toBe(true);
  expect(findings.map(({ about, status }) => `${about} ${status}`)).toEqual([
    'Node ok',
    'configuration ok',
    expect.stringMatching(/^disk (ok|warn)$/),
    'directory ok',
    'tables ok',
    'verification warn',
  ]);
});

test('a server that is not there is a failure, and its password is not printed', async () => {
  const origin = await serve(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  const url = `${origin.replace('http://', 'postgres://me:secret@')}/name`;
  const run = await runProgram(['doctor'], { env: { DATABASE_URL: url, DATA_DIR: 'x' } });
  expect(run.code).toBe(1);
  expect(run.output).toContain('fail  server: The database cannot be reached');
  expect(run.output).toContain('DATABASE_URL and DATA_DIR are both set');
  expect(run.output + run.said).not.toContain('secret');
});
