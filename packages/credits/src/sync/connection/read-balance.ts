import { CreditsError } from '../../contract/error.ts';
import { OPERATIONS_MAX } from '../../contract/route.ts';
import type { Model } from '../number/state.ts';
import { isNetworkError, request, toError, toProtocolError, type Requester } from './request.ts';
import { readBalanceResponse, type BalanceResponse } from './response.ts';

/** What is wrong with a response that contains no balance. */
export const NO_BALANCE = 'The response contains no balance.';

/** The outcome of one request for the balance. */
export type Reading =
  /** The response of a host without versions may contain no balance, or one that is not a number: there is none for now. */
  | { kind: 'read'; response: BalanceResponse; asked: string[] }
  /** `denied`: nobody is signed in. `refused`: for good. `failed`: it may succeed later, also after 403 and 404. */
  | { kind: 'denied' | 'refused' | 'failed'; error: CreditsError; retryAfterMs: number };

/**
 * Requests the balance once: from the package's server, or from `balanceUrl` until that has answered with a version. The
 * package's server is also asked about each operation that is undecided or unanswered.
 *
 * Before anything has answered, a 404 of `balanceUrl` may mean that the host has no such route, because it has the
 * package's server; so may a page in place of JSON, which servers of single-page apps send to every path that they do not
 * know. The package's server is asked in the same attempt; where it has none either, both are retried like any other failure.
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
    url = `${requester.creditsUrl}?since=${model.confirmed?.version ?? 0}`;
    if (asked.length > 0) url += `&operations=${asked.map(encodeURIComponent).join()}`;
  }
  const target = url;
  try {
    const reply = await request(requester.environment, (stop) => requester.send(target, { signal: stop }), signal);
    const {
      body,
      response: { ok, status },
    } = reply;
    if (isHostRoute && isVersioned === null && (status === 404 || (ok && body === undefined))) {
      return await readBalance({ ...requester, balanceUrl: null }, model, isVersioned, signal);
    }
    if (!ok) {
      // Firewalls answer 403, and a deployment 404 for a while: only 401 is about the session, and only 410 is final.
      const kind = status === 401 ? 'denied' : status === 410 ? 'refused' : 'failed';
      return { kind, error: toError(reply), retryAfterMs: reply.retryAfterMs };
    }
    const response = readBalanceResponse(isHostRoute ? body : { snapshot: body });
    if (response.error?.code === 'protocol') throw response.error;
    const isEmpty = response.snapshot === undefined && response.available === undefined;
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    if (isEmpty && (response.isRefused || !isObject)) throw new CreditsError('protocol', NO_BALANCE);
    return { kind: 'read', response, asked };
  } catch (cause) {
    return { kind: 'failed', error: isNetworkError(cause) ? cause : toProtocolError(cause), retryAfterMs: 0 };
  }
}
