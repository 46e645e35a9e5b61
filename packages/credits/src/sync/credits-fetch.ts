/**
 * The page's own `fetch`, overheard (4a.4): requests that carry out an operation get its id as `Idempotency-Key`, and
 * balances in answers are heard of, so that nobody has to pass them on by hand.
 *
 * Owns which request carries out which operation. What an answer does to the number is decided by the client. For the
 * caller it is the `fetch` it was: the same promise semantics, errors, aborts and bodies.
 */
import { IDEMPOTENCY_KEY_HEADER } from '../contract/route.ts';
import type { CreditsClient } from './client.ts';

/** Answers above this are not looked into: ours are some hundred bytes, and each is kept twice while it is read. */
export const OVERHEARD_BYTES_MAX = 1_048_576;

export interface CreditsFetchOptions {
  /** What really sends. @default the page's own `fetch`, as it is when a request leaves */
  fetch?: typeof globalThis.fetch;
  /** Requests to other origins are passed on untouched, and their answers not believed. @default the page's own */
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
 * A mutating request that leaves while **exactly one** open operation has no request yet carries that operation's id as
 * its key: on a host with versions the number is exact as soon as a frame names it. While several wait for their request
 * nothing is guessed and no key is set; they settle as without the wrapper, oldest first or within 15 s. A key that the
 * caller sets is left alone.
 *
 * Every accepted JSON answer is read beside the caller: a `snapshot` counts at once, `data.new_balance` and `user.coins`
 * are verified, and an answer that says a balance settles the operation that its request carried out. So leave out
 * `settle` (`syncCreditsAfterApiCall`) for what is sent through it: while several purchases overlap, a second telling may
 * end another one. A refusal, a failure or an answer without a balance settles nothing: take the operation back as ever,
 * or leave it to its limit.
 *
 * Use it in place of `fetch` where you send; do not replace the global with it, because the client sends by that one.
 *
 * @example
 * const creditsFetch = createCreditsFetch(client);
 * client.open(-100, 'Server purchase');
 * const response = await creditsFetch('/api/servers/create', { method: 'POST', body });
 */
export function createCreditsFetch(client: CreditsClient, options: CreditsFetchOptions = {}): typeof globalThis.fetch {
  const { isCommand = isMutating } = options;
  const send: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  /** Operations whose request has left. */
  const carried = new Set<string>();

  /** The key to set, and the operation that the request carries out; null when it is none of ours to listen to. */
  function place(
    url: URL,
    method: string,
    given: string | null,
  ): { key: string | null; operation: string | null } | null {
    const { pending } = client.getState();
    for (const id of carried) if (!pending.some((operation) => operation.id === id)) carried.delete(id);
    if (given !== null) {
      const known = pending.find(({ id }) => id === given);
      if (known !== undefined && known.state !== 'open') return null; // `mutate` reads its own answers
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
    const hear = client.overhear(placed.operation);
    let sent = init;
    if (placed.key !== null) {
      headers.set(IDEMPOTENCY_KEY_HEADER, placed.key);
      sent = { ...init, headers };
    }
    const response = await send(input, sent);
    const answeredBy = toUrl(response.url, url.href);
    if (response.ok && answeredBy?.origin === origin) void read(response).then(hear, () => undefined);
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
    return null; // whoever sends it will say what is wrong with it
  }
}

/** The JSON of a copy of the answer; undefined for what is no JSON, or too long. The caller's body is left as it is. */
async function read(response: Response): Promise<unknown> {
  const { headers, body } = response;
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(headers.get('content-type') ?? '');
  if (!isJson || body === null || Number(headers.get('content-length')) > OVERHEARD_BYTES_MAX) return undefined;
  const reader = response.clone().body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return JSON.parse(text);
    text += decoder.decode(piece.value, { stream: true });
    if (text.length > OVERHEARD_BYTES_MAX) {
      await reader?.cancel();
      return undefined;
    }
  }
}
