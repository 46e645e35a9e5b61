import fc from 'fast-check';
import { judge } from './judge.ts';
import type { OpenApiDocument } from './from-openapi.ts';
import { requestsOf } from './requests.ts';
import { openSessions } from './sessions.ts';
import { exchange, type Exchange, type WireRequest } from './wire.ts';

/** A run of many requests against a dashboard that is up. Everything that is sent follows from the seed. */
export interface FuzzOptions {
  url: string;
  seed: number;
  requests: number;
  /** Ends a run that takes longer. */
  minutesMax: number;
  /** Of the demo users. Nobody may be shown it. */
  password: string;
  onProgress: (sent: number, statuses: ReadonlyMap<number, number>) => void;
}

export interface Finding {
  wrong: string;
  /** The smallest that still shows it. */
  request: WireRequest;
  /** Of all requests with the same: only the first was made smaller. */
  count: number;
}

export interface FuzzReport {
  sent: number;
  /** How often each status was received. */
  statuses: ReadonlyMap<number, number>;
  findings: readonly Finding[];
  effects: Effects;
}

/** Which requests may have moved credits. */
export interface Effects {
  /** Keys that were accepted, or whose response was not read. */
  keys: ReadonlySet<string>;
  /** Accepted requests without a key of ours: the server made one. */
  withoutKey: number;
  /** What every key of ours begins with. */
  prefix: string;
}

/** Requests under way at once. */
const LANES = 24;
/** Requests between two looks at the sessions. */
const BLOCK = 50;
const SHRINK_MS_MAX = 20_000;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, seed, requests, minutesMax, password, onProgress } = options;
  const until = performance.now() + minutesMax * 60_000;
  const sessions = await openSessions(url, { seed, password });
  const document = (await (await fetch(`${url}/api/credits/openapi.json`)).json()) as OpenApiDocument;
  const arbitrary = requestsOf(document);
  const port = Number(new URL(url).port);
  const statuses = new Map<number, number>();
  const findings = new Map<string, Finding>();
  const prefix = `fuzz-${seed}-`;
  const keys = new Set<string>();
  let withoutKey = 0;
  let sent = 0;
  let blocks = 0;

  async function send(request: WireRequest): Promise<string | null> {
    sent += 1;
    const key = `${prefix}${sent}`;
    const result = await exchange(port, request, sessions.words(request.as, key));
    for (const { status } of result.responses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (mayHaveEffect(request, result)) {
      if (request.chunks.join('').includes('Idempotency-Key: {key}\r\n')) keys.add(key);
      else withoutKey += 1;
    }
    return judge(result, [password]);
  }

  /** Sends a block of requests; the first with a new fault ends it, and is made smaller. */
  async function runBlock(block: number): Promise<void> {
    let shrinkUntil = Infinity;
    let first: string | null = null;
    const property = fc.asyncProperty(arbitrary, async (request) => {
      if (performance.now() > shrinkUntil) return;
      const wrong = await send(request);
      if (wrong === null) return;
      const fault = `${wrong}: ${nameRoute(request)}`;
      const known = findings.get(fault);
      if (known !== undefined && first === null) known.count += 1;
      if (known !== undefined || (first !== null && !first.startsWith(wrong))) return;
      if (first === null) shrinkUntil = performance.now() + SHRINK_MS_MAX;
      first ??= fault;
      throw new Error(wrong);
    });
    const { counterexample, errorInstance } = await fc.check(property, {
      seed: seed * 100_003 + block,
      numRuns: BLOCK,
    });
    if (counterexample === null || first === null) {
      if (errorInstance !== null) throw errorInstance;
      return;
    }
    findings.set(first, { wrong: first, request: counterexample[0], count: 1 });
  }

  async function runLane(): Promise<void> {
    const isOver = (): boolean => sent >= requests || performance.now() > until;
    while (!isOver()) {
      await sessions.refresh();
      // Or every order would wait for as long as somebody has set.
      await sessions.asAdmin('/api/admin/provisioning', { delay_ms: 0, failure: 'none' });
      blocks += 1;
      await runBlock(blocks);
      onProgress(sent, statuses);
    }
  }

  await Promise.all(Array.from({ length: LANES }, runLane));
  await sessions.refresh();
  const { data } = (await sessions.asAdmin('/api/admin/verify', {})) as { data: { ok: boolean } };
  if (!data.ok) throw new Error(`The ledger does not verify: ${JSON.stringify(data)}`);
  return { sent, statuses, findings: [...findings.values()], effects: { keys, withoutKey, prefix } };
}

/** A response that was not read, or one of several, may have been any. */
function mayHaveEffect({ abort, chunks }: WireRequest, { responses }: Exchange): boolean {
  if (abort === true || responses.some(({ status }) => status < 300)) return true;
  return responses.length === 0 || chunks.join('').split(/ HTTP\/1/).length > 2;
}

/** The same fault of one route is reported once. */
function nameRoute({ chunks }: WireRequest): string {
  const [method = '', target = ''] = (chunks[0] ?? '').split(' ', 2);
  const [path = ''] = target.split('?', 1);
  return `${method.slice(0, 10)} ${path.split('/').slice(0, 4).join('/').slice(0, 60)}`;
}
