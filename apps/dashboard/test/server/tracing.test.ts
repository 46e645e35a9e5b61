import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPanelClient } from '../../server/provisioning/panel-client.ts';
import { createOpenTelemetryTracer } from 'realtime-credits-server/opentelemetry';
import { openTestDashboard, type Person, type TestDashboard } from './support/dashboard.ts';

const exporter = new InMemorySpanExporter();
let dashboard: TestDashboard;
let user: Person;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  dashboard = await openTestDashboard({ environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests' } });
  user = await dashboard.signUp('somebody');
  await dashboard.grant(user, 50);
});
afterAll(async () => {
  await dashboard.end();
  trace.disable();
  context.disable();
});

/** Our spans, without those of better-auth: `[name, name of the parent]`. */
function readSpans(): (readonly [string, string | null])[] {
  const spans = exporter.getFinishedSpans();
  const nameOf = (id: string | undefined) => spans.find((span) => span.spanContext().spanId === id)?.name ?? null;
  return spans
    .filter((span) => span.instrumentationScope.name === 'realtime-credits')
    .map((span) => [span.name, nameOf(span.parentSpanContext?.spanId)]);
}

test('a purchase is one trace: the request, its commands, and their batches; a name contains no id', async () => {
  exporter.reset();
  const body = { effect: 'spend', amount: 10, reason: 'x' };
  expect((await dashboard.send('/api/examples/credits', { as: user, body })).status).toBe(200);
  const request = 'POST /api/examples/credits';
  expect(readSpans()).toEqual([
    ['ledger.batch', 'ledger.grant'],
    ['ledger.grant', request],
    ['ledger.batch', 'ledger.transfer'],
    ['ledger.transfer', request],
    [request, null],
  ]);
  exporter.reset();
  await dashboard.send(`/api/activity/1`, { as: user });
  await dashboard.send(`/api/admin/users/${user.id}/coins`, { as: user });
  expect(readSpans().map(([name]) => name)).toEqual(['GET /api/activity/:version', 'GET /api/admin/users/:id/coins']);
});

test('a request to the panel is a span, without the ids and addresses in its path', async () => {
  exporter.reset();
  const panel = createPanelClient({ url: 'http://127.0.0.1:9', apiKey: 'x', tracer: createOpenTelemetryTracer() });
  await expect(panel.send('GET', '/users?filter[email]=ada@example.test')).rejects.toThrow('did not answer');
  expect(readSpans()).toEqual([['panel GET /users', null]]);
  expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({ 'error.type': 'ProvisioningError' });
});
