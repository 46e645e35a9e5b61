import { CreditsError } from '../contract/error.ts';
import { CREDITS_ROUTES, OPERATIONS_MAX } from '../contract/route.ts';
import { parseSnapshot } from '../contract/snapshot.ts';
import { readAnswer, type Answer } from './answer.ts';
import { isNetworkError, isWorthRetrying, request, toError, toProtocolError, type Requester } from './request.ts';
import type { Model } from './state.ts';

/** What one question for the balance came to. */
export type Reading =
  | { kind: 'heard'; answer: Answer; asked: string[] }
  /** `denied`: nobody is signed in. `refused`: the same question will be refused again. `failed`: it may be answered later. */
  | { kind: 'denied' | 'refused' | 'failed'; error: CreditsError; retryAfterMs: number };

/**
 * Asks for the balance once. On a host with versions it also asks what became of each operation that is pending or unanswered (3).
 *
 * @param stop - Gives the question up.
 */
export async function readBalance(
  requester: Requester,
  model: Model,
  versioned: boolean,
  stop: AbortSignal,
): Promise<Reading> {
  let url = requester.balanceUrl;
  // The host's own route does not know this question; what its answer does not name may still have happened.
  const asked: string[] = [];
  if (versioned) {
    for (const { id, startedAt } of [...model.operations, ...model.unanswered]) if (startedAt !== null) asked.push(id);
    asked.splice(OPERATIONS_MAX);
    url = `${requester.creditsUrl}${CREDITS_ROUTES.snapshot}?since=${model.confirmed?.version ?? 0}`;
    if (asked.length > 0) url += `&operations=${asked.map(encodeURIComponent).join(',')}`;
  }
  try {
    const reply = await request(requester.environment, (signal) => requester.send(url, { signal }), stop);
    const { retryAfterMs } = reply;
    const { ok, status } = reply.response;
    if (!ok) {
      const kind = status === 401 || status === 403 ? 'denied' : isWorthRetrying(status) ? 'failed' : 'refused';
      return { kind, error: toError(reply), retryAfterMs };
    }
    const answer: Answer = versioned ? { snapshot: parseSnapshot(reply.body), refused: false } : readAnswer(reply.body);
    if (answer.error !== undefined) throw answer.error;
    if (answer.snapshot !== undefined || answer.available !== undefined) return { kind: 'heard', answer, asked };
    throw new CreditsError('protocol', 'The server answered without a balance.');
  } catch (cause) {
    return { kind: 'failed', error: isNetworkError(cause) ? cause : toProtocolError(cause), retryAfterMs: 0 };
  }
}
