import assert from 'node:assert/strict';
import { CREDITS_MAX, type Credits } from '../contract/amount.ts';
import { toBalance } from '../contract/balance.ts';
import { CreditsError, isCreditsError } from '../contract/error.ts';
import type { Hold } from '../contract/hold.ts';
import type { EntryKind, Transfer, TransferKind } from '../contract/transfer.ts';
import { scopedKey, type AccountState, type BatchChanges, type BatchState } from './batch-state.ts';
import type { Receipt } from './command.ts';
import { HOUSE_ISSUED, isHouse, type Intent, type IntentBase, type KeyedIntent } from './intent.ts';

/**
 * Decides a batch: what each command answers, and what all of them write. Pure but for the ids it makes: no database, no
 * clock, no waiting, so that the rules can be read in one place and tested without a database.
 *
 * Commands take effect in order of arrival. One that is refused changes nothing: within each function every refusal
 * comes before the first change.
 */

/** What one command of a batch came to. Upkeep has no receipt. */
export type Outcome = { receipt: Receipt | null } | { error: CreditsError };

export interface Decision {
  outcomes: Outcome[];
  changes: BatchChanges;
}

/** Who is named by what the ledger does by itself. */
const LEDGER_ACTOR = 'system:ledger';

export interface DecideOptions {
  nowMs: number;
  createId: () => string;
}

/** Decides all intents on the state, which it changes as it goes. */
export function decide(intents: readonly Intent[], state: BatchState, { nowMs, createId }: DecideOptions): Decision {
  const now = new Date(nowMs).toISOString();
  const changes: BatchChanges = {
    transfers: [],
    entries: [],
    operations: [],
    holdsOpened: [],
    holdsChanged: new Map(),
    accounts: new Set(),
  };

  function record(
    account: AccountState,
    change: { kind: EntryKind; direction: 'debit' | 'credit'; amount: Credits },
    by: { transfer: Transfer | null; hold: string | null; base: IntentBase | null },
  ): void {
    const { kind, direction, amount } = change;
    const before = { posted: account.posted, held: account.held };
    if (kind === 'transfer') account.posted += direction === 'credit' ? amount : -amount;
    if (kind === 'post') account.posted -= amount;
    if (kind === 'hold') account.held += amount;
    if (kind === 'post' || kind === 'void' || kind === 'expire') account.held -= amount;
    account.version += 1;
    assert(account.held >= 0, `Account ${account.id} would hold less than nothing.`);
    assert(account.posted - account.held >= account.floor, `Account ${account.id} would fall below its floor.`);
    assert(Math.abs(account.posted) <= CREDITS_MAX, `Account ${account.id} would exceed the largest balance.`);
    changes.accounts.add(account.id);
    changes.entries.push({
      account: account.id,
      version: account.version,
      kind,
      direction,
      amount,
      postedBefore: before.posted,
      heldBefore: before.held,
      postedAfter: account.posted,
      heldAfter: account.held,
      transfer: by.transfer?.id ?? null,
      hold: by.hold,
      operation: by.base !== null && by.base.actor === account.id ? by.base.key : null,
      actor: by.transfer !== null ? null : (by.base?.actor ?? LEDGER_ACTOR),
      reason: by.transfer !== null ? null : (by.base?.reason ?? 'The hold expired'),
      metadata: by.transfer !== null ? null : (by.base?.metadata ?? {}),
    });
  }

  function accountOf(id: string): AccountState {
    const account = state.accounts.get(id);
    if (account === undefined) throw new CreditsError('account_not_found', `There is no account ${id}.`);
    return account;
  }

  /**
   * The refusal of every move (L-4), before anything changes. No account can exceed the largest balance as long as no more
   * than that is ever issued, which is what the floor of the issuing account says.
   */
  function assertAvailable(source: AccountState, amount: Credits, fromHold: Credits = 0): void {
    const available = source.posted - source.held + fromHold;
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

  function move(
    base: IntentBase,
    kind: TransferKind,
    sides: { source: AccountState; destination: AccountState; amount: Credits },
    link: { reverses?: string; hold?: string } = {},
  ): Transfer {
    const { source, destination, amount } = sides;
    const transfer: Transfer = {
      id: createId(),
      kind,
      source: source.id,
      destination: destination.id,
      amount,
      actor: base.actor,
      reason: base.reason,
      metadata: base.metadata,
      reverses: link.reverses ?? null,
      hold: link.hold ?? null,
      createdAt: now,
    };
    changes.transfers.push(transfer);
    const by = { transfer, hold: transfer.hold, base };
    record(source, { kind: transfer.hold === null ? 'transfer' : 'post', direction: 'debit', amount }, by);
    record(destination, { kind: 'transfer', direction: 'credit', amount }, by);
    return transfer;
  }

  /** Changes what remains of a hold; what was answered before keeps its own copy. */
  function resolve(hold: Hold, remaining: Credits, final: Hold['state']): Hold {
    const changed: Hold = { ...hold, remaining, state: remaining > 0 ? 'partly_posted' : final };
    state.holds.set(hold.id, changed);
    changes.holdsChanged.set(hold.id, changed);
    return changed;
  }

  function expireHolds(): void {
    for (const hold of state.holds.values()) {
      if (hold.remaining === 0 || Date.parse(hold.expiresAt) > nowMs) continue;
      const account = accountOf(hold.account);
      record(
        account,
        { kind: 'expire', direction: 'credit', amount: hold.remaining },
        {
          transfer: null,
          hold: hold.id,
          base: null,
        },
      );
      resolve(hold, 0, 'expired');
    }
  }

  function openHoldOf(id: string): Hold {
    const hold = state.holds.get(id);
    if (hold === undefined) throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
    if (hold.remaining > 0) return hold;
    throw new CreditsError(
      'hold_already_resolved',
      `Hold ${id} is ${hold.state}: it has nothing left to post or void.`,
      {
        details: { state: hold.state },
      },
    );
  }

  /** What a keyed command does. Returns the account that its receipt is about. */
  function apply(intent: KeyedIntent): { account: AccountState; transfer: Transfer | null; hold: Hold | null } {
    switch (intent.kind) {
      case 'grant':
      case 'spend':
      case 'transfer': {
        const account = accountOf(intent.account);
        const sides = {
          source: accountOf(intent.source),
          destination: accountOf(intent.destination),
          amount: intent.amount,
        };
        assertUnclaimed(account, intent.once);
        assertAvailable(sides.source, sides.amount);
        return { account, transfer: move(intent, intent.kind, sides), hold: null };
      }
      case 'adjust': {
        const account = accountOf(intent.account);
        if (account.version !== intent.expectedVersion) {
          throw new CreditsError(
            'version_conflict',
            `Account ${account.id} is at version ${account.version}, not ${intent.expectedVersion}: look again, then decide.`,
            { details: { expected: intent.expectedVersion, actual: account.version } },
          );
        }
        assertUnclaimed(account, intent.once);
        const difference = intent.available - (account.posted - account.held);
        if (difference === 0) return { account, transfer: null, hold: null };
        const issued = accountOf(HOUSE_ISSUED);
        const sides =
          difference > 0
            ? { source: issued, destination: account, amount: difference }
            : { source: account, destination: issued, amount: -difference };
        assertAvailable(sides.source, sides.amount);
        return { account, transfer: move(intent, 'adjust', sides), hold: null };
      }
      case 'reverse': {
        const undone = state.transfers.get(intent.transfer);
        if (undone === undefined) {
          throw new CreditsError('transfer_not_found', `There is no transfer ${intent.transfer}.`);
        }
        if (state.reversed.has(undone.id)) {
          throw new CreditsError('transfer_already_reversed', `Transfer ${undone.id} was reversed before.`);
        }
        const sides = {
          source: accountOf(undone.destination),
          destination: accountOf(undone.source),
          amount: undone.amount,
        };
        const account = isHouse(undone.source) ? sides.source : sides.destination;
        assertUnclaimed(account, intent.once);
        assertAvailable(sides.source, sides.amount);
        state.reversed.add(undone.id);
        return { account, transfer: move(intent, 'reverse', sides, { reverses: undone.id }), hold: null };
      }
      case 'hold': {
        const account = accountOf(intent.account);
        const destination = accountOf(intent.destination);
        assertUnclaimed(account, intent.once);
        assertAvailable(account, intent.amount);
        const hold: Hold = {
          id: createId(),
          account: account.id,
          destination: destination.id,
          amount: intent.amount,
          remaining: intent.amount,
          state: 'open',
          actor: intent.actor,
          reason: intent.reason,
          expiresAt: new Date(nowMs + intent.expiresAfterMs).toISOString(),
          createdAt: now,
        };
        changes.holdsOpened.push(hold);
        record(
          account,
          { kind: 'hold', direction: 'debit', amount: hold.amount },
          {
            transfer: null,
            hold: hold.id,
            base: intent,
          },
        );
        return { account, transfer: null, hold };
      }
      case 'post': {
        const hold = openHoldOf(intent.hold);
        const account = accountOf(hold.account);
        const amount = intent.amount ?? hold.remaining;
        if (amount > hold.remaining) {
          throw new CreditsError(
            'insufficient_credits',
            `Cannot post ${amount} credits: hold ${hold.id} has ${hold.remaining} remaining.`,
            { details: { requested: amount, available: hold.remaining } },
          );
        }
        const sides = { source: account, destination: accountOf(hold.destination), amount };
        assertUnclaimed(account, intent.once);
        assertAvailable(sides.source, amount, amount);
        const transfer = move(intent, 'post', sides, { hold: hold.id });
        return { account, transfer, hold: resolve(hold, hold.remaining - amount, 'posted') };
      }
      case 'void': {
        const hold = openHoldOf(intent.hold);
        const account = accountOf(hold.account);
        assertUnclaimed(account, intent.once);
        record(
          account,
          { kind: 'void', direction: 'credit', amount: hold.remaining },
          {
            transfer: null,
            hold: hold.id,
            base: intent,
          },
        );
        return { account, transfer: null, hold: resolve(hold, 0, 'voided') };
      }
    }
  }

  function assertUnclaimed(account: AccountState, once: string | null): void {
    const transfer = once === null ? undefined : state.claims.get(scopedKey(account.id, once));
    if (once === null || transfer === undefined) return;
    throw new CreditsError('already_claimed', `Account ${account.id} was given "${once}" before.`, {
      details: { once, transfer },
    });
  }

  /** Answers a keyed command: the first answer again, or a new one, which is remembered under its key (L-6). */
  function answer(intent: KeyedIntent): Receipt {
    const scoped = scopedKey(intent.actor, intent.key);
    const known = state.operations.get(scoped);
    if (known !== undefined) return replay(intent, known);
    const { account, transfer, hold } = apply(intent);
    const receipt: Receipt = {
      idempotencyKey: intent.key,
      account: account.id,
      version: account.version,
      balance: toBalance(account.posted, account.held),
      transfer,
      hold,
      replayed: false,
    };
    state.operations.set(scoped, { fingerprint: intent.fingerprint, receipt });
    if (intent.once !== null) {
      state.claims.set(scopedKey(account.id, intent.once), transfer?.id ?? hold?.id ?? intent.key);
    }
    changes.operations.push({
      actor: intent.actor,
      key: intent.key,
      fingerprint: intent.fingerprint,
      account: account.id,
      version: account.version,
      posted: account.posted,
      held: account.held,
      transfer: transfer?.id ?? null,
      hold: hold?.id ?? null,
      holdRemaining: hold?.remaining ?? null,
      holdState: hold?.state ?? null,
      once: intent.once,
    });
    return receipt;
  }

  function abandon(account: AccountState, operations: readonly string[]): void {
    for (const key of operations) {
      const scoped = scopedKey(account.id, key);
      if (state.operations.has(scoped)) continue;
      state.operations.set(scoped, { fingerprint: null, receipt: null });
      changes.operations.push({
        actor: account.id,
        key,
        fingerprint: null,
        account: account.id,
        version: account.version,
        posted: account.posted,
        held: account.held,
        transfer: null,
        hold: null,
        holdRemaining: null,
        holdState: null,
        once: null,
      });
    }
  }

  function settle(intent: Intent): Outcome {
    try {
      if (intent.kind === 'expire') return { receipt: null };
      if (intent.kind === 'abandon') {
        abandon(accountOf(intent.account), intent.operations);
        return { receipt: null };
      }
      return { receipt: answer(intent) };
    } catch (error) {
      if (isCreditsError(error)) return { error };
      throw error;
    }
  }

  expireHolds();
  return { outcomes: intents.map(settle), changes };
}

function replay(intent: KeyedIntent, known: { fingerprint: string | null; receipt: Receipt | null }): Receipt {
  if (known.receipt === null) {
    throw new CreditsError('operation_abandoned', `Operation ${intent.key} was given up before it arrived.`);
  }
  if (known.fingerprint !== intent.fingerprint) {
    throw new CreditsError('idempotency_key_reused', `The key ${intent.key} was used for a different command.`);
  }
  return { ...known.receipt, replayed: true };
}
