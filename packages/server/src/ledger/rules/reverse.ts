import assert from 'node:assert/strict';
import { CreditsError } from 'realtime-credits/contract';
import type { ReverseCommand, TransferReceipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toTransferReceipt } from './journal-views.ts';
import { parcelsToReturn, type Parcel } from './lots.ts';
import type { Journal } from './journal.ts';
import { assertObject, parseBase } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { CommandRule } from './rule.ts';
import type { AccountState } from './state.ts';
import { isSystemAccount } from './system-accounts.ts';
import { formatTransferId, parseTransferId, type TransferRef } from './transfer-id.ts';

/**
 * Undoes a transfer by its opposite, between the same two accounts and in the same slots. It takes back what the transfer
 * brought: from the lots that the transfer opened, and the rest from plain credits. What returns to a user has the
 * priority and the instant that it had; where that has passed, the grace period.
 */
export interface ReverseIntent extends IntentBase {
  readonly kind: 'reverse';
  readonly transfer: TransferRef;
}

export const reverse: CommandRule<ReverseCommand, ReverseIntent, TransferReceipt> = {
  parse(command) {
    assertObject(command);
    const transfer = parseTransferId(command.transfer);
    const args = { transfer: formatTransferId(transfer) };
    return { ...parseBase('reverse', command, args), kind: 'reverse', transfer };
  },
  locks: ({ transfer }) => ({ accounts: [], transfers: [transfer] }),
  apply(intent, { state, journal }) {
    const id = formatTransferId(intent.transfer);
    const undone = state.transfers.get(id);
    if (undone === undefined) throw new CreditsError('transfer_not_found', `There is no transfer ${id}.`);
    if (undone.reversedBy !== null) {
      const reversedBy = formatTransferId(undone.reversedBy);
      throw new CreditsError('transfer_already_reversed', `Transfer ${id} was reversed by ${reversedBy}.`, {
        details: { reversedBy },
      });
    }
    const { debit, credit, amount } = undone.row;
    assert(debit !== null && credit !== null && amount !== null, `Row ${id} is not a transfer.`);
    const source = journal.findAccount(credit.id);
    const destination = journal.findAccount(debit.id);
    assertUnclaimed(state, isSystemAccount(destination.id) ? source : destination, intent.claimKey);
    assertAvailable(source, amount);
    const parcels = parcelsToReturn(undone.row);
    assertReturnable(journal, source, { amount, parcels });
    assertRoom(destination, amount);
    const row = journal.move(intent, 'reverse', { source, destination, amount, parcels }, intent.transfer);
    undone.reversedBy = { debit: source.number, version: source.version };
    return { row, hold: null };
  },
  receipt: toTransferReceipt,
};

/** @throws {CreditsError} `insufficient_credits` — of what the transfer brought, not all is there any more */
function assertReturnable(
  journal: Journal,
  source: AccountState,
  { amount, parcels }: { amount: number; parcels: readonly Parcel[] },
): void {
  if (isSystemAccount(source.id)) return;
  const plain = amount - parcels.reduce((sum, parcel) => sum + parcel.amount, 0);
  const returnable = parcels.reduce(
    (sum, parcel) => sum + Math.min(parcel.amount, journal.freeOf(source, parcel.from)),
    plain === 0 ? 0 : Math.min(plain, journal.freeOf(source, null)),
  );
  if (returnable >= amount) return;
  throw new CreditsError(
    'insufficient_credits',
    `Cannot take ${amount} credits back: of what the transfer brought, account ${source.id} has ${returnable}.`,
    { details: { requested: amount, available: returnable } },
  );
}
