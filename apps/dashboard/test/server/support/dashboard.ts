import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Database } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import type { Failure } from '../../../lib/api.ts';
import { CLIENT_ADDRESS_HEADER } from '../../../server/http/client-address.ts';
import { parseConfig } from '../../../server/config.ts';
import type { Message, MessageKind } from '../../../server/mail/messages.ts';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../../server/dashboard.ts';

/** A signed-in person of a test. */
export interface Person {
  id: string;
  email: string;
  username: string;
  cookie: string;
}

/** An answer, read whole. */
export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** An answer that may be a failure: a test that reads a field expects it to be there. */
export type Either<Answer> = Omit<Answer, 'success'> & Omit<Failure, 'success'> & { success: boolean };

export interface Send {
  /** Who sends; null for a stranger. */
  as?: Person | null;
  method?: string;
  /** Written as JSON, unless it is a string already. */
  body?: unknown;
  /** Null leaves a header out that is sent otherwise. */
  headers?: Record<string, string | null>;
}

export interface TestDashboard extends Dashboard {
  database: Database;
  warnings: unknown[];
  /** What the operator is shown in place of sending it, oldest first. */
  messages: Message[];
  /** Waits for the newest message of a kind to somebody. Resolves to the token of its link. */
  readToken(kind: MessageKind, to: string): Promise<string>;
  /** Sends a request as the dashboard's own pages do. */
  send<Body = Failure>(path: string, options?: Send): Promise<Reply<Body>>;
  /** Registers somebody, at an address of their own so that no limit is shared. */
  signUp(name: string, options?: { headers?: Record<string, string>; email?: string }): Promise<Person>;
  signIn(email: string, password?: string): Promise<Person>;
  /** Makes somebody an administrator. */
  promote(person: Person): Promise<void>;
  /** Pays credits to somebody. */
  grant(person: Person, amount: number): Promise<void>;
  end(): Promise<void>;
}

export const ORIGIN = 'http://dashboard.localhost';
export const PASSWORD = 'a-long-password';

/** The environment of a dashboard in tests, before changes. */
const ENVIRONMENT = { BETTER_AUTH_SECRET: 'only-for-tests-only-for-tests-only-for-tests', DEMO: '0' };

let addresses = 0;

/** An address that no other person of the run has. */
export function nextAddress(): string {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** Opens a dashboard in memory, or on the database given: which it then leaves open. */
export async function openTestDashboard(
  options: Partial<Omit<DashboardOptions, 'config' | 'localUrl' | 'onWarning'>> & {
    environment?: Record<string, string>;
  } = {},
): Promise<TestDashboard> {
  const { environment, ...rest } = options;
  const directory = await mkdtemp(join(tmpdir(), 'dashboard-test-'));
  const database = options.database ?? (await openEmbedded({ memory: true }));
  const warnings: unknown[] = [];
  const messages: Message[] = [];
  const dashboard = await createDashboard({
    ...rest,
    config: parseConfig({ ...ENVIRONMENT, DATA_DIR: directory, ...environment }, directory),
    database,
    localUrl: ORIGIN,
    onMessage: (message) => messages.push(message),
    onWarning: (message, cause) => warnings.push(message, cause),
  });

  async function send<Body>(path: string, { as = null, method, body, headers = {} }: Send = {}): Promise<Reply<Body>> {
    const sent = new Headers({ origin: ORIGIN, [CLIENT_ADDRESS_HEADER]: nextAddress() });
    if (as !== null) sent.set('cookie', as.cookie);
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) sent.delete(name);
      else sent.set(name, value);
    }
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`${ORIGIN}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: sent,
      ...(text === null ? {} : { body: text }),
    });
    const response = await dashboard.fetch(request);
    const answered = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (answered === '' ? null : JSON.parse(answered)) as Body,
    };
  }

  async function enter(path: string, body: object, headers: Record<string, string> = {}): Promise<Person> {
    const reply = await send<{ user: { id: string; email: string; username: string } }>(`/api/auth/${path}`, {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    const cookie = reply.headers
      .getSetCookie()
      .map((line) => line.split(';')[0] ?? '')
      .join('; ');
    const { id, email, username } = reply.body.user;
    return { id, email, username, cookie };
  }

  async function signUp(
    person: { email: string; name: string; username: string },
    headers: Record<string, string> = {},
  ) {
    const reply = await send('/api/auth/sign-up/email', { body: { ...person, password: PASSWORD }, headers });
    if (reply.status !== 200) throw new Error(`Signing up answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    const { cookie: _referral, ...others } = headers;
    return enter('sign-in/email', { email: person.email, password: PASSWORD }, others);
  }

  return {
    ...dashboard,
    get runtime() {
      return dashboard.runtime;
    },
    database,
    warnings,
    messages,
    readToken: (kind, to) =>
      vi.waitFor(() => {
        const link = messages.findLast((message) => message.kind === kind && message.to === to)?.link;
        if (typeof link !== 'string') throw new Error(`No message of kind ${kind} was written to ${to}.`);
        return link.slice(link.indexOf('#') + 1);
      }),
    send,
    signUp: (name, { headers, email = `${name}@example.test` } = {}) =>
      signUp({ email, name, username: name }, headers),
    signIn: (email, password = PASSWORD) => enter('sign-in/email', { email, password }),
    async promote(person) {
      await database.pool.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [person.id]);
      dashboard.sessions.forget(person.id);
    },
    async grant(person, amount) {
      if (amount === 0) return;
      await dashboard.ledger.grant({
        account: person.id,
        amount,
        idempotencyKey: crypto.randomUUID(),
        actor: 'system:test',
        reason: 'To begin with',
      });
    },
    async end() {
      await dashboard.credits.drain();
      await dashboard.close();
      if (options.database === undefined) await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
