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
  if (observer?.onCommand === undefined) return work();
  const since = SYSTEM_CLOCK.monotonicMs();
  const tell = (code: CreditsErrorCode | null, isReplayed: boolean): void =>
    observer.onCommand?.({ name, durationMs: SYSTEM_CLOCK.monotonicMs() - since, code, isReplayed });
  try {
    const result = await work();
    tell(null, (result as { replayed?: boolean } | null)?.replayed === true);
    return result;
  } catch (error) {
    tell(isCreditsError(error) ? error.code : 'internal', false);
    throw error;
  }
}
