import { COMMANDS, UPKEEP, type Intent } from './command-table.ts';
import type { Locks } from './state.ts';
import { isSystemAccount } from './system-accounts.ts';
import { formatTransferId, type TransferRef } from './transfer-id.ts';

/** What all intents of a batch need, each thing once, and how many of them name the same user account at most. */
export function collectLocks(intents: readonly Intent[], slot: number): Required<Locks> & { commandsMax: number } {
  const accounts = new Map<string, number>();
  let commandsMax = 0;
  const holds = new Set<string>();
  const transfers = new Map<string, TransferRef>();
  const claims = new Set<string>();
  const keys = new Set<string>();
  for (const intent of intents) {
    const locks = locksOf(intent, slot);
    for (const account of locks.accounts) {
      const count = (accounts.get(account) ?? 0) + 1;
      accounts.set(account, count);
      if (count > commandsMax && !isSystemAccount(account)) commandsMax = count;
    }
    for (const hold of locks.holds ?? []) holds.add(hold);
    for (const transfer of locks.transfers ?? []) transfers.set(formatTransferId(transfer), transfer);
    for (const key of locks.keys ?? []) keys.add(key);
    if (!('keyDigest' in intent)) continue;
    keys.add(intent.keyDigest);
    if (intent.claimKey !== null) claims.add(intent.claimKey);
  }
  return {
    commandsMax,
    accounts: [...accounts.keys()],
    holds: [...holds],
    transfers: [...transfers.values()],
    claims: [...claims],
    keys: [...keys],
  };
}

function locksOf(intent: Intent, slot: number): Locks {
  return 'keyDigest' in intent
    ? COMMANDS[intent.kind].locks(intent as never, slot)
    : UPKEEP[intent.kind].locks(intent as never, slot);
}
