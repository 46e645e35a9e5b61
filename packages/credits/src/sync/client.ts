import { CreditsError } from '../contract/error.ts';
import { CREDITS_PATH } from '../contract/route.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import { createCore, type Frame } from './core.ts';
import { createBrowserEnvironment, type Environment } from './environment.ts';
import { createFollower } from './follow.ts';
import { createMutations, type Mutation } from './mutation.ts';
import { createOpenOperations, type OperationHandle } from './open-operation.ts';
import type { Requester } from './request.ts';
import type { CreditsState } from './view.ts';

export type { Frame } from './core.ts';
export type { Mutation } from './mutation.ts';
export type { OperationHandle } from './open-operation.ts';
export { selectShown, type Confirmed, type ConnectionState, type CreditsState, type PendingOperation } from './view.ts';

export interface CreditsClientOptions {
  /** Answers `{user: {coins}}`, and `snapshot` where the host has versions. @default '/api/user/me' */
  balanceUrl?: string;
  /** Where the package's server answers, if the host has one. @default '/api/credits' */
  creditsUrl?: string;
  /** Headers for every request, read anew each time: for hosts that want identity in a header. */
  headers?: () => Record<string, string>;
  /** From 1,000 to 86,400,000: a second to a day. @default 30_000 */
  pollIntervalMs?: number;
  /** Something that the host's developer should know, in a sentence: its balance is no whole number of credits. Once. */
  onWarning?: (message: string, cause: unknown) => void;
  /** @default the browser page; on a server nothing ever starts */
  environment?: Environment;
}

export interface CreditsClient {
  getState(): CreditsState;
  subscribe(listener: (state: CreditsState) => void): () => void;
  /** Starts following the balance; reference-counted: the last stop ends it. Returns the stop. */
  start(): () => void;
  /** Asks the server now; a call within 5 s of another is one trailing request, never dropped. Never rejects: see `connection.error`. */
  refresh(options?: { force?: boolean }): Promise<void>;
  /** Sign-in, sign-out (null) or account switch: clears at once, in every tab. */
  setAccount(account: string | null): void;
  /**
   * Server-rendered first state.
   * @throws {CreditsError} `protocol` — it is no snapshot; nothing changes.
   */
  seed(snapshot: Snapshot): void;
  /**
   * One call that does all of it: shows the prediction, sends, retries the same id, settles.
   *
   * On a host without versions nothing is sent twice: an unknown outcome rejects with `network`, and the operation stays
   * shown until the balance has been verified.
   *
   * @throws {CreditsError} what the server refused with; `invalid_request` for a delta that is not a whole number.
   */
  mutate<Answer = unknown>(mutation: Mutation<Answer>): Promise<Answer>;
  /**
   * Opens an operation without a request (4a). Returns at once.
   * @throws {CreditsError} `invalid_request` — the delta is not a whole number; nothing changes.
   */
  open(delta: number, reason?: string): OperationHandle;
  /**
   * Predicts that `available` is about to be exactly this, and verifies it within 2 s (4a.3). Null where that is what is
   * shown already, or nothing is known yet: then the server is only asked.
   * @throws {CreditsError} `invalid_request` — not a whole number of credits from 0 up; nothing changes.
   */
  predict(available: number, reason?: string): OperationHandle | null;
  /**
   * What an API answered after a credit-affecting call: ends the oldest open operation, takes its snapshot or balance, else asks.
   * @throws {CreditsError} `invalid_request`, `protocol` — the answer's balance cannot be read; nothing changes.
   */
  settle(result?: unknown): Promise<void>;
  /**
   * A request of the page's own is about to leave, around which nobody opens or settles anything. Pass the JSON of its
   * accepted answer to what this returns: a snapshot in it counts, a bare balance is verified, and the operation that it
   * carried out is settled when the answer says a balance. `createCreditsFetch` calls this.
   *
   * @param operation - The id that the request carries as `Idempotency-Key`, when that is an open operation's.
   */
  overhear(operation?: string | null): (answer: unknown) => void;
  /** Something outside hints that the balance may have moved (4.6): verified by a fetch. */
  hint(): void;
  /** Frames and answers as they arrive, for people who want to look: newest last. */
  onFrame(listener: (frame: Frame) => void): () => void;
  /** Ends everything: no timers, no streams, no channel. */
  close(): void;
}

/**
 * Follows one user's balance and shows what their own commands are about to do to it.
 *
 * One client for hosts with the package's server and for hosts that only answer `{user: {coins}}`; the shown number has
 * one definition for both: {@link selectShown}.
 *
 * @throws {CreditsError} `invalid_request` — `pollIntervalMs` is out of its range.
 *
 * @example
 * const client = createCreditsClient();
 * const stop = client.start();
 * client.subscribe((state) => console.log(selectShown(state)));
 * await client.mutate({ delta: -100, reason: 'Server purchase', request: ({ headers }) => fetch('/api/buy', { method: 'POST', headers }) });
 */
export function createCreditsClient(options: CreditsClientOptions = {}): CreditsClient {
  const environment = options.environment ?? createBrowserEnvironment();
  const pollIntervalMs = options.pollIntervalMs ?? 30_000;
  // Anything else would ask without a pause, or never: browsers fire a timer beyond 24 days at once.
  if (!(pollIntervalMs >= 1_000 && pollIntervalMs <= 86_400_000)) {
    throw new CreditsError('invalid_request', `pollIntervalMs must be 1,000 to 86,400,000: got ${pollIntervalMs}.`);
  }
  const headers = options.headers ?? (() => ({}));
  const requester: Requester = {
    environment,
    balanceUrl: options.balanceUrl ?? '/api/user/me',
    creditsUrl: options.creditsUrl ?? CREDITS_PATH,
    headers,
    send: (url, init) =>
      environment.fetch(url, {
        credentials: 'same-origin',
        cache: 'no-store',
        ...init,
        headers: { ...headers(), ...(init.headers as Record<string, string> | undefined) },
      }),
  };
  const core = createCore(environment, {
    onCommit() {
      follower.heed();
      mutations.heed();
    },
    onFrame: (frame) => follower.relay(frame),
    onSleep: () => void (environment.isVisible() && follower.askNow()),
  });
  const follower = createFollower(core, requester, {
    pollIntervalMs,
    onWarning: options.onWarning ?? (() => undefined),
  });
  const mutations = createMutations(core, follower, requester);
  const operations = createOpenOperations(core, follower);

  return Object.freeze<CreditsClient>({
    getState: core.state,
    subscribe: core.subscribe,
    start: follower.start,
    refresh: (asked) => follower.refresh(asked?.force === true),
    setAccount: follower.setAccount,
    seed: (snapshot) => follower.seed(parseSnapshot(snapshot)),
    mutate: mutations.mutate,
    open: (delta, reason = '') => operations.open(delta, reason),
    predict: (available, reason = '') => operations.predict(available, reason),
    settle: async (result) => operations.settle(result),
    overhear: (operation = null) => operations.overhear(operation),
    hint: () => void follower.askNow(),
    onFrame: core.onFrame,
    close() {
      follower.close();
      core.close();
    },
  });
}
