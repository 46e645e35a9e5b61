import { CreditsError, parseAmount, parseBalanceAmount, type Credits } from 'realtime-credits/contract';
import type { CommandBase, GrantCommand, SpendCommand, TransferCommand, TransferReceipt } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toTransferReceipt } from './journal-views.ts';
import { isPast, PRIORITY_DEFAULT, PRIORITY_MAX } from './lots.ts';
import { assertObject, invalidField, parseBase, parseInstant, parseUserAccount } from './parse.ts';
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
  /** Of a grant: makes it a lot. */
  readonly lot: { readonly priority: number; readonly expiresAtMs: number | null } | null;
}

function toIntent(
  kind: MoveIntent['kind'],
  command: CommandBase & { amount: Credits },
  { source, destination }: { source: string; destination: string },
  lot: MoveIntent['lot'] = null,
): MoveIntent {
  const amount = parseAmount(command.amount);
  const args = { source, destination, amount, ...lot };
  return { ...parseBase(kind, command, args), kind, source, destination, amount, lot };
}

/** Reads what makes a grant a lot; null when it is plain. */
function parseLot({ expiresAt, priority }: GrantCommand): MoveIntent['lot'] {
  if (expiresAt === undefined && priority === undefined) return null;
  const parsed = priority === undefined ? PRIORITY_DEFAULT : parseBalanceAmount(priority, 'priority');
  if (parsed > PRIORITY_MAX) throw invalidField('priority', `priority must be 0 to ${PRIORITY_MAX}: got ${parsed}.`);
  return { priority: parsed, expiresAtMs: expiresAt === undefined ? null : parseInstant(expiresAt, 'expiresAt') };
}

/** The row of one side: system accounts are used in the slot of this process. */
function toRowId(account: string, slot: number): string {
  if (!isSystemAccount(account)) return account;
  return toSlotAccount(account === SYSTEM_ISSUED ? SYSTEM_ISSUED : SYSTEM_SPENT, slot);
}

function locks({ source, destination }: MoveIntent, slot: number): Locks {
  return { accounts: [toRowId(source, slot), toRowId(destination, slot)] };
}

function apply(intent: MoveIntent, { state, journal, nowMs, slot }: Batch): KnownKey {
  const { amount, lot } = intent;
  const source = journal.findAccount(toRowId(intent.source, slot));
  const destination = journal.findAccount(toRowId(intent.destination, slot));
  assertUnclaimed(state, isSystemAccount(source.id) ? destination : source, intent.claimKey);
  assertAvailable(source, amount);
  assertRoom(destination, amount);
  if (lot === null) return { row: journal.move(intent, intent.kind, { source, destination, amount }), hold: null };
  // Checked here and not when it is parsed: a repetition gets its first receipt, however late it comes.
  if (isPast(lot, nowMs)) {
    const [expiresAt, now] = [lot.expiresAtMs ?? 0, nowMs].map((ms) => new Date(ms).toISOString());
    throw new CreditsError('invalid_request', `expiresAt must be in the future: got ${expiresAt}, it is ${now}.`, {
      details: { field: 'expiresAt' },
    });
  }
  const parcels = [{ amount, ...lot, from: null }];
  return { row: journal.move(intent, intent.kind, { source, destination, amount, parcels }), hold: null };
}

const shared = { locks, apply, receipt: toTransferReceipt };

export const grant: CommandRule<GrantCommand, MoveIntent, TransferReceipt> = {
  parse(command) {
    assertObject(command);
    const destination = parseUserAccount(command.account);
    return toIntent('grant', command, { source: SYSTEM_ISSUED, destination }, parseLot(command));
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
