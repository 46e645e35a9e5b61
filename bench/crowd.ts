/**
 * Many people with one stream each, and the server that they are connected to, which can be killed and started again. The
 * clients are raw sockets of this process. They reconnect by themselves, with the version that they have.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cookieOf, usernameOf, type CrowdAnswer, type CrowdFigures, type CrowdOrder } from './crowd-people.ts';

/** A client waits for up to so long before it connects again. */
const RECONNECT_MS = 1_000;
const START_MS_MAX = 300_000;
const DASHBOARD = join(import.meta.dirname, '../apps/dashboard');

interface Client {
  socket: Socket | null;
  isOpen: boolean;
  lastEventId: string;
  version: number;
  available: number;
}

export class Crowd {
  readonly clients: Client[];
  readonly #directory = mkdtempSync(join(tmpdir(), 'crowd-'));
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #server: ChildProcess | null = null;
  #port = 0;
  #isStopping = false;
  /** Streams that were opened so far. */
  opened = 0;

  constructor(people: number) {
    this.clients = Array.from({ length: people }, () => ({
      socket: null,
      isOpen: false,
      lastEventId: '',
      version: -1,
      available: -1,
    }));
  }

  /** Starts the server, the second time on the same port. */
  async start(): Promise<void> {
    const { length } = this.clients;
    const server = fork(
      join(DASHBOARD, 'test/server/support/crowd-server.ts'),
      [this.#directory, `${length}`, `${this.#port}`],
      {
        execArgv: ['--expose-gc', '--import', 'tsx'],
        cwd: DASHBOARD,
      },
    );
    this.#server = server;
    this.#port = (await this.#receive('listening')).port;
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGKILL');
    if (server !== null) await ended;
  }

  connectAll(): void {
    for (const [index, client] of this.clients.entries()) this.#connect(index, client);
  }

  /** Resolves once every client has a stream. */
  async whenOpen(): Promise<void> {
    const endsAt = performance.now() + START_MS_MAX;
    while (!this.clients.every(({ isOpen }) => isOpen)) {
      if (performance.now() > endsAt) throw new Error(`${this.openCount} of ${this.clients.length} are connected.`);
      await wait(20);
    }
  }

  get openCount(): number {
    return this.clients.filter(({ isOpen }) => isOpen).length;
  }

  /** Closes a client's connection; it connects again. */
  cut(index: number): void {
    this.clients[index]?.socket?.destroy();
  }

  async measure(): Promise<CrowdFigures> {
    this.send({ do: 'measure' });
    return this.#receive('measured');
  }

  send(order: CrowdOrder): void {
    this.#server?.send(order);
  }

  /** Sends a credit from one to another. Resolves to the status of the response. */
  transfer(from: number, to: number): Promise<number> {
    return this.ask(from, '/api/transfers', JSON.stringify({ to_username: usernameOf(to), amount: 1 }));
  }

  /** Sends a request of somebody. Rejects when there is no response. */
  ask(index: number, path: string, body?: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.#port,
          path,
          method: body === undefined ? 'GET' : 'POST',
          headers: { cookie: cookieOf(index), 'content-type': 'application/json' },
        },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
          response.once('error', reject);
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** Compares what each client has with the ledger. Resolves to the differences once nothing changes any more. */
  async compare(): Promise<string[]> {
    for (let look = 0; ; look += 1) {
      this.send({ do: 'balances' });
      const { ok, versions, available } = await this.#receive('balances');
      const differences = this.clients.flatMap((client, index) => {
        if (client.version === versions[index] && client.available === available[index]) return [];
        return [
          `Client ${index} has ${client.available} at ${client.version}; the ledger ${available[index]} at ${versions[index]}.`,
        ];
      });
      if (!ok) differences.push('The ledger does not verify.');
      // Frames may still be on their way.
      if (differences.length === 0 || look === 10) return differences;
      await wait(1_000);
    }
  }

  async end(): Promise<void> {
    this.#isStopping = true;
    for (const { socket } of this.clients) socket?.destroy();
    this.#agent.destroy();
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #receive<Kind extends CrowdAnswer['is']>(kind: Kind): Promise<Extract<CrowdAnswer, { is: Kind }>> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const listener = (message: CrowdAnswer): void => {
        if (message.is !== kind) return;
        stop();
        resolve(message as Extract<CrowdAnswer, { is: Kind }>);
      };
      const fail = (): void => {
        stop();
        reject(new Error(`The server ended, or said nothing of "${kind}".`));
      };
      const timer = setTimeout(fail, START_MS_MAX);
      const stop = (): void => {
        clearTimeout(timer);
        server?.off('message', listener);
        server?.off('exit', fail);
      };
      server?.on('message', listener);
      server?.once('exit', fail);
    });
  }

  #connect(index: number, client: Client): void {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    client.socket = socket;
    let received = '';
    socket.setEncoding('latin1');
    socket.once('connect', () => {
      const known = client.lastEventId === '' ? '' : `last-event-id: ${client.lastEventId}\r\n`;
      socket.write(
        `GET /api/credits/stream HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\ncookie: ${cookieOf(index)}\r\n${known}\r\n`,
      );
    });
    socket.on('data', (chunk: string) => {
      received += chunk;
      const end = received.lastIndexOf('\n\n');
      if (end === -1) return;
      for (const [, id = '', data = ''] of received.slice(0, end + 2).matchAll(/id: (\S+)\ndata: (.+)\n\n/g)) {
        const { version, balance } = JSON.parse(data) as { version: number; balance: { available: number } };
        client.lastEventId = id;
        client.version = version;
        client.available = balance.available;
        if (!client.isOpen) this.opened += 1;
        client.isOpen = true;
      }
      received = received.slice(end + 2);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      client.isOpen = false;
      if (!this.#isStopping) setTimeout(() => this.#connect(index, client), randomInt(RECONNECT_MS)).unref();
    });
  }
}
