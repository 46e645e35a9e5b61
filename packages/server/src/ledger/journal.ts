import assert from 'node:assert/strict';
import {
  type Credits,
  CREDITS_MAX,
  CreditsError,
  type EntryKind,
  type Hold,
  type Transfer,
  type TransferKind,
} from 'realtime-credits/contract';
import type { AccountState, BatchChanges, BatchState, EntryRow, TransferRow } from './batch-state.ts';
import { describeHold, describeTransfer, hashEntry, toMicroseconds } from './chain.ts';
import type { IntentBase } from './intent.ts';

/**
 * The only code that changes a balance: it moves the state of a batch on, and notes each step for the write. What it is
 * asked to do has been found allowed already, so that anything impossible here is a bug.
 */
export interface Journal {
  readonly changes: BatchChanges;
  /** @throws {CreditsError} `account_not_found` */
  findAccount(id: string): AccountState;
  /** Moves credits, with an entry on each side. A move that settles a hold takes them from what is held. */
  move(base: IntentBase, kind: TransferKind, sides: Sides, link?: { reverses?: string; hold?: string }): Transfer;
  /** Reserves credits. */
  open(base: IntentBase, hold: Hold): void;
  /** Gives back what remains of a hold. Without a command it is the ledger itself that does so. */
  release(base: IntentBase | null, hold: Hold, state: 'voided' | 'expired'): Hold;
  /** Changes what remains of a hold. What was answered before keeps its own copy. */
  resolve(hold: Hold, remaining: Credits, final: Hold['state']): Hold;
  /** Changes when a hold ends: no part of the balance, so that it has no entry and no version. */
  extend(hold: Hold, expiresAt: string): Hold;
}

export interface Sides {
  source: AccountState;
  destination: AccountState;
  amount: Credits;
}

/** One step on one account. */
interface Step {
  amount: Credits;
  transfer: Transfer | null;
  hold: string | null;
  base: IntentBase | null;
  /** What the hash says beside the entry. */
  about: string | null;
}

/** Who is named by what the ledger does by itself. */
const LEDGER_ACTOR = 'system:ledger';

export function createJournal(state: BatchState, options: { now: string; createId: () => string }): Journal {
  const createdAt = toMicroseconds(options.now);
  const changes: BatchChanges = {
    transfers: [],
    entries: [],
    operations: [],
    holdsOpened: [],
    holdsChanged: new Map(),
    accounts: new Set(),
  };

  function record(account: AccountState, kind: EntryKind, direction: 'debit' | 'credit', step: Step): void {
    const { amount, transfer, hold, base, about } = step;
    const { posted: postedBefore, held: heldBefore } = account;
    if (kind === 'transfer') account.posted += direction === 'credit' ? amount : -amount;
    if (kind === 'post') account.posted -= amount;
    if (kind === 'hold') account.held += amount;
    if (kind === 'post' || kind === 'void' || kind === 'expire') account.held -= amount;
    account.version += 1;
    assert(account.held >= 0, `Account ${account.id} would hold less than nothing.`);
    assert(account.posted - account.held >= account.floor, `Account ${account.id} would fall below its floor.`);
    assert(Math.abs(account.posted) <= CREDITS_MAX, `Account ${account.id} would exceed the largest balance.`);
    changes.accounts.add(account.id);
    // An entry with a transfer says who and why by it.
    const said = transfer === null ? (base ?? { actor: LEDGER_ACTOR, reason: 'The hold expired', metadata: {} }) : null;
    const entry: EntryRow = {
      account: account.id,
      version: account.version,
      kind,
      direction,
      amount,
      postedBefore,
      heldBefore,
      postedAfter: account.posted,
      heldAfter: account.held,
      transfer: transfer?.id ?? null,
      hold,
      operation: base !== null && base.actor === account.id ? base.key : null,
      actor: said?.actor ?? null,
      reason: said?.reason ?? null,
      metadata: said === null ? null : JSON.stringify(said.metadata),
      createdAt,
      hash: '',
    };
    entry.hash = hashEntry(account.hash, entry, about);
    account.hash = entry.hash;
    changes.entries.push(entry);
  }

  function findAccount(id: string): AccountState {
    const account = state.accounts.get(id);
    if (account === undefined) throw new CreditsError('account_not_found', `There is no account ${id}.`);
    return account;
  }

  function change(changed: Hold): Hold {
    state.holds.set(changed.id, changed);
    changes.holdsChanged.set(changed.id, changed);
    return changed;
  }

  function resolve(hold: Hold, remaining: Credits, final: Hold['state']): Hold {
    return change({ ...hold, remaining, state: remaining > 0 ? 'partly_posted' : final });
  }

  return {
    changes,
    findAccount,
    resolve,
    extend: (hold, expiresAt) => change({ ...hold, expiresAt }),
    move(base, kind, { source, destination, amount }, link = {}) {
      const transfer: Transfer = {
        id: options.createId(),
        kind,
        source: source.id,
        destination: destination.id,
        amount,
        actor: base.actor,
        reason: base.reason,
        metadata: base.metadata,
        reverses: link.reverses ?? null,
        hold: link.hold ?? null,
        createdAt: options.now,
      };
      // Field by field: this runs for every transfer, and copying objects would cost as much as the hashes.
      const row: TransferRow = {
        id: transfer.id,
        kind,
        source: source.id,
        sourceVersion: source.version + 1,
        destination: destination.id,
        destinationVersion: destination.version + 1,
        amount,
        actor: base.actor,
        reason: base.reason,
        metadata: JSON.stringify(base.metadata),
        reverses: transfer.reverses,
        hold: transfer.hold,
        createdAt,
      };
      changes.transfers.push(row);
      const about = describeTransfer(row);
      const step = { amount, transfer, hold: transfer.hold, base, about };
      record(source, transfer.hold === null ? 'transfer' : 'post', 'debit', step);
      record(destination, 'transfer', 'credit', step);
      return transfer;
    },
    open(base, hold) {
      changes.holdsOpened.push(hold);
      const about = describeHold({ ...hold, createdAt });
      const step = { amount: hold.amount, transfer: null, hold: hold.id, base, about };
      record(findAccount(hold.account), 'hold', 'debit', step);
    },
    release(base, hold, final) {
      const step = { amount: hold.remaining, transfer: null, hold: hold.id, base, about: null };
      record(findAccount(hold.account), final === 'voided' ? 'void' : 'expire', 'credit', step);
      return resolve(hold, 0, final);
    },
  };
}
