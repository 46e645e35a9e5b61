import assert from 'node:assert/strict';
import { CreditsError } from 'realtime-credits/contract';
import type { ReverseCommand, TransferReceipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toTransferReceipt } from './journal-views.ts';
import { assertObject, parseBase } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { CommandRule } from './rule.ts';
import { isSystemAccount } from './system-accounts.ts';
import { formatTransferId, parseTransferId, type TransferRef } from './transfer-id.ts';

/** Undoes a transfer by its opposite, between the same two accounts and in the same slots. */
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
    assertRoom(destination, amount);
    const row = journal.move(intent, 'reverse', { source, destination, amount }, intent.transfer);
    undone.reversedBy = { debit: source.number, version: source.version };
    return { row, hold: null };
  },
  receipt: toTransferReceipt,
};
