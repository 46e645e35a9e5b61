import { type Credits, CREDITS_MAX, CreditsError, type Hold, type Transfer } from 'realtime-credits/contract';
import { scopedKey, type AccountState, type BatchState } from './batch-state.ts';
import {
  HOUSE_ISSUED,
  isHouse,
  type AdjustIntent,
  type ExtendIntent,
  type HoldIntent,
  type KeyedIntent,
  type MoveIntent,
  type PostIntent,
  type ReverseIntent,
  type VoidIntent,
} from './intent.ts';
import type { Journal } from './journal.ts';

/**
 * What each command does, and when it is refused. In every function all refusals come before the first change, so that a
 * refused command changes nothing.
 */

/** What a command did, and the account that its receipt is about. */
export interface Effect {
  account: AccountState;
  transfer: Transfer | null;
  hold: Hold | null;
}

/** What the functions below work with: one batch at one instant. */
export interface Batch {
  state: BatchState;
  journal: Journal;
  nowMs: number;
  createId: () => string;
}

/** Does what a command wants. @throws {CreditsError} the refusals that {@link Ledger} names. */
export function applyCommand(intent: KeyedIntent, batch: Batch): Effect {
  switch (intent.kind) {
    case 'grant':
    case 'spend':
    case 'transfer':
      return applyMove(intent, batch);
    case 'adjust':
      return applyAdjust(intent, batch);
    case 'reverse':
      return applyReverse(intent, batch);
    case 'hold':
      return applyHold(intent, batch);
    case 'post':
      return applyPost(intent, batch);
    case 'void':
      return applyVoid(intent, batch);
    case 'extend':
      return applyExtend(intent, batch);
  }
}

function applyMove(intent: MoveIntent, { state, journal }: Batch): Effect {
  const account = journal.findAccount(intent.account);
  const source = journal.findAccount(intent.source);
  const destination = journal.findAccount(intent.destination);
  assertUnclaimed(state, account, intent.once);
  assertAvailable(source, intent.amount);
  const transfer = journal.move(intent, intent.kind, { source, destination, amount: intent.amount });
  return { account, transfer, hold: null };
}

function applyAdjust(intent: AdjustIntent, { state, journal }: Batch): Effect {
  const account = journal.findAccount(intent.account);
  const { version } = account;
  if (version !== intent.expectedVersion) {
    throw new CreditsError(
      'version_conflict',
      `Account ${account.id} is at version ${version}, not ${intent.expectedVersion}: look again, then decide.`,
      { details: { expected: intent.expectedVersion, actual: version } },
    );
  }
  assertUnclaimed(state, account, intent.once);
  const difference = intent.available - (account.posted - account.held);
  if (difference === 0) return { account, transfer: null, hold: null };
  const issued = journal.findAccount(HOUSE_ISSUED);
  const sides =
    difference > 0
      ? { source: issued, destination: account, amount: difference }
      : { source: account, destination: issued, amount: -difference };
  assertAvailable(sides.source, sides.amount);
  return { account, transfer: journal.move(intent, 'adjust', sides), hold: null };
}

function applyReverse(intent: ReverseIntent, { state, journal }: Batch): Effect {
  const undone = state.transfers.get(intent.transfer);
  if (undone === undefined) throw new CreditsError('transfer_not_found', `There is no transfer ${intent.transfer}.`);
  if (state.reversed.has(undone.id)) {
    throw new CreditsError('transfer_already_reversed', `Transfer ${undone.id} was reversed before.`);
  }
  const source = journal.findAccount(undone.destination);
  const destination = journal.findAccount(undone.source);
  const account = isHouse(undone.source) ? source : destination;
  assertUnclaimed(state, account, intent.once);
  assertAvailable(source, undone.amount);
  state.reversed.add(undone.id);
  const sides = { source, destination, amount: undone.amount };
  return { account, transfer: journal.move(intent, 'reverse', sides, { reverses: undone.id }), hold: null };
}

function applyHold(intent: HoldIntent, { state, journal, nowMs, createId }: Batch): Effect {
  const account = journal.findAccount(intent.account);
  if (!isHouse(intent.destination)) journal.findAccount(intent.destination);
  assertUnclaimed(state, account, intent.once);
  assertAvailable(account, intent.amount);
  const hold: Hold = {
    id: createId(),
    account: account.id,
    destination: intent.destination,
    amount: intent.amount,
    remaining: intent.amount,
    state: 'open',
    actor: intent.actor,
    reason: intent.reason,
    expiresAt: new Date(nowMs + intent.expiresAfterMs).toISOString(),
    createdAt: new Date(nowMs).toISOString(),
  };
  journal.open(intent, hold);
  return { account, transfer: null, hold };
}

function applyPost(intent: PostIntent, { state, journal }: Batch): Effect {
  const hold = findOpenHold(state, intent.hold);
  const account = journal.findAccount(hold.account);
  const destination = journal.findAccount(hold.destination);
  const amount = intent.amount ?? hold.remaining;
  if (amount > hold.remaining) {
    throw new CreditsError(
      'insufficient_credits',
      `Cannot post ${amount} credits: hold ${hold.id} has ${hold.remaining} remaining.`,
      { details: { requested: amount, available: hold.remaining } },
    );
  }
  assertUnclaimed(state, account, intent.once);
  const transfer = journal.move(intent, 'post', { source: account, destination, amount }, { hold: hold.id });
  return { account, transfer, hold: journal.resolve(hold, hold.remaining - amount, 'posted') };
}

function applyVoid(intent: VoidIntent, { state, journal }: Batch): Effect {
  const hold = findOpenHold(state, intent.hold);
  const account = journal.findAccount(hold.account);
  assertUnclaimed(state, account, intent.once);
  return { account, transfer: null, hold: journal.release(intent, hold, 'voided') };
}

function applyExtend(intent: ExtendIntent, { state, journal, nowMs }: Batch): Effect {
  const hold = findOpenHold(state, intent.hold);
  const account = journal.findAccount(hold.account);
  assertUnclaimed(state, account, intent.once);
  // Never earlier than was promised before: of two extensions at once, the longer one holds.
  const expiresAtMs = Math.max(Date.parse(hold.expiresAt), nowMs + intent.expiresAfterMs);
  return { account, transfer: null, hold: journal.extend(hold, new Date(expiresAtMs).toISOString()) };
}

function findOpenHold(state: BatchState, id: string): Hold {
  const hold = state.holds.get(id);
  if (hold === undefined) throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
  if (hold.remaining > 0) return hold;
  throw new CreditsError(
    'hold_already_resolved',
    `Hold ${id} is ${hold.state}: it has nothing left to post, void or extend.`,
    {
      details: { state: hold.state },
    },
  );
}

/**
 * The refusal of every move (L-4). No account can exceed the largest balance as long as no more than that is ever issued,
 * which is what the floor of the issuing account says.
 */
function assertAvailable(source: AccountState, amount: Credits): void {
  const available = source.posted - source.held;
  if (available - amount >= source.floor) return;
  if (source.id === HOUSE_ISSUED) {
    throw new CreditsError('balance_limit_exceeded', `No more than ${CREDITS_MAX} credits can ever be issued.`);
  }
  throw new CreditsError(
    'insufficient_credits',
    `Cannot take ${amount} credits: account ${source.id} has ${available} available.`,
    { details: { requested: amount, available } },
  );
}

function assertUnclaimed(state: BatchState, account: AccountState, once: string | null): void {
  if (once === null) return;
  const transfer = state.claims.get(scopedKey(account.id, once));
  if (transfer === undefined) return;
  throw new CreditsError('already_claimed', `Account ${account.id} was given "${once}" before.`, {
    details: { once, transfer },
  });
}
