import { parseAmount, type Credits } from 'realtime-credits/contract';
import type { CommandBase, GrantCommand, SpendCommand, TransferCommand, TransferReceipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toTransferReceipt } from './journal-views.ts';
import { assertObject, invalidField, parseBase, parseUserAccount } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { Batch, CommandRule } from './rule.ts';
import type { KnownKey, Locks } from './state.ts';
import { isSystemAccount, SYSTEM_ISSUED, SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';

/** Grant, spend and transfer: credits that move at once. They differ in which side is a system account. */
export interface MoveIntent extends IntentBase {
  readonly kind: 'grant' | 'spend' | 'transfer';
  /** Public ids. */
  readonly source: string;
  readonly destination: string;
  readonly amount: Credits;
}

function toIntent(
  kind: MoveIntent['kind'],
  command: CommandBase & { amount: Credits },
  { source, destination }: { source: string; destination: string },
): MoveIntent {
  const amount = parseAmount(command.amount);
  return { ...parseBase(kind, command, { source, destination, amount }), kind, source, destination, amount };
}

/** The row of one side: system accounts are used in the slot of this process. */
function toRowId(account: string, slot: number): string {
  if (!isSystemAccount(account)) return account;
  return toSlotAccount(account === SYSTEM_ISSUED ? SYSTEM_ISSUED : SYSTEM_SPENT, slot);
}

function locks({ source, destination }: MoveIntent, slot: number): Locks {
  return { accounts: [toRowId(source, slot), toRowId(destination, slot)] };
}

function apply(intent: MoveIntent, { state, journal, slot }: Batch): KnownKey {
  const { amount } = intent;
  const source = journal.findAccount(toRowId(intent.source, slot));
  const destination = journal.findAccount(toRowId(intent.destination, slot));
  assertUnclaimed(state, isSystemAccount(source.id) ? destination : source, intent.claimKey);
  assertAvailable(source, amount);
  assertRoom(destination, amount);
  return { row: journal.move(intent, intent.kind, { source, destination, amount }), hold: null };
}

const shared = { locks, apply, receipt: toTransferReceipt };

export const grant: CommandRule<GrantCommand, MoveIntent, TransferReceipt> = {
  parse(command) {
    assertObject(command);
    return toIntent('grant', command, { source: SYSTEM_ISSUED, destination: parseUserAccount(command.account) });
  },
  ...shared,
};

export const spend: CommandRule<SpendCommand, MoveIntent, TransferReceipt> = {
  parse(command) {
    assertObject(command);
    return toIntent('spend', command, { source: parseUserAccount(command.account), destination: SYSTEM_SPENT });
  },
  ...shared,
};

export const transfer: CommandRule<TransferCommand, MoveIntent, TransferReceipt> = {
  parse(command) {
    assertObject(command);
    const source = parseUserAccount(command.source, 'source');
    const destination = parseUserAccount(command.destination, 'destination');
    if (source === destination) throw invalidField('destination', 'destination must not be the source.');
    return toIntent('transfer', command, { source, destination });
  },
  ...shared,
};
