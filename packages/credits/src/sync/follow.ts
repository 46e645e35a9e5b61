/**
 * Follows the balance: decides when to ask for it, when to hold the stream, and goes with the page's life (hidden,
 * offline, back/forward cache), the other tabs and the user's sessions. What the answers do to the number is decided in
 * `state.ts`.
 */
import type { CreditsError } from '../contract/error.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Answer } from './answer.ts';
import { backoffMs } from './backoff.ts';
import { readBalance, type Reading } from './balance.ts';
import type { Core, Frame } from './core.ts';
import type { PageEvent } from './environment.ts';
import { createLink } from './link.ts';
import { createPoller } from './poller.ts';
import type { Requester } from './request.ts';
import { acknowledge, ingestAmount, needsFetch } from './state.ts';
import { createTabs, type TabMessage, type Tabs } from './tabs.ts';
import type { ConnectionState } from './view.ts';

/** While news come by themselves, they are checked this often all the same. */
const SAFETY_POLL_MS = 300_000;
/** A hidden page keeps its stream this long. */
const HIDDEN_MS_MAX = 60_000;

export interface Follower {
  start(): () => void;
  askNow(): Promise<void>;
  askSoon(): Promise<void>;
  /** Asks when the model says that only an answer can place what happened. */
  heed(): void;
  /** Whether the server speaks in versions; null until it has answered. */
  versioned(): boolean | null;
  setAccount(account: string | null): void;
  seed(snapshot: Snapshot): void;
  /** An own command was accepted: takes in what its answer says, and lets the other tabs know. */
  answered(id: string, answer: Answer, startedAt: number): void;
  /** Tells the other tabs that the balance moved, in a way that only an answer can say. */
  spread(): void;
  /** Passes on to the other tabs what they may not have heard. */
  relay(frame: Frame): void;
  close(): void;
}

export function createFollower(core: Core, requester: Requester, pollIntervalMs: number): Follower {
  const { environment } = core;
  const poller = createPoller(environment, read);
  let starts = 0;
  let versioned: boolean | null = null;
  let error: CreditsError | null = null;
  let failures = 0;
  let denials = 0;
  let cures = 0;
  let readAt = -Infinity;
  let readTick = -1;
  let heeded = false;
  let abort = new AbortController();
  let tabs: Tabs | null = null;
  let dropLink: (() => void) | null = null;
  let cancelHidden = (): void => undefined;
  let stopListening = (): void => undefined;

  let signedOut = false;
  /** The server refuses for good: only someone who asks makes us ask again. */
  let stopped = false;
  /** The page is in the back/forward cache, or nothing is displayed. */
  let suspended = false;
  /** The page has been hidden for so long that its stream is closed. */
  let dormant = false;
  /** The server offers no stream, or not to us. */
  let streamless = false;
  /** This tab holds the stream, and it brings news. */
  let live = false;
  /** Another tab does. */
  let following = false;

  const isWatched = (): boolean => starts > 0 && environment.isOnline() && !suspended && !stopped && !signedOut;

  /** After every change of the above: the stream, and what the view says of the connection. */
  function update(): void {
    const { account } = core.model();
    if (!isWatched() || !versioned || account === null || tabs === null || dormant || streamless) {
      dropLink?.();
      dropLink = null;
      setLive(false);
    } else dropLink ??= link(tabs, account);
    const state = connectionState();
    const { connection } = core.state();
    if (connection.state !== state || connection.error !== error) {
      core.patch({ connection: Object.freeze({ state, error }) });
    }
  }

  function connectionState(): ConnectionState['state'] {
    if (signedOut) return 'signed-out';
    if (stopped) return 'stopped';
    if (starts === 0) return 'idle';
    if (!environment.isOnline()) return 'offline';
    if (live) return 'streaming';
    if (following) return 'following';
    return versioned === null && error === null ? 'connecting' : 'polling';
  }

  /** Milliseconds to the next poll; null while there is to be none. */
  function interval(): number | null {
    if (!isWatched() || !environment.isVisible()) return null;
    if (live) return SAFETY_POLL_MS;
    // ±10 % where a stream was lost, so that its tabs do not all poll at the same instant.
    return versioned ? pollIntervalMs * (0.9 + 0.2 * environment.random()) : pollIntervalMs;
  }

  async function read(): Promise<void> {
    if (signedOut || !environment.active) return;
    const life = core.life();
    const { signal } = abort;
    readAt = environment.now();
    readTick = core.model().tick;
    following = false;
    core.patch({ fetching: true });
    const reading = await readBalance(requester, core.model(), versioned === true, signal);
    if (life !== core.life()) return;
    core.patch({ fetching: false });
    if (!signal.aborted) {
      const next = hear(reading, readTick);
      if (life !== core.life()) return;
      poller.plan(next);
      update();
    } else if (starts > 0 && !suspended) void poller.askNow(); // given up by ourselves, and the page is back already
  }

  /** Returns in how many milliseconds to ask again; null for never. */
  function hear(reading: Reading, startedAt: number): number | null {
    if (reading.kind !== 'heard') return fail(reading);
    const { answer, asked } = reading;
    const { snapshot, available = 0, account = snapshot?.account } = answer;
    if (account !== undefined && !own(account)) {
      become(null); // the session is another user's by now (S9)
      return null;
    }
    versioned = snapshot !== undefined;
    if (snapshot !== undefined) core.take(snapshot, { startedAt, asked }, 'fetch');
    else {
      const accepted = core.commit(ingestAmount(core.model(), available, startedAt));
      core.report({ via: 'fetch', snapshot: null, accepted });
    }
    failures = denials = 0;
    error = null;
    stopped = false;
    // What one answer did not settle is asked again: at once, then with patience.
    cures = needsFetch(core.model()) ? cures + 1 : 0;
    if (cures === 0) return interval();
    return cures === 1 ? 0 : backoffMs(cures, environment.random());
  }

  function fail(reading: Exclude<Reading, { kind: 'heard' }>): number | null {
    error = reading.error;
    // The session is checked once more: one answer may have met a server that was just starting.
    if (reading.kind === 'denied' && (denials += 1) > 1) become(null, error);
    else if (reading.kind === 'refused') stopped = true;
    else if (environment.isOnline() && (interval() !== null || core.model().operations.length > 0)) {
      return backoffMs((failures += 1), environment.random(), reading.retryAfterMs);
    }
    return null;
  }

  function heed(): void {
    const model = core.model();
    const needed = needsFetch(model);
    const unread = model.operations.some(({ endedAt }) => endedAt !== null && endedAt > readTick);
    if (needed && (unread || !heeded)) void poller.askNow();
    heeded = needed;
  }

  function link(among: Tabs, account: string): () => void {
    return createLink(core, requester, among, {
      account,
      onSnapshot(snapshot, startedAt) {
        if (!own(snapshot.account)) return become(null);
        error = null;
        core.take(snapshot, { startedAt }, 'stream');
        update();
      },
      onAlive: checkNewest,
      onLive(now) {
        setLive(now);
        update();
      },
      onDenied(certain) {
        if (certain) return become(null);
        streamless = true;
        update();
        void poller.askNow();
      },
    });
  }

  function setLive(now: boolean): void {
    if (live === now) return;
    live = now;
    poller.plan(interval());
  }

  /** The stream is alive, and this is its newest version: what is shown is fresh only if it is that one (S10). */
  function checkNewest({ epoch, version }: Pick<Snapshot, 'epoch' | 'version'>): boolean {
    const { confirmed } = core.model();
    const same = confirmed?.epoch === epoch && confirmed.version === version;
    if (same) core.confirm();
    return same;
  }

  function onTab(message: TabMessage): void {
    if (message.account !== core.model().account) return;
    if (message.kind === 'left') return become(null);
    if (message.kind === 'hint') return void poller.askNow();
    if (message.kind === 'frame') core.take(message.snapshot, { startedAt: -1 }, 'tab');
    else if (!checkNewest(message)) void poller.askSoon();
    if (live) return;
    following = true;
    // A leader that falls silent costs one poll; one that only seems well is checked now and then.
    if (environment.now() - readAt > SAFETY_POLL_MS) void poller.askSoon();
    else if (error === null) poller.plan(interval());
    update();
  }

  function onPage(event: PageEvent): void {
    if (event === 'pagehide') suspend();
    else if (event === 'hidden') {
      poller.plan(null);
      cancelHidden = environment.setTimer(() => {
        dormant = true;
        update();
      }, HIDDEN_MS_MAX);
    } else if (event === 'offline') poller.plan(null);
    else if (environment.isVisible() && environment.isOnline()) wake();
    update();
  }

  function join(): void {
    suspended = dormant = streamless = false;
    tabs ??= meetTabs();
  }

  function meetTabs(): Tabs {
    return createTabs(environment, `realtime-credits:${requester.creditsUrl}`, onTab);
  }

  /** Also where nothing is displayed: a page that signs out may have no number on it. */
  function post(message: TabMessage): void {
    const among = tabs ?? meetTabs();
    among.post(message);
    if (among !== tabs) among.close();
  }

  function wake(): void {
    cancelHidden();
    join();
    // The balance first: a stream that was closed follows when it is answered.
    streamless = dropLink === null;
    void ask(poller.askNow).then(() => {
      streamless = false;
      update();
    });
  }

  /** Releases everything that keeps a page out of the back/forward cache, or costs anything while nobody looks. */
  function suspend(): void {
    suspended = true;
    update();
    tabs?.close();
    tabs = null;
    cancelHidden();
    abort.abort();
    abort = new AbortController();
    poller.plan(null);
  }

  /** Whether a message is this user's; while nobody is known, the first to say so is believed. */
  function own(account: string): boolean {
    const model = core.model();
    if (model.account === null && !signedOut) core.commit({ ...model, account });
    return core.model().account === account;
  }

  /** Another life: everything of the earlier account is gone at once. */
  function become(account: string | null, reason: CreditsError | null = null): void {
    const left = core.model().account;
    signedOut = account === null;
    versioned = null;
    failures = denials = cures = 0;
    stopped = streamless = following = heeded = false;
    readAt = -Infinity;
    error = reason;
    abort.abort();
    abort = new AbortController();
    core.reset(account);
    poller.clear();
    update();
    if (left !== null) post({ kind: 'left', account: left });
    if (starts > 0) void ask(poller.askNow);
  }

  function ask(how: () => Promise<void>): Promise<void> {
    return signedOut || !environment.active ? Promise.resolve() : how();
  }

  function spread(): void {
    const { account } = core.model();
    if (account !== null) post({ kind: 'hint', account });
  }

  return Object.freeze<Follower>({
    start() {
      if (!environment.active) return () => undefined;
      starts += 1;
      if (starts === 1) {
        stopListening = environment.listen(onPage);
        join();
        void ask(poller.askSoon);
        update();
      }
      let counted = true;
      return () => {
        if (!counted) return; // closing one display twice must not stop another
        counted = false;
        starts -= 1;
        if (starts > 0) return;
        suspend();
        stopListening();
      };
    },
    askNow: () => ask(poller.askNow),
    askSoon: () => ask(poller.askSoon),
    heed,
    versioned: () => versioned,
    setAccount(account) {
      if (account !== core.model().account || signedOut !== (account === null)) become(account);
    },
    seed(snapshot) {
      if (!own(snapshot.account)) return;
      versioned = true;
      core.take(snapshot, { startedAt: -1 }, 'fetch');
      update();
    },
    answered(id, answer, startedAt) {
      const { snapshot } = answer;
      if (snapshot !== undefined) own(snapshot.account);
      const model = core.model();
      const foreign = answer.account !== undefined && answer.account !== model.account;
      const available = foreign ? undefined : answer.available;
      const accepted = core.commit(acknowledge(model, id, { snapshot, available, startedAt }));
      core.report({ via: 'answer', snapshot: snapshot ?? null, accepted });
      if (snapshot === undefined) spread();
    },
    spread,
    relay({ via, snapshot, accepted }) {
      // Also what this tab cannot show yet: its open operation is no reason to hold back the others.
      if (snapshot === null || via === 'tab' || !(accepted || via === 'stream')) return;
      if (snapshot.account === core.model().account) post({ kind: 'frame', account: snapshot.account, snapshot });
    },
    close() {
      starts = 0;
      suspend();
      stopListening();
      poller.clear();
    },
  });
}
