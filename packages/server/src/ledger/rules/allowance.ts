import {
  CreditsError,
  parseAmount,
  parseBalanceAmount,
  type AllowancePeriod,
  type Credits,
} from 'realtime-credits/contract';
import type {
  AllowanceReceipt,
  ChangeAllowanceCommand,
  StartAllowanceCommand,
  StopAllowanceCommand,
} from '../commands.ts';
import { ALLOWANCE_AMOUNT_MAX, ALLOWANCES_MAX, refillAtStart } from './allowances.ts';
import { isTimeZone, PERIOD_DAYS } from './calendar.ts';
import type { IntentBase } from './intent.ts';
import { toAllowanceReceipt } from './journal-views.ts';
import { assertObject, invalidField, parseBase, parseInstant, parseText, parseUserAccount } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { Batch, CommandRule } from './rule.ts';
import type { AllowanceRecord, Locks } from './state.ts';
import { SYSTEM_ISSUED, toSlotAccount } from './system-accounts.ts';

/** Allowances: started, then granted by the ledger for each period until they are stopped. */

export interface StartAllowanceIntent extends IntentBase {
  readonly kind: 'startAllowance';
  readonly account: string;
  readonly name: string;
  readonly amount: Credits;
  readonly per: AllowancePeriod;
  readonly anchorMs: number;
  readonly timeZone: string;
  readonly carryOver: Credits;
}

export interface ChangeAllowanceIntent extends IntentBase {
  readonly kind: 'changeAllowance';
  readonly account: string;
  readonly allowance: string;
  readonly amount: Credits;
  /** Null: as before. */
  readonly carryOver: Credits | null;
}

export interface StopAllowanceIntent extends IntentBase {
  readonly kind: 'stopAllowance';
  readonly account: string;
  readonly allowance: string;
}

const NAME_LENGTH_MAX = 128;

/** Ten years ago is as good an anchor as any before it. A contract begins within a year. */
const PAST_MS_MAX = 3_653 * 24 * 3_600_000;
const FUTURE_MS_MAX = 366 * 24 * 3_600_000;

function parseAllowanceAmount(value: unknown): Credits {
  const amount = parseAmount(value);
  if (amount <= ALLOWANCE_AMOUNT_MAX) return amount;
  throw invalidField('amount', `The amount of an allowance must be at most ${ALLOWANCE_AMOUNT_MAX}: got ${amount}.`);
}

function parsePeriod(value: unknown): AllowancePeriod {
  if (typeof value === 'string' && Object.hasOwn(PERIOD_DAYS, value)) return value as AllowancePeriod;
  throw invalidField('per', `per must be one of ${Object.keys(PERIOD_DAYS).join(', ')}.`);
}

function parseTimeZone(value: unknown): string {
  if (typeof value === 'string' && isTimeZone(value)) return value;
  throw invalidField('timeZone', 'timeZone must be the IANA name of a time zone, such as Europe/Berlin.');
}

function assertCarryOver(carryOver: Credits, amount: Credits): void {
  if (carryOver <= amount) return;
  throw invalidField('carryOver', `carryOver must be at most the amount of ${amount}: got ${carryOver}.`);
}

/** @throws {CreditsError} `allowance_not_found` */
function findAllowance({ state }: Batch, account: string, allowance: string): AllowanceRecord {
  const found = state.allowances.get(account)?.find(({ id, nextAtMs }) => id === allowance && nextAtMs !== null);
  if (found !== undefined) return found;
  const message = `Account ${account} has no allowance ${allowance} that is not stopped.`;
  throw new CreditsError('allowance_not_found', message);
}

export const startAllowance: CommandRule<StartAllowanceCommand, StartAllowanceIntent, AllowanceReceipt> = {
  parse(command) {
    assertObject(command);
    const args = {
      account: parseUserAccount(command.account),
      name: command.name === undefined ? 'Allowance' : parseText(command.name, 'name', NAME_LENGTH_MAX),
      amount: parseAllowanceAmount(command.amount),
      per: parsePeriod(command.per),
      anchorMs: parseInstant(command.anchor, 'anchor'),
      timeZone: parseTimeZone(command.timeZone),
      carryOver: command.carryOver === undefined ? 0 : parseBalanceAmount(command.carryOver, 'carryOver'),
    };
    assertCarryOver(args.carryOver, args.amount);
    return { ...parseBase('startAllowance', command, args), kind: 'startAllowance', ...args };
  },
  locks: ({ account }, slot): Locks => ({ accounts: [account, toSlotAccount(SYSTEM_ISSUED, slot)] }),
  apply(intent, { state, journal, nowMs, slot, createId }) {
    const account = journal.findAccount(intent.account);
    const { name, amount, per, anchorMs, timeZone, carryOver } = intent;
    if (anchorMs < nowMs - PAST_MS_MAX || anchorMs > nowMs + FUTURE_MS_MAX) {
      throw invalidField('anchor', 'anchor must be at most 10 years ago and at most 366 days ahead.');
    }
    assertUnclaimed(state, account, intent.claimKey);
    const active = state.allowances.get(account.id)?.filter(({ nextAtMs }) => nextAtMs !== null) ?? [];
    if (active.length >= ALLOWANCES_MAX) {
      const message = `Account ${account.id} has ${ALLOWANCES_MAX} allowances: stop one of them first.`;
      throw invalidField('account', message);
    }
    const allowance: AllowanceRecord = {
      id: createId(),
      account: { id: account.id, number: account.number },
      name,
      amount,
      per,
      anchorMs,
      timeZone,
      carryOver,
      period: -1,
      nextAtMs: null,
      granted: 0,
    };
    const refill = refillAtStart(allowance, nowMs);
    assertAvailable(journal.findAccount(toSlotAccount(SYSTEM_ISSUED, slot)), amount);
    assertRoom(account, amount);
    return { row: journal.startAllowance(intent, allowance, refill), hold: null };
  },
  receipt: toAllowanceReceipt,
};

export const changeAllowance: CommandRule<ChangeAllowanceCommand, ChangeAllowanceIntent, AllowanceReceipt> = {
  parse(command) {
    assertObject(command);
    const args = {
      account: parseUserAccount(command.account),
      // The id of an allowance is looked up as a text only, among the allowances of its account.
      allowance: parseText(command.allowance, 'allowance', 36),
      amount: parseAllowanceAmount(command.amount),
      carryOver: command.carryOver === undefined ? null : parseBalanceAmount(command.carryOver, 'carryOver'),
    };
    return { ...parseBase('changeAllowance', command, args), kind: 'changeAllowance', ...args };
  },
  locks: ({ account }): Locks => ({ accounts: [account] }),
  apply(intent, batch) {
    const { state, journal } = batch;
    const account = journal.findAccount(intent.account);
    const allowance = findAllowance(batch, account.id, intent.allowance);
    const amount = intent.amount;
    const carryOver = intent.carryOver ?? allowance.carryOver;
    assertCarryOver(carryOver, amount);
    assertUnclaimed(state, account, intent.claimKey);
    return { row: journal.changeAllowance(intent, allowance, { amount, carryOver }), hold: null };
  },
  receipt: toAllowanceReceipt,
};

export const stopAllowance: CommandRule<StopAllowanceCommand, StopAllowanceIntent, AllowanceReceipt> = {
  parse(command) {
    assertObject(command);
    const args = {
      account: parseUserAccount(command.account),
      allowance: parseText(command.allowance, 'allowance', 36),
    };
    return { ...parseBase('stopAllowance', command, args), kind: 'stopAllowance', ...args };
  },
  locks: ({ account }): Locks => ({ accounts: [account] }),
  apply(intent, batch) {
    const account = batch.journal.findAccount(intent.account);
    const allowance = findAllowance(batch, account.id, intent.allowance);
    assertUnclaimed(batch.state, account, intent.claimKey);
    return { row: batch.journal.changeAllowance(intent, allowance, { nextAtMs: null }), hold: null };
  },
  receipt: toAllowanceReceipt,
};
