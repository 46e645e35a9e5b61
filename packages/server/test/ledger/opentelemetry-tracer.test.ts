import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../src/embedded.ts';
import { createCredits, type Credits } from '../../src/http/create-credits.ts';
import { createOpenTelemetryTracer } from '../../src/opentelemetry.ts';
import { by, fresh } from '../support/ledger.ts';

const exporter = new InMemorySpanExporter();
const ORIGIN = 'http://credits.localhost';
let credits: Credits;
let account = '';

beforeAll(async () => {
  credits = await createCredits({
    database: openEmbedded({ memory: true }),
    identify: () => ({ account }),
    trustRequestId: true,
    observer: { tracer: createOpenTelemetryTracer() },
  });
});
beforeEach(() => {
  account = fresh('account');
  exporter.reset();
});
afterAll(async () => {
  trace.disable();
  context.disable();
  propagation.disable();
  await credits.close();
});

const byName = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
const idOf = (span: ReadableSpan | undefined): string => span?.spanContext().spanId ?? 'none';

test('without an SDK there are no spans, and everything works', async () => {
  await credits.ledger.grant({ ...by(account), account, amount: 5 });
  expect((await credits.handler.fetch(new Request(`${ORIGIN}/api/credits`))).status).toBe(200);
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test('an SDK that is registered later gets a span for each request, command and batch, each inside the one before', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const body = JSON.stringify({ operations: ['never-sent'] });
  const request = new Request(`${ORIGIN}/api/credits/operations/resolve`, { method: 'POST', body });
  expect((await credits.handler.fetch(request)).status).toBe(200);
  const [http] = byName('POST /api/credits/operations/resolve');
  expect(http?.kind).toBe(SpanKind.SERVER);
  expect(http?.attributes).toEqual({ 'http.response.status_code': 200 });
  expect(byName('ledger.batch')[0]?.parentSpanContext?.spanId).toBe(idOf(http));

  await credits.ledger.grant({ ...by(account), account, amount: 5 });
  const [grant] = byName('ledger.grant');
  expect(grant?.attributes).toEqual({ 'credits.replayed': false });
  expect(byName('ledger.batch')[1]?.parentSpanContext?.spanId).toBe(idOf(grant));
});

test('a batch of several commands is inside the first, and linked to the others', async () => {
  await Promise.all([1, 2, 3].map((amount) => credits.ledger.grant({ ...by(account), account, amount })));
  const [batch, ...more] = byName('ledger.batch');
  expect(more).toEqual([]);
  expect(batch?.attributes).toEqual({ 'credits.batch.commands': 3 });
  const linked = [batch?.parentSpanContext?.spanId, ...(batch?.links ?? []).map((link) => link.context.spanId)];
  expect(linked).toHaveLength(3);
  expect(new Set(linked)).toEqual(new Set(byName('ledger.grant').map(idOf)));
});

test('a refusal is an attribute and no failure; nothing of anybody is in a span', async () => {
  await credits.ledger.grant({ ...by(account), account, amount: 5, reason: 'A reason' });
  await expect(credits.ledger.spend({ ...by(account), account, amount: 50 })).rejects.toThrow('has 5 available');
  const [spend] = byName('ledger.spend');
  expect(spend?.attributes).toEqual({ 'error.type': 'insufficient_credits' });
  expect(spend?.status.code).toBe(SpanStatusCode.UNSET);
  const text = JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events }) => ({ name, attributes, events })),
  );
  for (const secret of [account, 'A reason']) expect(text).not.toContain(secret);
});

test('a bug is a failure, with its exception', async () => {
  const tracer = createOpenTelemetryTracer();
  await expect(tracer.run({ name: 'work' }, () => Promise.reject(new TypeError('x')))).rejects.toThrow('x');
  const [work] = byName('work');
  expect(work?.status.code).toBe(SpanStatusCode.ERROR);
  expect(work?.attributes).toEqual({ 'error.type': 'TypeError' });
  expect(work?.events.map(({ name }) => name)).toEqual(['exception']);
});

test('a trace that the sender began goes on, unless the host has begun one itself', async () => {
  propagation.setGlobalPropagator({
    inject: () => undefined,
    extract: (active, carrier, { get }) => {
      const [, traceId = '', spanId = ''] = String(get(carrier, 'traceparent')).split('-');
      return trace.setSpanContext(active, { traceId, spanId, traceFlags: 1 });
    },
    fields: () => ['traceparent'],
  });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const ask = () => credits.handler.fetch(new Request(`${ORIGIN}/api/credits`, { headers: { traceparent } }));
  await ask();
  expect(byName('GET /api/credits')[0]?.parentSpanContext?.spanId).toBe('b'.repeat(16));
  await trace.getTracer('host').startActiveSpan('host', async (span) => {
    await ask();
    span.end();
  });
  expect(byName('GET /api/credits')[1]?.parentSpanContext?.spanId).toBe(idOf(byName('host')[0]));
});
