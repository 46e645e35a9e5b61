/**
 * Follows the balance: asks for it, polls, keeps the one stream of the browser, and goes with the page's life (hidden,
 * offline, back/forward cache). Owns when and where to ask; what the answers mean is decided in `state.ts`.
 */
import { CreditsError, isCreditsError } from '../contract/error.ts';
import { formatEventId } from '../contract/event.ts';
import { CREDITS_ROUTES, OPERATIONS_MAX } from '../contract/route.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import { readAnswer, type Answer } from './answer.ts';
import { backoffMs } from './backoff.ts';
import type { Core, Frame } from './core.ts';
import type { PageEvent } from './environment.ts';
import { createPoller } from './poller.ts';
import { request, toError, type Reply } from './request.ts';
import { acknowledge, ingestAmount, needsFetch } from './state.ts';
import { createStream } from './stream.ts';
import { createTabs, type TabMessage, type Tabs } from './tabs.ts';
import type { ConnectionState } from './view.ts';

/** While news come by themselves, they are checked this often all the same. */
const SAFETY_POLL_MS = 300_000;
/** A hidden page keeps its stream this long. */
const HIDDEN_MS_MAX = 60_000;

export interface FollowerOptions {
  balanceUrl: string;
  creditsUrl: string;
  pollIntervalMs: number;
  headers: () => Record<string, string>;
}

export interface Follower {
  start(): () => void;
  ask(options?: { force?: boolean }): Promise<void>;
  /** Asks when the model says that only an answer can place what happened. */
  heed(): void;
  /** Whether the server speaks in versions; null until it has answered. */
  versioned(): boolean | null;
  setAccount(account: string | null): void;
  seed(snapshot: Snapshot): void;
  /** An own command was accepted: takes in what its answer says, and lets the other tabs know. */
  answered(id: string, answer: Answer, startedAt: number): void;
  post(message: TabMessage): void;
  /** Passes on to the other tabs what they may not have heard. */
  relay(frame: Frame): void;
  close(): void;
}

export function createFollower(core: Core, options: FollowerOptions): Follower {
  const { environment } = core;
  const { balanceUrl, creditsUrl, pollIntervalMs, headers } = options;
  const poller = createPoller(environment, read);
  let starts = 0;
  let versioned: boolean | null = null;
  let signedOut = false;
  let stopped = false;
  let suspended = false;
  /** The page has been hidden for so long that its stream is closed. */
  let dormant = false;
  let online = environment.isOnline();
  let visible = environment.isVisible();
  let live = false;
  let following = false;
  /** The server offers no stream, or not to us. */
  let streamless = false;
  let failures = 0;
  let denials = 0;
  let cures = 0;
  let readAt = -Infinity;
  let readTick = -1;
  let heeded = false;
  let error: CreditsError | null = null;
  let abort = new AbortController();
  let tabs: Tabs | null = null;
  let dropLink: (() => void) | null = null;
  let newest: { epoch: string; version: number } | null = null;
  let cancelHidden = (): void => undefined;
  let stopListening = (): void => undefined;

  // Asking

  async function read(): Promise<void> {
    if (signedOut || !environment.active) return;
    const life = core.life();
    const { signal: ended } = abort;
    const { tick, confirmed, operations } = core.model();
    // The host's own route does not know the question; what it does not name may still have happened.
    const asked = (versioned ? operations : [])
      .filter(({ startedAt }) => startedAt !== null)
      .map(({ id }) => id)
      .slice(0, OPERATIONS_MAX);
    readAt = environment.now();
    readTick = tick;
    following = false;
    core.patch({ fetching: true });
    let url = balanceUrl;
    if (versioned) {
      url = `${creditsUrl}${CREDITS_ROUTES.snapshot}?since=${confirmed?.version ?? 0}`;
      if (asked.length > 0) url += `&operations=${asked.map(encodeURIComponent).join(',')}`;
    }
    let next: number | null;
    try {
      const reply = await request(environment, (signal) => environment.fetch(url, withHeaders({ signal })), ended);
      if (life !== core.life()) return;
      next = reply.response.ok ? accept(reply, tick, asked) : refuse(reply);
    } catch (cause) {
      if (life !== core.life()) return;
      if (ended.aborted) {
        // We gave it up ourselves, as the page went or the last display did: that says nothing about the server.
        core.patch({ fetching: false });
        if (starts > 0 && !suspended) void poller.ask({ force: true });
        return;
      }
      next = fail(isCreditsError(cause) ? cause : new CreditsError('protocol', undefined, { cause }), 0);
    }
    if (life !== core.life()) return;
    core.patch({ fetching: false });
    poller.plan(next);
    show();
    link();
  }

  /** Returns in how many milliseconds to ask again; null for never. */
  function accept({ body }: Reply, startedAt: number, asked: string[]): number | null {
    const answer = versioned ? { snapshot: parseSnapshot(body) } : readAnswer(body);
    const { snapshot } = answer;
    const account = snapshot?.account ?? ('account' in answer ? answer.account : undefined);
    if (account !== undefined && !own(account)) {
      become(null); // the session is another user's by now (S9)
      return null;
    }
    if (snapshot !== undefined) {
      versioned = true;
      core.take(snapshot, { startedAt, asked }, 'fetch');
    } else if ('available' in answer && answer.available !== undefined) {
      versioned = false;
      const accepted = core.commit(ingestAmount(core.model(), answer.available, startedAt));
      core.report({ via: 'fetch', snapshot: null, accepted });
    } else throw new CreditsError('protocol', 'The server answered without a balance.');
    failures = denials = 0;
    error = null;
    stopped = false;
    // What one answer did not settle is asked again: at once, then with patience.
    cures = needsFetch(core.model()) ? cures + 1 : 0;
    return cures === 0 ? interval() : cures === 1 ? 0 : backoffMs(cures, environment.random());
  }

  function refuse(reply: Reply): number | null {
    const { status } = reply.response;
    const reason = toError(reply);
    if (status === 401 || status === 403) {
      denials += 1;
      if (denials === 1) return fail(reason, 0);
      become(null, reason);
      return null;
    }
    if (status < 500 && status !== 408 && status !== 425 && status !== 429) {
      error = reason;
      stopped = true;
      return null;
    }
    return fail(reason, reply.retryAfterMs);
  }

  function fail(reason: CreditsError, retryAfterMs: number): number | null {
    error = reason;
    failures += 1;
    const wanted = interval() !== null || core.model().operations.length > 0;
    return wanted && online ? backoffMs(failures, environment.random(), retryAfterMs) : null;
  }

  function withHeaders(init: RequestInit): RequestInit {
    return { credentials: 'same-origin', cache: 'no-store', ...init, headers: { ...headers(), ...init.headers } };
  }

  /** Milliseconds to the next poll; null while there is to be none. */
  function interval(): number | null {
    if (starts === 0 || !visible || !online || signedOut || stopped || suspended) return null;
    if (live) return SAFETY_POLL_MS;
    // ±10 % where a stream was lost, so that its tabs do not all poll at the same instant.
    return versioned ? pollIntervalMs * (0.9 + 0.2 * environment.random()) : pollIntervalMs;
  }

  function heed(): void {
    const model = core.model();
    const needed = needsFetch(model);
    const unread = model.operations.some(({ endedAt }) => endedAt !== null && endedAt > readTick);
    if (needed && (unread || !heeded)) void poller.ask({ force: true });
    heeded = needed;
  }

  // Streaming

  function link(): void {
    const { account } = core.model();
    const wanted = starts > 0 && versioned && account !== null && online && !dormant && !suspended && !streamless;
    if (!wanted || stopped || tabs === null) {
      dropLink?.();
      dropLink = null;
    } else dropLink ??= lead(tabs, account);
  }

  function lead(among: Tabs, account: string): () => void {
    let closeStream = (): void => undefined;
    const stopLeading = among.lead(account, () => {
      closeStream = createStream(environment, {
        connect: (signal) => {
          const { confirmed } = core.model();
          const resume: Record<string, string> = { accept: 'text/event-stream' };
          if (typeof confirmed?.version === 'number' && confirmed.epoch !== null) {
            resume['last-event-id'] = formatEventId({ epoch: confirmed.epoch, version: confirmed.version });
          }
          return environment.fetch(creditsUrl + CREDITS_ROUTES.stream, withHeaders({ signal, headers: resume }));
        },
        mark: () => core.model().tick,
        onSnapshot(snapshot, startedAt) {
          if (!own(snapshot.account)) return become(null);
          newest = snapshot;
          error = null;
          core.take(snapshot, { startedAt }, 'stream');
          show();
        },
        onHeartbeat() {
          if (newest === null) return;
          hear(newest);
          among.post({ kind: 'alive', account, epoch: newest.epoch, version: newest.version });
        },
        onLive(now) {
          live = now;
          poller.plan(interval());
          show();
        },
        onDenied(certain) {
          if (certain) return become(null);
          streamless = true;
          link();
          void poller.ask({ force: true });
        },
      });
    });
    return () => {
      closeStream();
      stopLeading();
      if (!live) return;
      live = false;
      poller.plan(interval());
    };
  }

  /** The stream is alive, and this is its newest version: what is shown is fresh only if it is that one (S10). */
  function hear({ epoch, version }: { epoch: string; version: number }): boolean {
    const { confirmed } = core.model();
    const same = confirmed?.epoch === epoch && confirmed.version === version;
    if (same) core.confirm();
    return same;
  }

  // Tabs

  function onTab(message: TabMessage): void {
    if (message.account !== core.model().account) return;
    if (message.kind === 'left') return become(null);
    if (message.kind === 'hint') return void poller.ask({ force: true });
    if (message.kind === 'frame') core.take(message.snapshot, { startedAt: -1 }, 'tab');
    else if (!hear(message)) void poller.ask();
    if (live) return;
    following = true;
    // A leader that falls silent costs one poll; one that only seems well is checked now and then.
    if (environment.now() - readAt > SAFETY_POLL_MS) void poller.ask();
    else if (error === null) poller.plan(interval());
    show();
  }

  // The page

  function onPage(event: PageEvent): void {
    online = environment.isOnline();
    visible = environment.isVisible();
    if (event === 'pagehide') return suspend();
    if (event === 'hidden') {
      poller.plan(null);
      cancelHidden = environment.setTimer(() => {
        dormant = true;
        link();
        show();
      }, HIDDEN_MS_MAX);
    } else if (event === 'offline') {
      poller.plan(null);
      link();
    } else resume();
    show();
  }

  function suspend(): void {
    suspended = true;
    link();
    tabs?.close();
    tabs = null;
    cancelHidden();
    abort.abort();
    abort = new AbortController();
    poller.plan(null);
  }

  function resume(): void {
    if (!visible || !online || starts === 0) return;
    cancelHidden();
    suspended = dormant = streamless = false;
    tabs ??= createTabs(environment, `realtime-credits:${creditsUrl}`, onTab);
    // The balance first: the link follows when it is answered.
    void poller.ask({ force: true });
  }

  // Accounts

  /** Whether a message is this user's; while nobody is known, the first to say so is believed. */
  function own(account: string): boolean {
    const model = core.model();
    if (model.account === null && !signedOut) core.commit({ ...model, account });
    return core.model().account === account;
  }

  function answered(id: string, answer: Answer, startedAt: number): void {
    const { snapshot } = answer;
    if (snapshot !== undefined) own(snapshot.account);
    const model = core.model();
    const { account } = model;
    const foreign = answer.account !== undefined && answer.account !== account;
    const available = foreign ? undefined : answer.available;
    const accepted = core.commit(acknowledge(model, id, { snapshot, available, startedAt }));
    core.report({ via: 'answer', snapshot: snapshot ?? null, accepted });
    if (snapshot === undefined && account !== null) tabs?.post({ kind: 'hint', account });
  }

  /** Another life: everything of the earlier account is gone at once. */
  function become(account: string | null, reason: CreditsError | null = null): void {
    const left = core.model().account;
    signedOut = account === null;
    versioned = newest = null;
    failures = denials = cures = 0;
    stopped = streamless = following = heeded = false;
    readAt = -Infinity;
    error = reason;
    abort.abort();
    abort = new AbortController();
    dropLink?.();
    dropLink = null;
    core.reset(account);
    poller.clear();
    if (left !== null) tabs?.post({ kind: 'left', account: left });
    show();
    if (starts > 0 && !signedOut) void poller.ask({ force: true });
  }

  function show(): void {
    const { connection } = core.state();
    const state = connectionState();
    if (connection.state !== state || connection.error !== error)
      core.patch({ connection: Object.freeze({ state, error }) });
  }

  function connectionState(): ConnectionState['state'] {
    if (signedOut) return 'signed-out';
    if (stopped) return 'stopped';
    if (starts === 0) return 'idle';
    if (!online) return 'offline';
    if (live) return 'streaming';
    if (following) return 'following';
    return versioned === null && error === null ? 'connecting' : 'polling';
  }

  return Object.freeze<Follower>({
    start() {
      if (!environment.active) return () => undefined;
      starts += 1;
      if (starts === 1) {
        online = environment.isOnline();
        visible = environment.isVisible();
        stopListening = environment.listen(onPage);
        tabs = createTabs(environment, `realtime-credits:${creditsUrl}`, onTab);
        suspended = dormant = false;
        if (!signedOut) void poller.ask();
        show();
        link();
      }
      let counted = true;
      return () => {
        if (!counted) return; // closing one display twice must not stop another
        counted = false;
        starts -= 1;
        if (starts > 0) return;
        suspend();
        stopListening();
        show();
      };
    },
    ask: (asked) => (signedOut || !environment.active ? Promise.resolve() : poller.ask(asked)),
    heed,
    answered,
    versioned: () => versioned,
    setAccount(account) {
      if (account === core.model().account && signedOut === (account === null)) return;
      become(account);
    },
    seed(snapshot) {
      if (!own(snapshot.account)) return;
      versioned = true;
      core.take(snapshot, { startedAt: -1 }, 'fetch');
      link();
      show();
    },
    post: (message) => tabs?.post(message),
    relay({ via, snapshot, accepted }) {
      // Also what this tab cannot show yet: its open operation is no reason to hold back the others.
      if (snapshot === null || via === 'tab' || !(accepted || via === 'stream')) return;
      if (snapshot.account === core.model().account) tabs?.post({ kind: 'frame', account: snapshot.account, snapshot });
    },
    close() {
      starts = 0;
      suspend();
      stopListening();
      poller.clear();
    },
  });
}
