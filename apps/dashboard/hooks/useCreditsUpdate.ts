'use client';

import { useCallback, useMemo } from 'react';
import type { OperationHandle } from 'realtime-credits/compat';
import {
  useCreditsMutation as useClientMutation,
  type CreditsMutation,
  type CreditsMutationOptions,
} from 'realtime-credits/react';
import { creditsClient, creditsPredictions, useCreditsStore } from '@/stores/credits-store';

/**
 * The documented way to say what a server call is about to do to the balance.
 *
 * Each call changes the number at once and resolves at once: `await`ing it never delays the request it announces.
 * It is a prediction: the server's answer decides, by `syncCreditsAfterApiCall(result)`, by the opposite call of the same
 * amount (which takes it back exactly), or automatically within 15 seconds. New code uses {@link useCreditsMutation}.
 *
 * @example
 * await subtractCredits(50, 'Server purchase')
 */
export function useCreditsUpdate() {
  return useMemo(
    () => ({
      /**
       * @throws {CreditsError} `invalid_request` — not a whole number of credits from 1 up; the number is unchanged.
       */
      addCredits: async (amount: number, reason?: string): Promise<OperationHandle> =>
        useCreditsStore.getState().addCredits(amount, reason),
      /**
       * @throws {CreditsError} `invalid_request` — not a whole number of credits from 1 up; the number is unchanged.
       */
      subtractCredits: async (amount: number, reason?: string): Promise<OperationHandle> =>
        useCreditsStore.getState().subtractCredits(amount, reason),
      /**
       * Resolves to null where the number is shown already, or none is known yet: then the server is only asked.
       *
       * @throws {CreditsError} `invalid_request` — not a whole number of credits from 0 up; the number is unchanged.
       */
      setCredits: async (amount: number, reason?: string): Promise<OperationHandle | null> =>
        useCreditsStore.getState().updateCredits(amount, reason),
      refreshCredits: (): Promise<void> => creditsClient.refresh(),
    }),
    [],
  );
}

/**
 * Says what an API answered after a call that changed the balance.
 *
 * @example
 * const result = await response.json()
 * if (result.success) await syncCreditsAfterApiCall(result)
 */
export function useCreditsSync() {
  const syncCreditsAfterApiCall = useCallback(
    /** Takes the answer's `snapshot`, `data.new_balance` or `user.coins` where it can be trusted; otherwise asks the server. */
    (result?: unknown): Promise<void> => creditsPredictions.settle(result),
    [],
  );
  return { syncCreditsAfterApiCall };
}

export type { CreditsMutationOptions } from 'realtime-credits/react';

/**
 * The recommended way to change the balance: one call that shows the prediction, sends the request with its idempotency
 * key, repeats the same one when no answer came, and settles to what the server said.
 *
 * `mutate` resolves to the answer. Calls may overlap: each is an operation of its own.
 *
 * @throws {CreditsError} the server's own code, such as `insufficient_credits`; the number has gone back by itself.
 *
 * @example
 * const { mutate, isPending, error } = useCreditsMutation({
 *   amount: -cost,
 *   reason: 'Server purchase',
 *   request: ({ headers, signal }) => fetch('/api/servers/create', { method: 'POST', headers, signal, body }),
 * })
 */
export function useCreditsMutation<Answer = unknown, Variables = void>(
  options: CreditsMutationOptions<Answer, Variables>,
): CreditsMutation<Answer, Variables> {
  return useClientMutation(creditsClient, options);
}
