import type { Credits, Metadata } from 'realtime-credits/contract';

/**
 * A command after validation: what the writer queues and {@link decide} decides. Grants, spends and transfers are one
 * thing here, a move; what they differ in is which side the house is.
 */
export type Intent =
  | MoveIntent
  | AdjustIntent
  | ReverseIntent
  | HoldIntent
  | PostIntent
  | VoidIntent
  | ExtendIntent
  | UpkeepIntent;

/** Comes from a caller and leaves a key. */
export type KeyedIntent = Exclude<Intent, UpkeepIntent>;

export interface IntentBase {
  actor: string;
  key: string;
  fingerprint: string;
  reason: string;
  metadata: Metadata;
  once: string | null;
}

export interface MoveIntent extends IntentBase {
  kind: 'grant' | 'spend' | 'transfer';
  /** Whose version and balance the receipt tells. */
  account: string;
  source: string;
  destination: string;
  amount: Credits;
}

export interface AdjustIntent extends IntentBase {
  kind: 'adjust';
  account: string;
  available: Credits;
  expectedVersion: number;
}

export interface ReverseIntent extends IntentBase {
  kind: 'reverse';
  transfer: string;
}

export interface HoldIntent extends IntentBase {
  kind: 'hold';
  account: string;
  destination: string;
  amount: Credits;
  expiresAfterMs: number;
}

export interface PostIntent extends IntentBase {
  kind: 'post';
  hold: string;
  /** Null: all that remains. */
  amount: Credits | null;
}

export interface VoidIntent extends IntentBase {
  kind: 'void';
  hold: string;
}

export interface ExtendIntent extends IntentBase {
  kind: 'extend';
  hold: string;
  /** From the instant of the decision. */
  expiresAfterMs: number;
}

/** What the ledger does by itself: settles the expired holds of an account, or makes unknown keys final. */
export type UpkeepIntent =
  | { kind: 'expire'; account: string }
  | { kind: 'abandon'; account: string; operations: readonly string[] };

/** Pays grants; its balance is the negative of what was ever granted. */
export const HOUSE_ISSUED = 'house:issued';

/** Receives what is spent. */
export const HOUSE_SPENT = 'house:spent';

/** Whether an account is ours and not a user's. */
export function isHouse(account: string): boolean {
  return account.startsWith('house:');
}
