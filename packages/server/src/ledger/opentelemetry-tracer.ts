import { context, propagation, type Context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { CREDITS_ERRORS, isCreditsError } from 'realtime-credits/contract';
import type { CreditsTracer, SpanDescription } from './observer.ts';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Makes spans with whatever SDK the process has registered, before or after this call. Without one, the API makes none.
 *
 * Names and attributes contain no account, person or reason. A refusal is an attribute, `error.type`, with the code of the
 * error table; a span has failed where the program has.
 *
 * @example
 * const credits = await createCredits({ database, identify, observer: { tracer: createOpenTelemetryTracer() } });
 */
export function createOpenTelemetryTracer(): CreditsTracer {
  const tracer = trace.getTracer('realtime-credits');
  return Object.freeze<CreditsTracer>({
    run<Result>(description: SpanDescription<Result>, work: () => Promise<Result>) {
      const { name, kind = 'internal', attributes = {}, callers = [] } = description;
      const [parent, ...others] = callers as Context[];
      const links = others
        .flatMap((caller) => trace.getSpanContext(caller) ?? [])
        .map((linked) => ({ context: linked }));
      return tracer.startActiveSpan(
        name,
        { kind: KINDS[kind], attributes, links },
        parent ?? context.active(),
        (span) => finish(span, description, work),
      );
    },
    current(headers) {
      const active = context.active();
      // A span of the host's own server is nearer than what the sender says.
      if (headers === undefined || trace.getSpanContext(active) !== undefined) return active;
      return propagation.extract(active, headers, {
        get: (carrier, name) => carrier.get(name) ?? undefined,
        keys: (carrier) => [...carrier.keys()],
      });
    },
  });
}

async function finish<Result>(
  span: Span,
  { kind, describe }: SpanDescription<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    const attributes = describe?.(result) ?? {};
    span.setAttributes(attributes);
    const status = attributes['http.response.status_code'];
    if (kind === 'server' && typeof status === 'number' && status >= 500)
      span.setStatus({ code: SpanStatusCode.ERROR });
    return result;
  } catch (error) {
    const isKnown = isCreditsError(error) && error.code !== 'internal';
    span.setAttribute(
      'error.type',
      isCreditsError(error) ? error.code : error instanceof Error ? error.name : 'unknown',
    );
    if (!isKnown) span.recordException(error instanceof Error ? error : String(error));
    const isRefusal = isKnown && (CREDITS_ERRORS[error.code].status ?? 500) < 500;
    if (!isRefusal) span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
