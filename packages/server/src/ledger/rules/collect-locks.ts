import { COMMANDS, UPKEEP, type Intent } from './command-table.ts';
import type { Locks } from './state.ts';
import { formatTransferId, type TransferRef } from './transfer-id.ts';

/** What all intents of a batch need, each thing once. */
export function collectLocks(intents: readonly Intent[], slot: number): Required<Locks> {
  const accounts = new Set<string>();
  const holds = new Set<string>();
  const transfers = new Map<string, TransferRef>();
  const claims = new Set<string>();
  const keys = new Set<string>();
  for (const intent of intents) {
    const locks = locksOf(intent, slot);
    for (const account of locks.accounts) accounts.add(account);
    for (const hold of locks.holds ?? []) holds.add(hold);
    for (const transfer of locks.transfers ?? []) transfers.set(formatTransferId(transfer), transfer);
    for (const key of locks.keys ?? []) keys.add(key);
    if (!('keyDigest' in intent)) continue;
    keys.add(intent.keyDigest);
    if (intent.claimKey !== null) claims.add(intent.claimKey);
  }
  return {
    accounts: [...accounts],
    holds: [...holds],
    transfers: [...transfers.values()],
    claims: [...claims],
    keys: [...keys],
  };
}

function locksOf(intent: Intent, slot: number): Locks {
  return 'keyDigest' in intent
    ? COMMANDS[intent.kind].locks(intent as never, slot)
    : UPKEEP[intent.kind].locks(intent as never);
}
