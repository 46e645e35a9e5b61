import { CreditsError, OPERATIONS_MAX, parseIdempotencyKey } from 'realtime-credits/contract';
import { digestKey } from './fingerprint.ts';
import type { Batch } from './rule.ts';
import { parseUserAccount } from './parse.ts';
import type { Locks } from './state.ts';

/** Abandons those operations of an account that are not committed: their keys are recorded, and later commands refused. */
export interface ResolveOperationsIntent {
  readonly kind: 'resolveOperations';
  readonly account: string;
  readonly operations: readonly { readonly key: string; readonly keyDigest: string }[];
}

/** Reads a list of operation ids, and drops repetitions. @throws {CreditsError} `invalid_request` */
export function parseOperations(operations: unknown): string[] {
  if (Array.isArray(operations) && operations.length <= OPERATIONS_MAX) {
    return [...new Set(operations.map((id) => parseIdempotencyKey(id, 'operations')))];
  }
  throw new CreditsError('invalid_request', `operations must be a list of at most ${OPERATIONS_MAX} ids.`, {
    details: { field: 'operations' },
  });
}

export const resolveOperations = {
  parse(account: unknown, operations: unknown): ResolveOperationsIntent {
    const id = parseUserAccount(account);
    const keys = parseOperations(operations);
    return {
      kind: 'resolveOperations',
      account: id,
      operations: keys.map((key) => ({ key, keyDigest: digestKey(id, key) })),
    };
  },
  locks: ({ account, operations }: ResolveOperationsIntent): Locks => ({
    accounts: [account],
    keys: operations.map(({ keyDigest }) => keyDigest),
  }),
  apply({ account: id, operations }: ResolveOperationsIntent, { state, journal }: Batch): void {
    for (const { key, keyDigest } of operations) {
      if (!state.keys.has(keyDigest))
        state.keys.set(keyDigest, { row: journal.abandon(id, key, keyDigest), hold: null });
    }
  },
};
