import { useCallback, useEffect, useRef, useState } from 'react';
import { CreditsError, isCreditsError } from '../contract/error.ts';
import type { CreditsClient } from '../sync/client.ts';

/** What a mutation's request is given. Pass all three on: the id is in `headers` already. */
export interface CreditsRequest {
  /** Names this one command, however often it is sent. */
  id: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

export interface CreditsMutationOptions<Result = unknown, Variables = void> {
  /** Signed prediction of what the request does to the balance, in whole credits: −50 for a purchase; 0 when unknown. */
  amount: number | ((variables: Variables) => number);
  /** Shown beside the amount while it is pending. */
  reason: string | ((variables: Variables) => string);
  /** Sends the request. Called again with the same id when the outcome is unknown: the server answers it once. */
  request: (context: CreditsRequest, variables: Variables) => Promise<Response>;
  /** Reads the response to an accepted command. @default `response.json()` */
  parse?: (response: Response) => Promise<Result>;
}

export interface CreditsMutation<Result, Variables> {
  /**
   * Displays the prediction, sends, settles. Resolves to the response. Calls may overlap: each is an operation of its own.
   *
   * @throws {CreditsError} the server's own code, such as `insufficient_credits`; the number has gone back by then.
   */
  mutate: (variables: Variables) => Promise<Result>;
  /** At least one call is under way. */
  isPending: boolean;
  /** Why the last finished call failed; null while one is under way and after a success. */
  error: CreditsError | null;
}

/**
 * The recommended way to change the balance: one call that displays the prediction, sends the request with its
 * idempotency key, repeats the same one when no response arrived, and settles to what the server said.
 *
 * @example
 * const { mutate, isPending, error } = useCreditsMutation(client, {
 *   amount: -cost,
 *   reason: 'Server purchase',
 *   request: ({ headers, signal }) => fetch('/api/servers/create', { method: 'POST', headers, signal, body }),
 * });
 */
export function useCreditsMutation<Result = unknown, Variables = void>(
  client: CreditsClient,
  options: CreditsMutationOptions<Result, Variables>,
): CreditsMutation<Result, Variables> {
  const [view, setView] = useState<{ isPending: boolean; error: CreditsError | null }>({
    isPending: false,
    error: null,
  });
  const running = useRef(0);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const mutate = useCallback(
    async (variables: Variables): Promise<Result> => {
      const { amount, reason, request, parse } = latest.current;
      running.current += 1;
      setView({ isPending: true, error: null });
      let error: CreditsError | null = null;
      try {
        return await client.mutate<Result>({
          amount: typeof amount === 'function' ? amount(variables) : amount,
          reason: typeof reason === 'function' ? reason(variables) : reason,
          request: (context) => request(context, variables),
          ...(parse === undefined ? {} : { parse }),
        });
      } catch (cause) {
        error = isCreditsError(cause) ? cause : new CreditsError('protocol', undefined, { cause });
        throw cause;
      } finally {
        running.current -= 1;
        setView({ isPending: running.current > 0, error });
      }
    },
    [client],
  );
  return { mutate, ...view };
}
