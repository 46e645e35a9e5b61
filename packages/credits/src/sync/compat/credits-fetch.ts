/**
 * The page's own `fetch`, observed: requests that carry out an operation get its id as `Idempotency-Key`, and balances in
 * responses are applied without being passed on by hand.
 *
 * Owns which request carries out which operation. What a response does to the number is decided by the predictions. For
 * the caller it is the `fetch` it was: the same promise semantics, errors, aborts and bodies.
 */
import { IDEMPOTENCY_KEY_HEADER } from '../../contract/route.ts';
import type { CreditsClient } from '../client.ts';
import { createPredictions } from './predictions.ts';

/** Responses above this are not read: ours are some hundred bytes, and each is kept twice while it is read. */
export const OBSERVED_BYTES_MAX = 1_048_576;

export interface CreditsFetchOptions {
  /** What really sends. @default the page's own `fetch`, as it is when a request leaves */
  fetch?: typeof globalThis.fetch;
  /** Requests to other origins are passed on untouched, and their responses not applied. @default the page's own */
  origin?: string;
  /**
   * Whether a request may carry out an operation that was opened by hand. Narrow it where something else is sent between
   * opening and sending. @default every request that is not GET, HEAD, OPTIONS or TRACE
   */
  isCommand?: (url: URL, method: string) => boolean;
}

/**
 * Wraps `fetch` for the code of a page that predicts with `open` (`subtractCredits`, `addCredits`) and sends by itself.
 *
 * A mutating request that is sent while **exactly one** open operation has no request yet carries that operation's id as
 * its key: on a host with versions the number is exact as soon as a snapshot names it. While several wait for their
 * request nothing is guessed and no key is set; they settle as without the wrapper, oldest first or within 15 s. A key
 * that the caller sets is left alone.
 *
 * Every accepted JSON response is read beside the caller: a `snapshot` counts at once, `data.new_balance` and `user.coins`
 * are verified, and a response with a balance settles the operation that its request carried out. Leave out `settle`
 * (`syncCreditsAfterApiCall`) for what is sent through it: while several purchases overlap, a second call may end another
 * one. A refusal, a failure or a response without a balance settles nothing: take the operation back as ever, or leave it
 * to its limit.
 *
 * Use it in place of `fetch` where you send; do not replace the global with it, because the client sends by that one.
 *
 * @example
 * const creditsFetch = createCreditsFetch(client);
 * createPredictions(client).open(-100, 'Server purchase');
 * const response = await creditsFetch('/api/servers/create', { method: 'POST', body });
 */
export function createCreditsFetch(client: CreditsClient, options: CreditsFetchOptions = {}): typeof globalThis.fetch {
  const { isCommand = isMutating } = options;
  const { observeRequest } = createPredictions(client);
  const send: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  /** Operations whose request was sent. */
  const carried = new Set<string>();

  /** The key to set, and the operation that the request carries out; null when it is not ours to observe. */
  function place(
    url: URL,
    method: string,
    given: string | null,
  ): { key: string | null; operation: string | null } | null {
    const { pending } = client.getState();
    for (const id of carried) if (!pending.some((operation) => operation.id === id)) carried.delete(id);
    if (given !== null) {
      const known = pending.find(({ id }) => id === given);
      if (known !== undefined && known.state !== 'open') return null; // `mutate` reads its own responses
      if (known !== undefined) carried.add(given);
      return { key: null, operation: known?.id ?? null };
    }
    if (!isCommand(url, method)) return { key: null, operation: null };
    const waiting = pending.filter(({ id, state }) => state === 'open' && !carried.has(id));
    const [only] = waiting;
    if (only === undefined || waiting.length > 1) return { key: null, operation: null };
    carried.add(only.id);
    return { key: only.id, operation: only.id };
  }

  return async (input, init) => {
    const request = input instanceof Request ? input : null;
    const origin = options.origin ?? globalThis.location?.origin;
    const url = toUrl(request?.url ?? String(input), globalThis.location?.href ?? origin);
    if (url === null || url.origin !== origin) return send(input, init);
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
    const headers = new Headers(init?.headers ?? request?.headers);
    const placed = place(url, method, headers.get(IDEMPOTENCY_KEY_HEADER));
    if (placed === null) return send(input, init);
    const observe = observeRequest(placed.operation);
    let sent = init;
    if (placed.key !== null) {
      headers.set(IDEMPOTENCY_KEY_HEADER, placed.key);
      sent = { ...init, headers };
    }
    const response = await send(input, sent);
    const source = toUrl(response.url, url.href);
    if (response.ok && source?.origin === origin) void read(response).then(observe, () => undefined);
    return response;
  };
}

function isMutating(_url: URL, method: string): boolean {
  return !/^(GET|HEAD|OPTIONS|TRACE)$/.test(method);
}

function toUrl(url: string, base: string | undefined): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null; // the sender says what is wrong with it
  }
}

/** The JSON of a copy of the response; undefined where it is not JSON, or too long. The caller's body stays untouched. */
async function read(response: Response): Promise<unknown> {
  const { headers, body } = response;
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(headers.get('content-type') ?? '');
  if (!isJson || body === null || Number(headers.get('content-length')) > OBSERVED_BYTES_MAX) return undefined;
  const reader = response.clone().body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return JSON.parse(text);
    text += decoder.decode(piece.value, { stream: true });
    if (text.length > OBSERVED_BYTES_MAX) {
      await reader?.cancel();
      return undefined;
    }
  }
}
