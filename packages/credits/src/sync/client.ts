import { CreditsError } from '../contract/error.ts';
import { CREDITS_PATH } from '../contract/route.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import { Mutations, type Mutation } from './commands/mutation.ts';
import type { Requester } from './connection/request.ts';
import { Runner } from './connection/runner.ts';
import { CORE, type Core } from './core.ts';
import { createBrowserEnvironment, type Environment } from './environment.ts';
import { INITIAL_STATE, type CreditsState } from './number/view.ts';
import { Store, type Frame, type StateListener } from './store.ts';

export interface CreditsClientOptions {
  /** Where the package's server answers. @default '/api/credits' */
  creditsUrl?: string;
  /**
   * A route of the host's own that answers `{user: {coins}}`: for hosts without a ledger. Asked instead of `creditsUrl`
   * until its response contains a `snapshot`. A host that has no such route (404, or a page) is asked at `creditsUrl`.
   */
  balanceUrl?: string;
  /** Sent with every request, such as a bearer token. A function is called for each request. */
  headers?: Record<string, string> | (() => Record<string, string>);
  /** Whether requests carry cookies. @default 'same-origin' */
  credentials?: RequestCredentials;
  /** What sends the requests. @default the page's own `fetch` */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Something that the host's developer should know, once: its balance is not a whole number of credits. */
  onWarning?: (message: string, cause: unknown) => void;
  /** From 1,000 to 86,400,000: a second to a day. @default 30_000 */
  pollIntervalMs?: number;
  /** @default the browser page; on a server nothing ever starts */
  environment?: Environment;
}

export interface CreditsClient {
  getState(): CreditsState;
  /** The state before anything happened: what a server renders. */
  getInitialState(): CreditsState;
  /** Calls back after every change. Returns the function that unsubscribes. */
  subscribe(listener: StateListener): () => void;
  /** Starts following the balance. Reference-counted: the last stop ends it. Returns the stop. */
  start(): () => void;
  /**
   * Requests the balance; a call within 5 s of another request becomes one trailing request, and is never dropped. `force`:
   * at once. Never rejects: see `connection.error`.
   */
  refresh(options?: { force?: boolean }): Promise<void>;
  /** Sign-in, sign-out (null) or account switch: clears at once, in every tab. */
  setAccount(account: string | null): void;
  /**
   * Takes the snapshot that the server rendered.
   *
   * @throws {CreditsError} `protocol` — not a snapshot; nothing changes.
   */
  seed(snapshot: Snapshot): void;
  /**
   * One call for a command: displays the prediction, sends the request with its idempotency key, repeats the same one
   * while the outcome is unknown, and settles to what the server said.
   *
   * On a host without versions nothing is sent twice: an unknown outcome rejects with `network`, and the operation stays
   * displayed until the balance has been verified.
   *
   * @throws {CreditsError} what the server refused with; `invalid_request` for an amount that is not a whole number.
   */
  mutate<Result = unknown>(mutation: Mutation<Result>): Promise<Result>;
  /** Something outside hints that the balance may have moved: verified by a request. */
  hint(): void;
  /** Calls back for each snapshot and balance as it arrives, for developers. Returns the function that stops. */
  onFrame(listener: (frame: Frame) => void): () => void;
  /** Ends everything: no timers, no streams, no channel. */
  close(): void;
}

/**
 * Follows one user's balance, and displays what their own commands are about to do to it.
 *
 * One client for hosts with the package's server and for hosts that only answer `{user: {coins}}`. The displayed number
 * has one definition for both: `selectShown`.
 *
 * @throws {CreditsError} `invalid_request` — `pollIntervalMs` is out of its range.
 *
 * @example
 * const client = createCreditsClient();
 * const stop = client.start();
 * client.subscribe((state) => render(selectView(state)));
 * await client.mutate({
 *   amount: -100,
 *   reason: 'Server purchase',
 *   request: ({ headers, signal }) => fetch('/api/buy', { method: 'POST', headers, signal }),
 * });
 */
export function createCreditsClient(options: CreditsClientOptions = {}): CreditsClient {
  const environment = options.environment ?? createBrowserEnvironment();
  const { pollIntervalMs = 30_000, headers = {} } = options;
  // Anything else would request without a pause, or never: browsers fire a timer beyond 24 days at once.
  if (!(pollIntervalMs >= 1_000 && pollIntervalMs <= 86_400_000)) {
    throw new CreditsError('invalid_request', `pollIntervalMs must be 1,000 to 86,400,000: got ${pollIntervalMs}.`);
  }
  const send = options.fetch ?? environment.fetch;
  const requester: Requester = {
    environment,
    balanceUrl: options.balanceUrl ?? null,
    creditsUrl: options.creditsUrl ?? CREDITS_PATH,
    onWarning: options.onWarning,
    headers: () => (typeof headers === 'function' ? headers() : headers),
    send: (url, init) =>
      send(url, {
        credentials: options.credentials ?? 'same-origin',
        cache: 'no-store',
        ...init,
        headers: { ...requester.headers(), ...(init.headers as Record<string, string> | undefined) },
      }),
  };
  const store = new Store(environment, {
    onModelChanged() {
      runner.onModelChanged();
      mutations.onModelChanged();
    },
    onFrame: (frame) => runner.broadcastSnapshot(frame),
    onSleep: () => void (environment.isVisible() && runner.refresh()),
  });
  const runner = new Runner(store, requester, pollIntervalMs);
  const core: Core = { environment, store, runner };
  const mutations = new Mutations(core, requester);

  const client: CreditsClient & { [CORE]: Core } = {
    getState: () => store.state,
    getInitialState: () => INITIAL_STATE,
    subscribe: (listener) => store.subscribe(listener),
    start: () => runner.start(),
    refresh: ({ force = false } = {}) => runner.refresh({ isSoon: !force, isManual: true }),
    setAccount: (account) => runner.setAccount(account),
    seed: (snapshot) => runner.seed(parseSnapshot(snapshot)),
    mutate: (mutation) => mutations.mutate(mutation),
    hint: () => void runner.refresh(),
    onFrame: (listener) => store.onFrame(listener),
    close() {
      runner.close();
      store.close();
    },
    [CORE]: core,
  };
  return Object.freeze(client);
}
