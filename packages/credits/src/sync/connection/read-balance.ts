import { CreditsError } from '../../contract/error.ts';
import { CREDITS_ROUTES, OPERATIONS_MAX } from '../../contract/route.ts';
import type { Model } from '../number/state.ts';
import { isNetworkError, isWorthRetrying, request, toError, toProtocolError, type Requester } from './request.ts';
import { readBalanceResponse, type BalanceResponse } from './response.ts';

/** The outcome of one request for the balance. */
export type Reading =
  | { kind: 'read'; response: BalanceResponse; asked: string[] }
  /** `denied`: nobody is signed in. `refused`: the same request will be refused again. `failed`: it may succeed later. */
  | { kind: 'denied' | 'refused' | 'failed'; error: CreditsError; retryAfterMs: number };

/**
 * Requests the balance once: from the package's server, or from `balanceUrl` until that has answered with a version. The
 * package's server is also asked about each operation that is undecided or unanswered.
 *
 * @param signal - Gives the request up.
 */
export async function readBalance(
  requester: Requester,
  model: Model,
  isVersioned: boolean | null,
  signal: AbortSignal,
): Promise<Reading> {
  let url = (!isVersioned && requester.balanceUrl) || null;
  const isHostRoute = url !== null;
  const asked: string[] = [];
  if (url === null) {
    for (const { id, startedAt } of [...model.operations, ...model.unanswered]) if (startedAt !== null) asked.push(id);
    asked.splice(OPERATIONS_MAX);
    url = `${requester.creditsUrl}${CREDITS_ROUTES.snapshot}?since=${model.confirmed?.version ?? 0}`;
    if (asked.length > 0) url += `&operations=${asked.map(encodeURIComponent).join()}`;
  }
  const target = url;
  try {
    const reply = await request(requester.environment, (stop) => requester.send(target, { signal: stop }), signal);
    const { body, response: { ok, status } } = reply;
    if (!ok) {
      // 403 and 404 are what firewalls and starting servers send: neither is the end.
      const isTransient = isWorthRetrying(status) || status === 403 || status === 404;
      const kind = status === 401 ? 'denied' : isTransient ? 'failed' : 'refused';
      return { kind, error: toError(reply), retryAfterMs: reply.retryAfterMs };
    }
    const response = readBalanceResponse(isHostRoute ? body : { snapshot: body });
    if (response.error !== undefined) throw response.error;
    if (response.snapshot === undefined && response.available === undefined) {
      throw new CreditsError('protocol', 'The response contains no balance.');
    }
    return { kind: 'read', response, asked };
  } catch (cause) {
    return { kind: 'failed', error: isNetworkError(cause) ? cause : toProtocolError(cause), retryAfterMs: 0 };
  }
}
