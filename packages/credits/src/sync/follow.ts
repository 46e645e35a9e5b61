/**
 * Follows the balance: asks for it, hears the news of it, and knows whose it is. Whether anybody looks is decided in
 * `presence.ts`, how news come in `news.ts`, when a question leaves in `poller.ts`, and what an answer does to the number
 * in `state.ts`.
 */
import { CreditsError } from '../contract/error.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Answer } from './answer.ts';
import { backoffMs } from './backoff.ts';
import { readBalance, type Reading } from './balance.ts';
import type { Core, Frame } from './core.ts';
import { createNews } from './news.ts';
import { createPoller } from './poller.ts';
import { createPresence } from './presence.ts';
import { toProtocolError, type Requester } from './request.ts';
import { acknowledge, ingestAmount, needsFetch } from './state.ts';
import type { TabMessage } from './tabs.ts';
import type { ConnectionState } from './view.ts';

/** While news come by themselves, they are checked this often all the same. */
const SAFETY_POLL_MS = 300_000;

export interface Follower {
  start(): () => void;
  askNow(): Promise<void>;
  /** Somebody asks by hand: also where the server had said that nobody is signed in. */
  refresh(force: boolean): Promise<void>;
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
  /** Says what is wrong with what a command's answer says of the balance. */
  inspect(answer: Answer): void;
  /** Something cannot be read: the number stays, the view says so, and the server is asked. */
  misunderstand(cause: unknown, via: Frame['via']): void;
  close(): void;
}

export interface FollowerOptions {
  pollIntervalMs: number;
  onWarning: (message: string, cause: unknown) => void;
}

export function createFollower(core: Core, requester: Requester, options: FollowerOptions): Follower {
  const { pollIntervalMs, onWarning } = options;
  const { environment } = core;
  const poller = createPoller(environment, read);
  let versioned: boolean | null = null;
  let error: CreditsError | null = null;
  let warned = false;
  let failures = 0;
  let denials = 0;
  let cures = 0;
  let readAt = -Infinity;
  let readTick = -1;
  let heeded = false;
  let abort = new AbortController();

  let signedOut = false;
  /** Whose page it is, as its host said; null for nobody's, undefined where the host never said. */
  let owner: string | null | undefined;
  /** The server refuses for good: only someone who asks makes us ask again. */
  let stopped = false;
  /** The server offers no stream, or not to us, or the balance is to be asked for first. */
  let streamless = false;
  /** Another tab holds the stream, and brings us its news. */
  let following = false;

  const presence = createPresence(environment, {
    onStart() {
      streamless = false;
      news.join();
      void askAgain(poller.askSoon);
    },
    onWake() {
      news.join();
      // The balance first: a stream that was closed follows when it is answered.
      streamless = !news.isLinked();
      void askAgain(poller.askNow).then(() => {
        streamless = false;
        update();
      });
    },
    onLeave() {
      news.leave();
      abandon();
    },
    onChange() {
      poller.plan(interval());
      update();
    },
  });

  const news = createNews(core, requester, {
    onSnapshot(snapshot, startedAt) {
      if (!own(snapshot.account)) return become(null);
      error = null;
      core.take(snapshot, { startedAt }, 'stream');
      update();
    },
    onAlive(newest) {
      // What it brought could not be shown yet, and the question that would tell may have failed.
      if (!checkNewest(newest)) void poller.askSoon();
    },
    onMessage,
    onUnreadable: misunderstand,
    onLive() {
      poller.plan(interval());
      update();
    },
    onDenied(certain) {
      if (certain) return become(null);
      streamless = true;
      update();
      void poller.askNow();
    },
  });

  const isFollowed = (): boolean => presence.isHere() && !stopped && !signedOut;

  /** After every change of the above: the stream, and what the view says of the connection. */
  function update(): void {
    news.link(isFollowed() && versioned === true && !presence.isDormant() && !streamless ? core.model().account : null);
    const state = connectionState();
    const { connection } = core.state();
    if (connection.state !== state || connection.error !== error) {
      core.patch({ connection: Object.freeze({ state, error }) });
    }
  }

  function connectionState(): ConnectionState['state'] {
    if (signedOut) return 'signed-out';
    if (stopped) return 'stopped';
    if (!presence.isStarted()) return 'idle';
    if (!environment.isOnline()) return 'offline';
    if (news.isLive()) return 'streaming';
    if (following) return 'following';
    return versioned === null && error === null ? 'connecting' : 'polling';
  }

  /** Milliseconds to the next poll; null while there is to be none. */
  function interval(): number | null {
    if (!isFollowed() || !environment.isVisible()) return null;
    if (news.isLive()) return SAFETY_POLL_MS;
    // ±10 % where a stream was lost, so that its tabs do not all poll at the same instant.
    return versioned ? pollIntervalMs * (0.9 + 0.2 * environment.random()) : pollIntervalMs;
  }

  async function read(): Promise<boolean> {
    const { signal } = abort;
    readAt = environment.now();
    readTick = core.model().tick;
    following = false;
    core.patch({ fetching: true });
    const reading = await readBalance(requester, core.model(), versioned === true, signal);
    core.patch({ fetching: false });
    if (!signal.aborted) {
      poller.plan(hear(reading, readTick));
      update();
      return true;
    }
    if (presence.isHere()) void ask(poller.askNow); // given up by ourselves, and somebody looks again already
    return false;
  }

  /** Returns in how many milliseconds to ask again; null for never. */
  function hear(reading: Reading, startedAt: number): number | null {
    if (reading.kind !== 'heard') return fail(reading);
    const { answer, asked } = reading;
    const { snapshot, available, account = snapshot?.account } = answer;
    if (signedOut) {
      if (owner !== undefined && account !== undefined && account !== owner) return null;
      signedOut = false; // the server knows somebody again
      core.commit({ ...core.model(), account: account ?? owner ?? null });
    }
    if (account !== undefined && !own(account)) {
      become(null); // the session is another user's by now (S9)
      return null;
    }
    versioned = snapshot !== undefined;
    failures = denials = 0;
    error = null;
    stopped = false;
    if (snapshot !== undefined) core.take(snapshot, { startedAt, asked }, 'fetch');
    else if (available !== undefined) {
      if (answer.error !== undefined) warn(answer.error);
      const accepted = core.commit(ingestAmount(core.model(), available, startedAt));
      core.report({ via: 'fetch', snapshot: null, accepted, error: null });
    } else {
      // The host has no balance to say: what was last known stays, and asking sooner brings nothing.
      const absent = new CreditsError('protocol', 'The server answered without a balance.');
      error = answer.error === undefined ? absent : toProtocolError(answer.error);
      core.report({ via: 'fetch', snapshot: null, accepted: false, error });
      warn(error);
      return interval();
    }
    // What one answer did not settle is asked again: at once, then with patience.
    cures = needsFetch(core.model()) ? cures + 1 : 0;
    if (cures === 0) return interval();
    return cures === 1 ? 0 : backoffMs(cures, environment.random());
  }

  function fail(reading: Exclude<Reading, { kind: 'heard' }>): number | null {
    error = reading.error;
    if (error.code === 'protocol') core.report({ via: 'fetch', snapshot: null, accepted: false, error });
    if (signedOut) return null;
    // The session is checked once more: one answer may have met a server that was just starting.
    if (reading.kind === 'denied' && (denials += 1) > 1) become(null, error);
    else if (reading.kind === 'refused') stopped = true;
    else if (environment.isOnline() && (interval() !== null || core.model().operations.length > 0)) {
      return backoffMs((failures += 1), environment.random(), reading.retryAfterMs);
    }
    return null;
  }

  function inspect({ error: wrong, available }: Answer): void {
    if (wrong === undefined) return;
    if (available === undefined) misunderstand(wrong, 'answer');
    else warn(wrong);
  }

  /** The host's balance is no whole number of credits. */
  function warn(cause: CreditsError): void {
    if (warned) return;
    warned = true;
    onWarning(`The host's balance cannot be shown as it is. ${cause.message}`, cause);
  }

  function misunderstand(cause: unknown, via: Frame['via']): void {
    error = toProtocolError(cause);
    core.report({ via, snapshot: null, accepted: false, error });
    // Coalesced, so that a stream of nonsense costs one question every five seconds.
    if (environment.isVisible()) void ask(poller.askSoon);
    update();
  }

  function heed(): void {
    const model = core.model();
    const needed = needsFetch(model);
    const unread = model.operations.filter(({ endedAt }) => endedAt !== null && endedAt > readTick);
    // 4a.7: what nobody knows the outcome of is asked about once, also while another window is open.
    const unknown = unread.some(({ state }) => state === 'unknown');
    if (unknown || (needed && (unread.length > 0 || !heeded))) void ask(poller.askNow);
    heeded = needed;
  }

  /** The stream is alive, and this is its newest version: what is shown is fresh only if it is that one (S10). */
  function checkNewest({ epoch, version }: Pick<Snapshot, 'epoch' | 'version'>): boolean {
    const { confirmed } = core.model();
    const same = confirmed?.epoch === epoch && confirmed.version === version;
    if (same) core.confirm();
    return same;
  }

  function onMessage(message: TabMessage): void {
    if (message.account !== core.model().account) return;
    if (message.kind === 'left') return become(null);
    if (message.kind === 'hint') return void poller.askNow();
    if (message.kind === 'frame') core.take(message.snapshot, { startedAt: -1 }, 'tab');
    else if (!checkNewest(message)) void poller.askSoon();
    if (news.isLive()) return;
    following = true;
    // A leader that falls silent costs one poll; one that only seems well is checked now and then.
    if (environment.now() - readAt > SAFETY_POLL_MS) void poller.askSoon();
    else if (error === null) poller.plan(interval());
    update();
  }

  /** Gives up the question that is out, and plans none. */
  function abandon(): void {
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
    abandon();
    core.reset(account);
    poller.clear();
    update();
    if (left !== null) news.post({ kind: 'left', account: left });
    if (presence.isStarted()) void ask(poller.askNow);
  }

  function ask(how: () => Promise<void>): Promise<void> {
    return signedOut || !environment.active ? Promise.resolve() : how();
  }

  /** A person or the page asks again: a session that the server did not know may be known by now. */
  function askAgain(how: () => Promise<void>): Promise<void> {
    return owner === null || !environment.active ? Promise.resolve() : how();
  }

  function spread(): void {
    const { account } = core.model();
    if (account !== null) news.post({ kind: 'hint', account });
  }

  return Object.freeze<Follower>({
    start: presence.start,
    askNow: () => ask(poller.askNow),
    refresh: (force) => askAgain(force ? poller.askNow : poller.askSoon),
    heed,
    versioned: () => versioned,
    setAccount(account) {
      owner = account;
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
      // A command may be answered after its user has gone, and a bare balance in that answer is theirs too (S9).
      const whose = answer.account ?? snapshot?.account;
      const foreign = whose !== undefined && whose !== model.account;
      const available = foreign ? undefined : answer.available;
      const accepted = core.commit(acknowledge(model, id, { snapshot, available, startedAt }));
      core.report({ via: 'answer', snapshot: snapshot ?? null, accepted, error: null });
      if (snapshot === undefined) spread();
    },
    spread,
    inspect,
    relay({ via, snapshot, accepted }) {
      // Also what this tab cannot show yet: its open operation is no reason to hold back the others.
      if (snapshot === null || via === 'tab' || !(accepted || via === 'stream')) return;
      if (snapshot.account === core.model().account) news.post({ kind: 'frame', account: snapshot.account, snapshot });
    },
    misunderstand,
    close() {
      presence.close();
      poller.clear();
    },
  });
}
