'use client';
import type { Balance, Snapshot } from 'realtime-credits';
import { selectView, type CreditsState, type PendingOperation } from 'realtime-credits/client';
import { useSyncExternalStore } from 'react';

import { creditsClient } from '@/stores/credits-store';

/** What a view of the balance may show, in whole credits. */
export interface BalanceView {
  /** Available, with the effect of own commands that are still under way. */
  shown: number;
  /** What the ledger is known to have said. */
  confirmed: Balance;
  /** Own commands that are still under way. */
  pending: readonly PendingOperation[];
  /** What was charged by time since `confirmed`. */
  accrued: number;
}

const NONE: readonly PendingOperation[] = [];
const subscribe = (listener: () => void) => creditsClient.subscribe(listener);
const never = (): CreditsState | null => null;

/**
 * The balance as the store has it, and as the server rendered it until the store knows it: the first paint has the
 * right number, and the second one does not differ.
 */
export function useBalance(initial: Snapshot): BalanceView {
  const state = useSyncExternalStore<CreditsState | null>(subscribe, () => creditsClient.getState(), never);
  const shown = state === null ? null : selectView(state).shown;
  if (state === null || shown === null || state.confirmed === null || state.account !== initial.account) {
    return { shown: initial.balance.available, confirmed: initial.balance, pending: NONE, accrued: 0 };
  }
  return { shown, confirmed: state.confirmed.balance, pending: state.pending, accrued: state.accrued };
}
