import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from '@playwright/test';
import type { Balance } from 'realtime-credits';
import type { Receipt, RateReceipt } from 'realtime-credits-server';
import type { MeAnswer } from '../../lib/api.ts';

/** A number that counts down, what it must be at any instant, and what was painted. */

const PROGRAM = fileURLToPath(new URL('counting-process.ts', import.meta.url));
const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));
const HOUR_MS = 3_600_000;

export interface CountingDashboard {
  url: string;
  grant(account: string, amount: number): Promise<Receipt>;
  startRate(account: string, perHour: number): Promise<RateReceipt>;
  /** What the ledger says is available, and between which two instants it was asked. */
  readAvailable(account: string): Promise<{ available: number; fromMs: number; untilMs: number }>;
  stop(): Promise<void>;
}

/** Starts a dashboard of the caller's own. */
export async function startCountingDashboard(): Promise<CountingDashboard> {
  const directory = await mkdtemp(join(tmpdir(), 'counting-'));
  const child = fork(PROGRAM, {
    cwd: DASHBOARD,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', DATA_DIR: directory },
  });
  let calls = 0;
  const ended = once(child, 'exit').then(() => {
    throw new Error('The dashboard ended.');
  });
  ended.catch(() => undefined);
  const receive = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ result: unknown }];
    return message.result;
  };
  const call = async <Result>(method: string, argument: unknown): Promise<Result> => {
    child.send({ method, argument });
    return (await receive()) as Result;
  };
  const by = (account: string) => ({
    account,
    actor: 'system:test',
    idempotencyKey: `counting:${(calls += 1)}`,
    reason: 'Counting',
  });
  return {
    url: (await receive()) as string,
    grant: (account, amount) => call('grant', { ...by(account), amount }),
    startRate: (account, amount) => call('startRate', { ...by(account), resource: 'Counting', amount, per: 'hour' }),
    async readAvailable(account) {
      const fromMs = Date.now();
      const { balance } = await call<{ balance: Balance }>('balance', account);
      return { available: balance.available, fromMs, untilMs: Date.now() };
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Signs somebody up in this browser. Returns their account. */
export async function signUpForCounting(context: BrowserContext, url: string): Promise<string> {
  const [email, password] = [`counting${Date.now()}@example.test`, 'a long enough password'];
  const headers = { origin: url };
  for (const [path, more] of [
    ['sign-up', { name: 'Counting', username: `c${Date.now().toString(36)}` }],
    ['sign-in', {}],
  ] as const) {
    const answer = await context.request.post(`${url}/api/auth/${path}/email`, {
      headers,
      data: { email, password, ...more },
    });
    if (!answer.ok()) throw new Error(`${path} was answered ${answer.status()}: ${await answer.text()}`);
  }
  return ((await (await context.request.get(`${url}/api/user/me`)).json()) as MeAnswer).user.id;
}

/** What a balance with one rate is at an instant, by definition. */
export interface Definition {
  /** When the rate began, and what there was then. */
  startedAtMs: number;
  available: number;
  perHour: number;
}

export function availableAt({ startedAtMs, available, perHour }: Definition, atMs: number): number {
  return available - Number((BigInt(perHour) * BigInt(Math.max(0, Math.floor(atMs) - startedAtMs))) / BigInt(HOUR_MS));
}

/** The first instant at which no more than this is available. */
export function reachedAtMs({ startedAtMs, available, perHour }: Definition, amount: number): number {
  return startedAtMs + Number((BigInt(available - amount) * BigInt(HOUR_MS) + BigInt(perHour - 1)) / BigInt(perHour));
}

/** A number on the screen, and since when: milliseconds of the wall clock. */
export interface Shown {
  amount: number;
  atMs: number;
}

/** One second of a recording. */
export interface Second {
  atMs: number;
  painted: number | null;
  /** What the ledger has at this instant. */
  ledger: number;
  /** How long ago the ledger had what is painted: 0 where that is now. Infinity: never, or not yet. */
  behindMs: number;
}

/** What was painted in each second. */
export function compareSeconds(
  shown: readonly Shown[],
  definition: Definition,
  { fromMs, seconds }: { fromMs: number; seconds: number },
): Second[] {
  return Array.from({ length: seconds }, (_, index) => {
    const atMs = fromMs + index * 1_000;
    const painted = shown.findLast((each) => each.atMs <= atMs)?.amount ?? null;
    const ledger = availableAt(definition, atMs);
    // What is painted was right until the next credit was due.
    const behindMs = painted === null || painted < ledger ? Infinity : atMs - reachedAtMs(definition, painted - 1);
    return { atMs, painted, ledger, behindMs: painted === ledger ? 0 : behindMs };
  });
}

/** Waits until a page has asked for nothing for a while: what it loads after its first paint is loaded. */
export async function waitForQuiet(page: Page, quietMs = 3_000): Promise<void> {
  let lastMs = Date.now();
  const note = (): void => void (lastMs = Date.now());
  page.on('request', note);
  while (Date.now() - lastMs < quietMs) await page.waitForTimeout(200);
  page.off('request', note);
}
