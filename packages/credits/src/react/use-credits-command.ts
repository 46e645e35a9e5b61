import { useCallback, useRef, useState } from 'react';
import { CreditsError, isCreditsError } from '../contract/error.ts';
import type { CreditsClient } from '../sync/client.ts';
import type { Mutation } from '../sync/commands/mutation.ts';

export interface CreditsCommand {
  /** Shows the prediction, sends, settles. Rejects with what the server refused with; the same is in `error`. */
  mutate: <Answer = unknown>(mutation: Mutation<Answer>) => Promise<Answer>;
  /** At least one command of this hook is under way. */
  pending: boolean;
  /** Why the last finished command failed; null when it did not. */
  error: CreditsError | null;
}

/**
 * Commands over a client, with what a button needs to know about them.
 *
 * @example
 * const { mutate, pending, error } = useCreditsCommand(client);
 * await mutate({ delta: -cost, reason: 'Server purchase', request: ({ headers, signal }) => fetch('/api/buy', { method: 'POST', headers, signal }) });
 */
export function useCreditsCommand(client: CreditsClient): CreditsCommand {
  const [view, setView] = useState<{ pending: boolean; error: CreditsError | null }>({ pending: false, error: null });
  const running = useRef(0);
  const mutate = useCallback(
    async <Answer>(mutation: Mutation<Answer>): Promise<Answer> => {
      running.current += 1;
      setView({ pending: true, error: null });
      let error: CreditsError | null = null;
      try {
        return await client.mutate(mutation);
      } catch (cause) {
        error = isCreditsError(cause) ? cause : new CreditsError('protocol', undefined, { cause });
        throw cause;
      } finally {
        running.current -= 1;
        setView({ pending: running.current > 0, error });
      }
    },
    [client],
  );
  return { mutate, ...view };
}
