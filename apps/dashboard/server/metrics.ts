import { createHash, timingSafeEqual } from 'node:crypto';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CreditsError } from 'realtime-credits';
import type { CreditsHandler, CreditsObserver, Ledger } from 'realtime-credits-server';
import { CLIENT_ADDRESS_HEADER } from './http/client-address.ts';
import type { MessageOutcome } from './mail/mailer.ts';

/**
 * Metrics of this process for Prometheus. The names of accounts, people and requests are in none of them.
 */
export interface Metrics {
  readonly observer: CreditsObserver;
  /** Counts a response of the API. */
  countResponse(method: string, status: number): void;
  /** Counts the outcome of a message to somebody. */
  countMessage(outcome: MessageOutcome): void;
  /** What is read when it is asked for. */
  watch(sources: { ledger: Pick<Ledger, 'queueLength'>; credits: Pick<CreditsHandler, 'streams'> }): void;
  /** In the text format of Prometheus. */
  read(): Promise<{ contentType: string; text: string }>;
}

/** Commands that move credits; the others reserve, release or extend. */
const TRANSFERS = new Set(['grant', 'spend', 'transfer', 'adjust', 'reverse', 'post']);

/** From a memory's speed to a queue that is full. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const transfers = new Counter({
    name: 'credits_transfers_total',
    help: 'Transfers that were committed by this process, by command.',
    labelNames: ['kind'],
    registers,
  });
  const latency = new Histogram({
    name: 'credits_command_seconds',
    help: 'How long callers waited for a command, queueing included.',
    labelNames: ['command'],
    buckets: SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'credits_refusals_total',
    help: 'Commands that were refused, by code of the error table.',
    labelNames: ['code'],
    registers,
  });
  const lag = new Histogram({
    name: 'credits_frame_lag_seconds',
    help: 'From the commit, or the notification of another process, to the frame on the open streams.',
    buckets: SECONDS,
    registers,
  });
  const verified = new Gauge({
    name: 'credits_verification_ok',
    help: '1 when the last verification of this process found no difference, 0 when it found one. Absent before the first.',
    registers: [],
  });
  const verifiedAt = new Gauge({
    name: 'credits_verification_timestamp_seconds',
    help: 'When the last verification of this process ended.',
    registers: [],
  });
  const responses = new Counter({
    name: 'dashboard_responses_total',
    help: 'Responses of the API.',
    labelNames: ['method', 'status'],
    registers,
  });
  const messages = new Counter({
    name: 'dashboard_messages_total',
    help: 'Messages to people, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const startedAt = new Gauge({ name: 'process_start_time_seconds', help: 'When the process started.', registers });
  startedAt.set(Math.round(Date.now() / 1_000 - process.uptime()));
  addGauge(registry, 'process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());

  const observer: CreditsObserver = {
    onCommand({ name, durationMs, code, isReplayed }) {
      latency.observe({ command: name }, durationMs / 1_000);
      if (code !== null) refusals.inc({ code });
      else if (TRANSFERS.has(name) && !isReplayed) transfers.inc({ kind: name });
    },
    onVerified({ ok, checkedAt }) {
      registry.registerMetric(verified);
      registry.registerMetric(verifiedAt);
      verified.set(ok ? 1 : 0);
      verifiedAt.set(Date.parse(checkedAt) / 1_000);
    },
    onFrame: ({ lagMs }) => lag.observe(lagMs / 1_000),
  };

  return Object.freeze({
    observer: Object.freeze(observer),
    countResponse: (method: string, status: number) =>
      responses.inc({ method: METHODS.has(method) ? method : 'other', status }),
    countMessage: (outcome: MessageOutcome) => messages.inc({ outcome }),
    watch({ ledger, credits }: Parameters<Metrics['watch']>[0]) {
      addGauge(registry, 'credits_queue_length', 'Commands that wait in this process.', () => ledger.queueLength);
      addGauge(registry, 'credits_open_streams', 'Event streams that are open in this process.', () => credits.streams);
    },
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  });
}

/** Adds a gauge that is read when somebody asks. */
function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
  registry.registerMetric(gauge);
}

/** What a proxy adds: a request with one of them comes from elsewhere, however near the proxy is. */
const FORWARDED_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via'] as const;

/**
 * Refuses everybody but the operator: with a token the programs that have it, without one those of this machine.
 *
 * @throws {CreditsError} `not_found`
 */
export function assertMayReadMetrics(request: Request, token: string | null): void {
  const isAllowed = token === null ? isFromThisMachine(request) : hasToken(request, token);
  if (!isAllowed) throw new CreditsError('not_found');
}

function isFromThisMachine({ headers }: Request): boolean {
  const address = headers.get(CLIENT_ADDRESS_HEADER) ?? '';
  return /^(::1|127(\.\d{1,3}){3})$/.test(address) && FORWARDED_HEADERS.every((name) => !headers.has(name));
}

/** Compares digests, which are of one length: how long it takes tells nothing of the token. */
function hasToken({ headers }: Request, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.get('authorization') ?? ''), digest(`Bearer ${token}`));
}
