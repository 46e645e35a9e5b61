import { CreditsError } from '../contract/error.ts';
import { CREDITS_ROUTES, OPERATIONS_MAX } from '../contract/route.ts';
import { parseSnapshot } from '../contract/snapshot.ts';
import { readAnswer, type Answer } from './answer.ts';
import { isNetworkError, request, toError, toProtocolError, type Requester } from './request.ts';
import type { Model } from './state.ts';

/** What one question for the balance came to. */
export type Reading =
  /** The answer of a host without versions may say no balance, or one that is no number: there is none to be had now. */
  | { kind: 'heard'; answer: Answer; asked: string[] }
  /** `denied`: nobody is signed in. `refused`: for good. `failed`: it may be answered later, also after 403 and 404. */
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
      // Firewalls answer 403, and a deployment 404 for a while: only 401 is about the session, and only 410 is for good.
      const kind = status === 401 ? 'denied' : status === 410 ? 'refused' : 'failed';
      return { kind, error: toError(reply), retryAfterMs };
    }
    const answer: Answer = versioned ? { snapshot: parseSnapshot(reply.body), refused: false } : readAnswer(reply.body);
    if (answer.error?.code === 'protocol') throw answer.error;
    const isBare = answer.snapshot === undefined && answer.available === undefined;
    const isObject = typeof reply.body === 'object' && reply.body !== null && !Array.isArray(reply.body);
    if (isBare && (answer.refused || !isObject)) {
      throw new CreditsError('protocol', 'The server answered without a balance.');
    }
    return { kind: 'heard', answer, asked };
  } catch (cause) {
    return { kind: 'failed', error: isNetworkError(cause) ? cause : toProtocolError(cause), retryAfterMs: 0 };
  }
}
