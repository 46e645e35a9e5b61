import {
  PERIOD_UNITS,
  CreditsError,
  parseAmount,
  parseBalanceAmount,
  type Credits,
  type RatePeriod,
} from 'realtime-credits/contract';
import type { RateReceipt, StartRateCommand, StopRateCommand } from '../commands.ts';
import type { IntentBase } from './intent.ts';
import { toRateReceipt } from './journal-views.ts';
import { assertObject, invalidField, parseBase, parseInstant, parseText, parseUserAccount } from './parse.ts';
import { accruedAt, RATE_AMOUNT_MAX, RATES_MAX } from './rates.ts';
import { assertAvailable, assertUnclaimed } from './refusals.ts';
import type { CommandRule } from './rule.ts';
import type { Locks, RateRecord } from './state.ts';
import { SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';

/** Rates: started, then charged by the ledger until they are stopped. */

export interface StartRateIntent extends IntentBase {
  readonly kind: 'startRate';
  readonly account: string;
  readonly resource: string;
  readonly amount: Credits;
  readonly per: RatePeriod;
  readonly minimum: Credits;
  /** Null: when it is decided. */
  readonly startsAtMs: number | null;
}

export interface StopRateIntent extends IntentBase {
  readonly kind: 'stopRate';
  readonly account: string;
  readonly rate: string;
}

const RESOURCE_LENGTH_MAX = 128;

/** A start is recorded late when a server was delivered and its host was down; a contract begins within a year. */
const PAST_MS_MAX = 24 * 3_600_000;
const FUTURE_MS_MAX = 366 * 24 * 3_600_000;

function locks({ account }: StartRateIntent | StopRateIntent, slot: number): Locks {
  return { accounts: [account, toSlotAccount(SYSTEM_SPENT, slot)] };
}

function parsePeriod(value: unknown): RatePeriod {
  if (typeof value === 'string' && Object.hasOwn(PERIOD_UNITS, value)) return value as RatePeriod;
  throw invalidField('per', `per must be one of ${Object.keys(PERIOD_UNITS).join(', ')}.`);
}

export const startRate: CommandRule<StartRateCommand, StartRateIntent, RateReceipt> = {
  parse(command) {
    assertObject(command);
    const amount = parseAmount(command.amount);
    if (amount > RATE_AMOUNT_MAX) {
      throw invalidField('amount', `The amount of a rate must be at most ${RATE_AMOUNT_MAX}: got ${amount}.`);
    }
    const args = {
      account: parseUserAccount(command.account),
      resource: parseText(command.resource, 'resource', RESOURCE_LENGTH_MAX),
      amount,
      per: parsePeriod(command.per),
      minimum: command.minimum === undefined ? 0 : parseBalanceAmount(command.minimum, 'minimum'),
      startsAtMs: command.startsAt === undefined ? null : parseInstant(command.startsAt, 'startsAt'),
    };
    return { ...parseBase('startRate', command, args), kind: 'startRate', ...args };
  },
  locks,
  apply(intent, { state, journal, nowMs, createId }) {
    const account = journal.findAccount(intent.account);
    const { resource, amount, per, minimum, claimKey } = intent;
    const startedAtMs = intent.startsAtMs ?? nowMs;
    if (startedAtMs < nowMs - PAST_MS_MAX || startedAtMs > nowMs + FUTURE_MS_MAX) {
      throw invalidField('startsAt', 'startsAt must be at most 24 hours ago and at most 366 days ahead.');
    }
    assertUnclaimed(state, account, claimKey);
    if ((state.rates.get(account.id)?.length ?? 0) >= RATES_MAX) {
      throw invalidField('account', `Account ${account.id} has ${RATES_MAX} rates: stop one of them first.`);
    }
    const rate: RateRecord = {
      id: createId(),
      account: { id: account.id, number: account.number },
      resource,
      amount,
      per,
      startedAtMs,
      state: 'active',
      settledUntilMs: startedAtMs,
      remainder: 0,
      prepaid: minimum,
      charged: minimum,
      nextAtMs: null,
      dueAtMs: null,
    };
    // One that starts in the past must be able to pay until now, and a little further.
    const accrued = Number(accruedAt({ ...rate, prepaid: 0 }, nowMs));
    assertAvailable(account, Math.max(minimum, accrued + 1));
    return { row: journal.startRate(intent, rate), hold: null };
  },
  receipt: toRateReceipt,
};

export const stopRate: CommandRule<StopRateCommand, StopRateIntent, RateReceipt> = {
  parse(command) {
    assertObject(command);
    // The id of a rate is looked up as a text only, among the rates of its account.
    const args = { account: parseUserAccount(command.account), rate: parseText(command.rate, 'rate', 36) };
    return { ...parseBase('stopRate', command, args), kind: 'stopRate', ...args };
  },
  locks,
  apply(intent, { state, journal }) {
    const account = journal.findAccount(intent.account);
    const rate = state.rates.get(account.id)?.find(({ id, state: is }) => id === intent.rate && is !== 'stopped');
    if (rate === undefined) {
      throw new CreditsError('rate_not_found', `Account ${account.id} has no rate ${intent.rate} that is not stopped.`);
    }
    assertUnclaimed(state, account, intent.claimKey);
    return { row: journal.stopRate(intent, rate), hold: null };
  },
  receipt: toRateReceipt,
};
