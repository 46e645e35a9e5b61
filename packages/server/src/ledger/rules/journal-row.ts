import type { Credits } from 'realtime-credits/contract';
import { writeAllowance } from './allowances.ts';
import type { Cause } from './cause.ts';
import { writeParcels, type Parcel } from './lots.ts';
import { writeRate } from './rates.ts';
import type { AccountState, AllowanceRecord, HoldRecord, JournalRow, JournalSide, RateRecord } from './state.ts';
import type { TransferRef } from './transfer-id.ts';

/** What a row says besides its cause and its sides. */
export interface Subject {
  kind: JournalRow['kind'];
  amount: Credits | null;
  hold?: HoldRecord;
  rate?: RateRecord;
  allowance?: AllowanceRecord;
  reverses?: TransferRef | null;
  parcels?: readonly Parcel[];
}

/** Writes a row as it is stored, but for its hash. */
export function toJournalRow(
  { actor, key, keyDigest, fingerprint, reason, metadata }: Cause,
  { kind, amount, hold, rate, allowance, reverses = null, parcels = [] }: Subject,
  { debit, credit, createdAtMs }: Pick<JournalRow, 'debit' | 'credit' | 'createdAtMs'>,
): Omit<JournalRow, 'hash'> {
  return {
    debit,
    credit,
    amount,
    kind,
    actor,
    key,
    keyDigest,
    fingerprint,
    reason,
    metadata,
    reverses,
    hold: hold?.id ?? null,
    holdRemaining: hold?.remaining ?? null,
    holdExpiresAtMs: hold?.expiresAtMs ?? null,
    lots: writeParcels(parcels),
    rate: rate === undefined ? null : writeRate(rate, kind === 'start' || kind === 'stop'),
    allowance: allowance === undefined ? null : writeAllowance(allowance, kind === 'allowance'),
    createdAtMs,
  };
}

/** An account as it is now, as one side of a row. */
export function toSide({ id, number, version, posted, held }: AccountState): JournalSide {
  return { id, number, version, posted, held };
}
