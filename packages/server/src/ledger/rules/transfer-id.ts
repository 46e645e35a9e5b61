import { CreditsError } from 'realtime-credits/contract';

/**
 * Names a row of the journal by its debit side. Every transfer has one, and an account has one row per version, so the
 * public id of a transfer needs no column and no index of its own.
 */
export interface TransferRef {
  /** Number of the debited account. */
  debit: number;
  /** Version of the debited account right after the transfer. */
  version: number;
}

const PATTERN = /^tr_([1-9a-z][0-9a-z]{0,10})_([1-9a-z][0-9a-z]{0,10})$/;

/** Writes the public id of a transfer: `tr_`, then account number and version in base 36. */
export function formatTransferId({ debit, version }: TransferRef): string {
  return `tr_${debit.toString(36)}_${version.toString(36)}`;
}

/**
 * Reads the public id of a transfer.
 *
 * @throws {CreditsError} `invalid_request` — not the id of any transfer, known or unknown.
 */
export function parseTransferId(value: unknown, name = 'transfer'): TransferRef {
  const match = typeof value === 'string' ? PATTERN.exec(value) : null;
  const debit = Number.parseInt(match?.[1] ?? '', 36);
  const version = Number.parseInt(match?.[2] ?? '', 36);
  if (Number.isSafeInteger(debit) && Number.isSafeInteger(version)) return { debit, version };
  throw new CreditsError('invalid_request', `${name} must be the id of a transfer, such as tr_2s_1k.`, {
    details: { field: name },
  });
}
