'use client';

import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import type { CreditsError, OperationHandle } from 'realtime-credits/client';
import { useCreditsCommand } from 'realtime-credits/react';
import { creditsClient, useCreditsStore } from '@/stores/credits-store';

/**
 * The documented way to say what a server call is about to do to the balance.
 *
 * Each call changes the number at once and resolves at once, so that `await`ing it never delays the request it announces.
 * It is a prediction: the server's answer decides, by `syncCreditsAfterApiCall(result)`, by the opposite call of the same
 * amount (which takes it back exactly), or within 15 seconds by itself. New code uses {@link useCreditsMutation}.
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
    /** Takes the answer's `snapshot`, `data.new_balance` or `user.coins` where it can be trusted; else asks the server. */
    (result?: unknown): Promise<void> => creditsClient.settle(result),
    [],
  );
  return { syncCreditsAfterApiCall };
}

/** What a mutation's request is given. Pass all three on: the id is in `headers` already. */
export interface CreditsRequest {
  /** Names this one command, however often it is sent. */
  id: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

export interface CreditsMutationOptions<Answer, Variables> {
  /** Signed prediction of what the request does to the balance, in whole credits: −50 for a purchase; 0 when unknown. */
  amount: number | ((variables: Variables) => number);
  /** Shown beside the amount while it is pending. */
  reason: string | ((variables: Variables) => string);
  /** Sends the request. Called again with the same id when the outcome is unknown, which the server answers once. */
  request: (context: CreditsRequest, variables: Variables) => Promise<Response>;
  /** Reads an accepted answer. @default `response.json()` */
  parse?: (response: Response) => Promise<Answer>;
}

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
): {
  mutate: (variables: Variables) => Promise<Answer>;
  /** At least one call is under way. */
  isPending: boolean;
  /** Why the last call failed; null while one is under way and after a success. */
  error: CreditsError | null;
} {
  const { mutate: command, pending, error } = useCreditsCommand(creditsClient);
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });

  const mutate = useCallback(
    (variables: Variables): Promise<Answer> => {
      const { amount, reason, request, parse } = latest.current;
      return command<Answer>({
        delta: typeof amount === 'function' ? amount(variables) : amount,
        reason: typeof reason === 'function' ? reason(variables) : reason,
        request: (context) => request(context, variables),
        ...(parse === undefined ? {} : { parse }),
      });
    },
    [command],
  );

  return { mutate, isPending: pending, error };
}
