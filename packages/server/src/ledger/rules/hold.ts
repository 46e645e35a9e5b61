import { CreditsError, parseAmount, type Credits } from 'realtime-credits/contract';
import type { ExtendCommand, HoldCommand, HoldReceipt, PostCommand, PostReceipt, VoidCommand } from '../commands.ts';
import { parseHoldId } from './hold-id.ts';
import type { IntentBase } from './intent.ts';
import { toHoldReceipt, toPostReceipt } from './journal-views.ts';
import { writeParcels } from './lots.ts';
import { assertObject, invalidField, parseBase, parseUserAccount } from './parse.ts';
import { assertAvailable, assertRoom, assertUnclaimed } from './refusals.ts';
import type { CommandRule } from './rule.ts';
import type { AccountRef, BatchState, HoldRecord, Locks } from './state.ts';
import { SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';

/** Holds: reserved, then posted in full or in part, voided, extended, or expired by the ledger. */

export interface HoldIntent extends IntentBase {
  readonly kind: 'hold';
  readonly account: string;
  /** Null: the spent account. */
  readonly destination: string | null;
  readonly amount: Credits;
  readonly expiresAfterMs: number;
}

export interface PostIntent extends IntentBase {
  readonly kind: 'post';
  readonly hold: string;
  /** Null: everything that remains. */
  readonly amount: Credits | null;
}

export interface VoidIntent extends IntentBase {
  readonly kind: 'void';
  readonly hold: string;
}

export interface ExtendIntent extends IntentBase {
  readonly kind: 'extend';
  readonly hold: string;
  /** Counts from the decision. */
  readonly expiresAfterMs: number;
}

/** Below 1 s a slow provisioner always loses. Above 30 days a forgotten hold blocks credits for too long. */
const HOLD_MS_MIN = 1_000;
const HOLD_MS_MAX = 30 * 24 * 60 * 60 * 1_000;

function parseHoldMs(value: unknown): number {
  const expiresAfterMs = parseAmount(value, 'expiresAfterMs');
  if (expiresAfterMs >= HOLD_MS_MIN && expiresAfterMs <= HOLD_MS_MAX) return expiresAfterMs;
  throw invalidField(
    'expiresAfterMs',
    `expiresAfterMs must be ${HOLD_MS_MIN} to ${HOLD_MS_MAX}: got ${expiresAfterMs}.`,
  );
}

function lockHold(intent: { readonly hold: string }): Locks {
  return { accounts: [], holds: [intent.hold] };
}

function findOpenHold(state: BatchState, id: string): HoldRecord {
  const found = state.holds.get(id);
  if (found === undefined) throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
  if (found.remaining > 0) return found;
  throw new CreditsError('hold_already_resolved', `Hold ${id} is ${found.state}: nothing of it remains.`, {
    details: { state: found.state },
  });
}

function toRef({ id, number }: AccountRef): AccountRef {
  return { id, number };
}

export const hold: CommandRule<HoldCommand, HoldIntent, HoldReceipt> = {
  parse(command) {
    assertObject(command);
    const account = parseUserAccount(command.account);
    const amount = parseAmount(command.amount);
    const expiresAfterMs = parseHoldMs(command.expiresAfterMs);
    const isSpent = command.destination === undefined || command.destination === SYSTEM_SPENT;
    const destination = isSpent ? null : parseUserAccount(command.destination, 'destination');
    if (destination === account) throw invalidField('destination', 'destination must not be the account itself.');
    const args = { account, amount, expiresAfterMs, destination };
    return { ...parseBase('hold', command, args), kind: 'hold', ...args };
  },
  // The spent account is not locked before the post: a hold must not wait for every spend.
  locks: ({ account, destination }) => ({ accounts: destination === null ? [account] : [account, destination] }),
  apply(intent, { state, journal, nowMs, createId }) {
    const account = journal.findAccount(intent.account);
    const { amount, destination, actor, reason } = intent;
    assertUnclaimed(state, account, intent.claimKey);
    assertAvailable(account, amount);
    const opened: HoldRecord = {
      id: createId(),
      account: toRef(account),
      destination: destination === null ? null : toRef(journal.findAccount(destination)),
      amount,
      remaining: amount,
      state: 'open',
      actor,
      reason,
      lots: writeParcels(journal.selectLots(account, amount)),
      expiresAtMs: nowMs + intent.expiresAfterMs,
      createdAtMs: nowMs,
    };
    return { row: journal.open(intent, opened), hold: opened };
  },
  receipt: toHoldReceipt,
};

export const post: CommandRule<PostCommand, PostIntent, PostReceipt> = {
  parse(command) {
    assertObject(command);
    const args = {
      hold: parseHoldId(command.hold),
      amount: command.amount === undefined ? null : parseAmount(command.amount),
    };
    return { ...parseBase('post', command, args), kind: 'post', ...args };
  },
  // Where the hold posts to is read with it, so the spent account is locked in any case.
  locks: (intent, slot) => ({ ...lockHold(intent), accounts: [toSlotAccount(SYSTEM_SPENT, slot)] }),
  apply(intent, { state, journal, slot }) {
    const posted = findOpenHold(state, intent.hold);
    const { remaining } = posted;
    const destination = journal.findAccount(posted.destination?.id ?? toSlotAccount(SYSTEM_SPENT, slot));
    const amount = intent.amount ?? remaining;
    if (amount > remaining) {
      throw new CreditsError(
        'insufficient_credits',
        `Cannot post ${amount} credits: hold ${posted.id} has ${remaining} remaining.`,
        { details: { requested: amount, available: remaining } },
      );
    }
    assertUnclaimed(state, journal.findAccount(posted.account.id), intent.claimKey);
    assertRoom(destination, amount);
    return { row: journal.post(intent, posted, { destination, amount }), hold: posted };
  },
  receipt: toPostReceipt,
};

export const voidHold: CommandRule<VoidCommand, VoidIntent, HoldReceipt> = {
  parse(command) {
    assertObject(command);
    const args = { hold: parseHoldId(command.hold) };
    return { ...parseBase('void', command, args), kind: 'void', ...args };
  },
  locks: lockHold,
  apply(intent, { state, journal }) {
    const voided = findOpenHold(state, intent.hold);
    assertUnclaimed(state, journal.findAccount(voided.account.id), intent.claimKey);
    return { row: journal.release(intent, voided, 'voided'), hold: voided };
  },
  receipt: toHoldReceipt,
};

export const extend: CommandRule<ExtendCommand, ExtendIntent, HoldReceipt> = {
  parse(command) {
    assertObject(command);
    const args = { hold: parseHoldId(command.hold), expiresAfterMs: parseHoldMs(command.expiresAfterMs) };
    return { ...parseBase('extend', command, args), kind: 'extend', ...args };
  },
  locks: lockHold,
  apply(intent, { state, journal, nowMs }) {
    const extended = findOpenHold(state, intent.hold);
    assertUnclaimed(state, journal.findAccount(extended.account.id), intent.claimKey);
    // Never earlier than was promised: of two extensions at once, the longer one counts.
    const expiresAtMs = Math.max(extended.expiresAtMs, nowMs + intent.expiresAfterMs);
    return { row: journal.extend(intent, extended, expiresAtMs), hold: extended };
  },
  receipt: toHoldReceipt,
};
