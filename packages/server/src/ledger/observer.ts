import { type CreditsErrorCode, isCreditsError } from 'realtime-credits/contract';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { LedgerCommands, VerifyReport } from './ledger.ts';

/**
 * What an operator measures, for the metrics system of the host. Called in this process, for what happens in it, and
 * synchronously: return at once, and never throw.
 */
export interface CreditsObserver {
  /** A command was carried out or refused, alone or inside a transaction of the host. */
  onCommand?(command: ObservedCommand): void;
  /** A verification of all accounts or of one ended. */
  onVerified?(report: VerifyReport): void;
  /**
   * A change of an account was written to its open streams here. `lagMs` are the milliseconds since this process learned of
   * the change: by its own commit, or by a notification of another process.
   */
  onFrame?(frame: { lagMs: number }): void;
  /** Makes spans of what takes time. @see `realtime-credits-server/opentelemetry` */
  tracer?: CreditsTracer;
}

/** A tracing system, as far as it is needed here. */
export interface CreditsTracer {
  /** Runs work inside a span, which ends with it, and returns what the work returns. */
  run<Result>(span: SpanDescription<Result>, work: () => Promise<Result>): Promise<Result>;
  /**
   * Where in a trace the caller is, for a span that is made elsewhere on its behalf.
   *
   * @param headers - Of the request that the caller begins to serve, where its sender may name the trace.
   */
  current(headers?: Headers): unknown;
}

export interface SpanDescription<Result> {
  /** One of few: without ids. */
  name: string;
  /** @default 'internal' */
  kind?: 'server' | 'client' | 'internal';
  attributes?: SpanAttributes;
  /** What the result says of the work. */
  describe?: (result: Result) => SpanAttributes;
  /** As `current` returned them: the span is inside the first, and linked to the others. @default the caller of `run` */
  callers?: readonly unknown[];
}

export type SpanAttributes = Record<string, string | number | boolean>;

/** Runs work in a span where spans are made, and as it is otherwise. */
export function traceWork<Result>(
  tracer: CreditsTracer | undefined,
  span: SpanDescription<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  return tracer === undefined ? work() : tracer.run(span, work);
}

export interface ObservedCommand {
  /** The method of the ledger. */
  name: keyof LedgerCommands;
  /** Milliseconds that the caller waited, queueing included. */
  durationMs: number;
  /** Why it was refused; `internal` for a bug; null when it was carried out. */
  code: CreditsErrorCode | null;
  /** Whether it only repeated the receipt of an earlier call. */
  isReplayed: boolean;
}

/** Runs a command and tells the observer. */
export async function observeCommand<Result>(
  observer: CreditsObserver | undefined,
  name: keyof LedgerCommands,
  work: () => Promise<Result>,
): Promise<Result> {
  if (observer === undefined) return work();
  const since = SYSTEM_CLOCK.monotonicMs();
  const tell = (code: CreditsErrorCode | null, isReplayed: boolean): void =>
    observer.onCommand?.({ name, durationMs: SYSTEM_CLOCK.monotonicMs() - since, code, isReplayed });
  const describe = (result: Result): SpanAttributes => ({ 'credits.replayed': wasReplayed(result) });
  try {
    const result = await traceWork(observer.tracer, { name: `ledger.${name}`, describe }, work);
    tell(null, wasReplayed(result));
    return result;
  } catch (error) {
    tell(isCreditsError(error) ? error.code : 'internal', false);
    throw error;
  }
}

function wasReplayed(result: unknown): boolean {
  return (result as { replayed?: boolean } | null)?.replayed === true;
}
