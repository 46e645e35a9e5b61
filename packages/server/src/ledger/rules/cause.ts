import type { RateVerb } from 'realtime-credits/contract';
import type { AllowanceRecord, JournalRow, RateRecord } from './state.ts';

/** Who causes a row, and why. */
export type Cause = Pick<JournalRow, 'actor' | 'key' | 'keyDigest' | 'fingerprint' | 'reason' | 'metadata'>;

/** What the ledger does by itself. */
function byLedger(reason: string): Cause {
  return { actor: 'system:ledger', key: null, keyDigest: null, fingerprint: null, reason, metadata: null };
}

export const HOLD_EXPIRY = byLedger('The hold expired');

export const LOT_EXPIRY = byLedger('The credits expired');

const RATE_REASONS: Partial<Record<RateVerb, string>> = {
  charge: 'Used',
  suspend: 'Suspended, because no credits are available',
  resume: 'Resumed, because credits are available',
};

/** Why the ledger changes a rate by itself. */
export function causeOfRate(verb: RateVerb, { resource }: RateRecord): Cause {
  return byLedger(`${RATE_REASONS[verb] ?? verb}: ${resource}`);
}

export function causeOfRefill({ name }: AllowanceRecord): Cause {
  return byLedger(`Refill: ${name}`);
}
