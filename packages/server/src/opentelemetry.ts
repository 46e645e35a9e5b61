/** Spans for OpenTelemetry. A separate entry: it needs `@opentelemetry/api`, and an SDK only where spans are wanted. */
export { createOpenTelemetryTracer } from './ledger/opentelemetry-tracer.ts';
