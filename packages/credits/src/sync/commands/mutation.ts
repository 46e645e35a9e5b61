/**
 * Commands that carry their id: displayed at once, sent, sent again under the same id while their outcome is unknown, and
 * made definite after half a minute. Owns the attempts; what they do to the number is decided in `number/state.ts`.
 */
import { CreditsError, isCreditsError, type CreditsErrorCode } from '../../contract/error.ts';
import { ACCOUNT_HEADER, IDEMPOTENCY_KEY_HEADER, RESOLVE_PATH } from '../../contract/route.ts';
import { parseSnapshot } from '../../contract/snapshot.ts';
import { backoffMs } from '../connection/backoff.ts';
import {
  isNetworkError,
  isWorthRetrying,
  request,
  toError,
  type Reply,
  type Requester,
} from '../connection/request.ts';
import { readBalanceResponse, type BalanceResponse } from '../connection/response.ts';
import type { Core } from '../core.ts';
import { assertChange } from '../number/assert-change.ts';
import { addOperation, closeWindow, dropOperation, endRequests, markSent, markUnknown } from '../number/state.ts';
import { selectShown } from '../number/view.ts';
import type { Session } from '../store.ts';

/** After this the outcome is made definite; on a host without versions, a request is taken to have ended. */
const UNKNOWN_MS_MAX = 30_000;
/** A command that took effect is retried for its response no longer than this. */
const RESPONSE_MS_MAX = 120_000;
/** An acknowledged operation waits no longer than this behind continuous spending. */
const CROWDED_MS = 4_000;

export interface Mutation<Result> {
  /** Signed prediction of what the request does to `available`, in whole credits; 0 when unknown. */
  amount: number;
  reason: string;
  /** Sends the request. Called again with the same id when the outcome is unknown. */
  request: (context: { id: string; headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;
  /** Reads the response to an accepted command. @default response.json() */
  parse?: (response: Response) => Promise<Result>;
}

type Outcome = { response: BalanceResponse } & (
  | { error: null; reply: Reply }
  | { error: CreditsError; isDefinite: boolean; retryAfterMs: number }
);

/** What the server says about a command under its id; null when it could not say. */
type Resolved = CreditsErrorCode | 'applied' | null;

function isRejection(resolved: Resolved): resolved is CreditsErrorCode {
  return resolved !== null && resolved !== 'applied';
}

function outcomeUnknown(cause: CreditsError): CreditsError {
  return new CreditsError('network', 'The session ended before the outcome of the command was known.', { cause });
}

export class Mutations {
  readonly #core: Core;
  readonly #requester: Requester;
  /** Since when an operation has waited for a balance that contains it, in monotonic milliseconds. */
  #waitingSince: number | null = null;
  #queue: (() => void)[] = [];

  constructor(core: Core, requester: Requester) {
    this.#core = core;
    this.#requester = requester;
  }

  /** Lets queued commands go once no operation waits for its balance any more. */
  onModelChanged(): void {
    const { store, environment } = this.#core;
    if (store.session.model.operations.some(({ endedAt }) => endedAt !== null)) {
      this.#waitingSince ??= environment.now();
    } else {
      this.#waitingSince = null;
      for (const resolve of this.#queue.splice(0)) resolve();
    }
  }

  /**
   * Without versions, overlapping windows could keep every balance from being applied for as long as someone spends: one
   * clean request goes first.
   */
  #isCrowded(): boolean {
    const { runner, environment } = this.#core;
    const waiting = this.#waitingSince;
    return runner.isVersioned === false && waiting !== null && environment.now() - waiting >= CROWDED_MS;
  }

  async mutate<Result>(mutation: Mutation<Result>): Promise<Result> {
    const { store, environment } = this.#core;
    assertChange(mutation.amount, selectShown(store.state));
    const { session } = store;
    const id = environment.uuid();
    try {
      return await this.#run(session, id, mutation);
    } finally {
      session.commit(endRequests(session.model, id));
    }
  }

  async #run<Result>(session: Session, id: string, mutation: Mutation<Result>): Promise<Result> {
    const { environment, runner } = this.#core;
    const { amount: delta, reason, parse } = mutation;
    const queued = this.#isCrowded();
    session.commit(addOperation(session.model, { id, delta, reason, identified: true, queued }));
    if (queued) {
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
        environment.setTimer(resolve, CROWDED_MS);
      });
      // Account fence: what the former user asked for is not sent in the name of the next one.
      if (session.signal.aborted) {
        throw new CreditsError('unauthenticated', 'The session ended before the command was sent. Nothing was moved.');
      }
      session.commit(markSent(session.model, id));
    }
    const startedAt = session.model.tick;
    const startedAtMs = environment.now();
    // Sent before this page knew whose it is, the command may have been charged to the user signed in then.
    let isOurs = this.#findSender(session) !== null;
    let isUnknown = false;

    for (let attempt = 1; ;) {
      const outcome = await this.#attempt(session, id, mutation, isUnknown);
      const { response, error } = outcome;
      runner.inspect(session, response);
      if (error === null) {
        runner.acknowledge(session, id, response, startedAt);
        return parse === undefined ? (outcome.reply.body as Result) : await parse(outcome.reply.response);
      }
      // A refused retry says nothing about an earlier request, which may have taken effect or still be in flight, and
      // refusals leave no key: later effects are made impossible before the number goes back.
      const isFinal = outcome.isDefinite && (!isUnknown || isRejection(await this.#resolve(session, id)));
      if (session.signal.aborted) throw isUnknown && !isFinal ? outcomeUnknown(error) : error;
      if (isFinal) {
        session.commit(dropOperation(session.model, id));
        if (response.snapshot !== undefined) session.take(response.snapshot, { startedAt, asked: [id] }, 'command');
        // The window may have kept a balance from being applied, and a session that has ended displays none.
        else if (runner.isVersioned === false || error.code === 'unauthenticated') void runner.refresh();
        throw error;
      }
      isUnknown = true;
      session.commit(markUnknown(session.model, id));
      if (runner.isVersioned !== true) {
        environment.setTimer(() => session.commit(closeWindow(endRequests(session.model, id), id)), UNKNOWN_MS_MAX);
        throw error;
      }
      do {
        const elapsedMs = environment.now() - startedAtMs;
        const isPending = session.model.operations.some((operation) => operation.id === id);
        if (isOurs && elapsedMs >= RESPONSE_MS_MAX && !isPending) {
          throw new CreditsError('network', 'The command took effect, but its response was lost.', { cause: error });
        }
        const isLate = elapsedMs >= UNKNOWN_MS_MAX && isPending;
        const resolved = isLate || !isOurs ? await this.#resolve(session, id) : null;
        if (isRejection(resolved)) {
          // No later attempt can take effect here, so none is worth waiting for.
          const message = 'The command never reached the server. Nothing was moved.';
          throw isOurs ? new CreditsError(resolved, message, { cause: error }) : error;
        }
        isOurs ||= resolved === 'applied';
        const delayMs = backoffMs(attempt++, environment.random(), outcome.retryAfterMs);
        await new Promise<void>((resolve) => void environment.setTimer(resolve, delayMs));
        if (session.signal.aborted) throw error;
      } while (!isOurs);
    }
  }

  /**
   * Makes "not seen" final: a late request cannot take effect afterwards. Resolves to the code of that end; `applied` when
   * the command had taken effect, whose response the next attempt gets; null when the server could not say.
   */
  async #resolve(session: Session, id: string): Promise<Resolved> {
    const { runner } = this.#core;
    const { environment, creditsUrl, send } = this.#requester;
    const startedAt = session.model.tick;
    if (session.signal.aborted) return null;
    try {
      const reply = await request(environment, (signal) =>
        send(creditsUrl + RESOLVE_PATH, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ operations: [id] }),
          signal,
        }),
      );
      if (!reply.response.ok || session.signal.aborted) return null;
      const snapshot = parseSnapshot(reply.body);
      if (snapshot.account !== session.model.account) {
        void runner.refresh(); // another user's session by now: it decides nothing of ours (account fence)
        return null;
      }
      session.take(snapshot, { startedAt, asked: [id] }, 'command');
      return snapshot.rejected?.find((rejection) => rejection.id === id)?.code ?? 'applied';
    } catch (cause) {
      // Still unknown: the next attempt, or the next request for the balance, may reach the server.
      if (!isNetworkError(cause)) runner.reportProtocolError(session, cause, 'command');
      return null;
    }
  }

  /**
   * In whose name a command is sent is decided by the cookie, which may have been exchanged under this page: the server
   * compares (account fence). Null where it is not known to.
   */
  #findSender(session: Session): string | null {
    return this.#core.runner.isVersioned === true ? session.model.account : null;
  }

  async #attempt<Result>(
    session: Session,
    id: string,
    mutation: Mutation<Result>,
    isUnknown: boolean,
  ): Promise<Outcome> {
    const headers: Record<string, string> = { ...this.#requester.headers(), [IDEMPOTENCY_KEY_HEADER]: id };
    const sender = this.#findSender(session);
    if (sender !== null) headers[ACCOUNT_HEADER] = sender;
    let reply: Reply;
    try {
      reply = await request(this.#core.environment, (signal) => mutation.request({ id, headers, signal }));
    } catch (cause) {
      const error = isCreditsError(cause) ? cause : new CreditsError('network', undefined, { cause });
      return { response: { isRefused: false }, error, isDefinite: !error.retryable, retryAfterMs: 0 };
    }
    const { body, retryAfterMs } = reply;
    const { ok, status, headers: received } = reply.response;
    const response = readBalanceResponse(body);
    if (ok && mutation.parse === undefined && received.get('content-type')?.startsWith('text/html')) {
      // A page in place of a response is a portal's or a proxy's: nobody knows whether the command arrived.
      const error = new CreditsError('protocol', 'The server sent a page where the outcome of a command was expected.');
      return { response: { ...response, error }, error, isDefinite: false, retryAfterMs };
    }
    if (ok && !response.isRefused) return { response, error: null, reply };
    // A refusal before the command is looked at says nothing about an earlier attempt that may have arrived.
    const isAtEntry = status === 401 || status === 403 || status === 429;
    const isDefinite = isUnknown ? !isAtEntry && !isWorthRetrying(status) : status === 429 || !isWorthRetrying(status);
    return { response, error: toError(reply), isDefinite, retryAfterMs };
  }
}
