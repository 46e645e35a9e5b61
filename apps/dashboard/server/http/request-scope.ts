import { AsyncLocalStorage } from 'node:async_hooks';
import { LOCALE_OF_REQUEST } from '../../components/credits/locale.ts';
import { readChosenLanguage, toLocale } from './locale.ts';

/**
 * What is known of the request that is being answered, wherever the code is: its id, for log lines and errors, and what
 * better-auth caught and only says as a status.
 */
export interface RequestScope {
  readonly requestId: string;
  /** What the page is written in, with its amounts and instants. */
  readonly locale: string;
  /** The person chose the language of it. */
  readonly isChosen: boolean;
  /** What better-auth caught last; null when nothing. */
  failure: unknown;
}

/** The request header that carries the id; the server sets it itself on every request. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Ids as proxies and tracers write them. Nothing in them can forge a log line or a header. */
const REQUEST_ID_PATTERN = /^[\w.-]{1,128}$/;

const scopes = new AsyncLocalStorage<RequestScope>();

/** The scope of the request that is being answered; null outside of one. */
export function currentRequest(): RequestScope | null {
  return scopes.getStore() ?? null;
}

/** The id of the request that is being answered, or a new one outside of any. */
export function currentRequestId(): string {
  return currentRequest()?.requestId ?? crypto.randomUUID();
}

/** The id that somebody gave, when it is one: otherwise a new one. */
export function toRequestId(given: unknown): string {
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : crypto.randomUUID();
}

/** Runs the work of a request in its scope. */
export function runRequest<Result>(
  { requestId, acceptLanguage, cookie }: { requestId: string; acceptLanguage: string | null; cookie?: string | null },
  work: () => Result,
): Result {
  const choose = () => readChosenLanguage(cookie ?? null);
  const scope = {
    requestId,
    // Looked for by who needs it: few responses write amounts, and it takes as long as reading a balance.
    get locale() {
      return toLocale(acceptLanguage, choose());
    },
    get isChosen() {
      return choose() !== null;
    },
    failure: null,
  };
  return scopes.run(scope, work);
}

/** Does something for a person who did not ask for it just now, in their locale. */
export function runInLocale<Result>(locale: string, work: () => Result): Result {
  return scopes.run({ requestId: currentRequestId(), locale, isChosen: false, failure: null }, work);
}

// Pages are rendered by modules that Next bundled: what they share with these is global.
Object.assign(globalThis, { [LOCALE_OF_REQUEST]: () => currentRequest()?.locale });

/** Remembers what better-auth caught, for the answer that follows. */
export function noteFailure(error: unknown): void {
  const scope = currentRequest();
  if (scope !== null) scope.failure = error;
}
