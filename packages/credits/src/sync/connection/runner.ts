/**
 * Carries out what the reducer in `connection.ts` decides: requests, the stream, tabs, one timer. Knows whose balance it
 * is (account fence), and passes what arrives to the current session.
 */
import { CreditsError } from '../../contract/error.ts';
import { formatEventId } from '../../contract/event.ts';
import { STREAM_PATH } from '../../contract/route.ts';
import type { Snapshot } from '../../contract/snapshot.ts';
import { acknowledge, ingestAmount, needsFetch } from '../number/state.ts';
import type { Frame, Session, Store } from '../store.ts';
import type { Connection, ConnectionEvent, Effect } from './connection-event.ts';
import { createConnection, isLeading, nextDeadline, reduce } from './connection.ts';
import { NO_BALANCE, readBalance, type Reading } from './read-balance.ts';
import { toProtocolError, type Requester } from './request.ts';
import type { BalanceResponse } from './response.ts';
import { readStream } from './stream.ts';
import { joinTabs, type TabContent, type TabMessage, type Tabs } from './tabs.ts';

const nothing = (): void => undefined;

export class Runner {
  readonly #store: Store;
  readonly #requester: Requester;
  #connection: Connection;
  #displays = 0;
  #tabs: Tabs | null = null;
  #read = new AbortController();
  #stream = new AbortController();
  #stopListening = nothing;
  #cancelTimer = nothing;
  #waiting: (() => void)[] = [];
  /** The newest snapshot of this stream. */
  #newest: Snapshot | null = null;
  /** Tick at which the last request for the balance started. */
  #readTick = -1;
  #hasRefetched = false;
  /** Whose page it is, as the host said; null for nobody's, undefined where the host never said. */
  #owner: string | null | undefined;
  #hasWarned = false;

  constructor(store: Store, requester: Requester, pollIntervalMs: number) {
    this.#store = store;
    this.#requester = requester;
    this.#connection = createConnection(pollIntervalMs);
  }

  /** Whether the server sends versions; null until it has answered. */
  get isVersioned(): boolean | null {
    return this.#connection.isVersioned;
  }

  #dispatch(event: ConnectionEvent): void {
    const { environment } = this.#requester;
    const now = environment.now();
    const [next, effects] = reduce(this.#connection, {
      ...event,
      now,
      random: environment.random(),
      isOnline: environment.isOnline(),
      isVisible: environment.isVisible(),
    });
    this.#connection = next;
    this.#cancelTimer();
    const deadline = nextDeadline(next, now);
    this.#cancelTimer =
      deadline === Infinity
        ? nothing
        : environment.setTimer(() => this.#dispatch({ type: 'tick' }), Math.ceil(deadline - now));
    for (const effect of effects) this.#perform(effect);
    const { state, error, isReading: fetching } = this.#connection;
    const { connection } = this.#store.state;
    const isSame = connection.state === state && connection.error === error;
    this.#store.patch({ fetching, connection: isSame ? connection : Object.freeze({ state, error }) });
  }

  #perform(effect: Effect): void {
    if (effect === 'read') void this.#readBalance();
    else if (effect === 'cancel') this.#read.abort();
    else if (effect === 'connect') this.#openStream();
    else if (effect === 'disconnect') this.#stream.abort();
    else if (effect === 'join') this.#tabs ??= this.#joinTabs();
    else if (effect === 'leave') {
      this.#tabs?.close();
      this.#tabs = null;
    } else if (effect === 'sign-out') this.switchAccount(null, this.#connection.error);
    else if (effect === 'resign') this.#post({ kind: 'resign' });
    else this.#post({ kind: 'claim', tab: this.#connection.tab ?? '', isLeader: isLeading(this.#connection) });
  }

  /** Counts a display. Returns the function that stops counting it; calling that twice changes nothing. */
  start(): () => void {
    const { environment } = this.#requester;
    if (!environment.active) return nothing;
    this.#displays += 1;
    if (this.#displays === 1) {
      this.#stopListening = environment.listen((name) => {
        // Nothing was counted while nobody looked.
        if (name === 'visible' || name === 'pageshow') this.#store.count();
        this.#dispatch({ type: 'page', name });
      });
      const tab = environment.channel === null ? null : environment.uuid();
      this.#dispatch({ type: 'displayed', isDisplayed: true, tab });
    }
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      this.#displays -= 1;
      if (this.#displays === 0) this.#stop();
    };
  }

  #stop(): void {
    this.#stopListening();
    this.#dispatch({ type: 'displayed', isDisplayed: false, tab: null });
  }

  close(): void {
    this.#displays = 0;
    this.#stop();
    this.#cancelTimer();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when a request that started since is done, or when none is to be made. Never rejects. */
  refresh(options: { isSoon?: boolean; isManual?: boolean } = {}): Promise<void> {
    if (!this.#requester.environment.active) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#dispatch({ type: 'refresh', ...options });
      const { isReading, refreshAt } = this.#connection;
      if (!isReading && refreshAt === Infinity) for (const release of this.#waiting.splice(0)) release();
    });
  }

  /** Requests the balance when only a response can decide an operation. */
  onModelChanged(): void {
    const { model } = this.#store.session;
    const isNeeded = needsFetch(model);
    const ended = model.operations.filter(({ endedAt }) => endedAt !== null && endedAt > this.#readTick);
    // An unknown outcome is asked about once, also while another window is open.
    const hasUnknown = ended.some(({ state }) => state === 'unknown');
    if (hasUnknown || (isNeeded && (ended.length > 0 || !this.#hasRefetched))) void this.refresh();
    this.#hasRefetched = isNeeded;
  }

  async #readBalance(): Promise<void> {
    const { signal } = (this.#read = new AbortController());
    const { session } = this.#store;
    const waiting = this.#waiting.splice(0);
    const startedAt = (this.#readTick = session.model.tick);
    const reading = await readBalance(this.#requester, session.model, this.isVersioned, signal);
    if (!signal.aborted) this.#onReading(session, reading, startedAt);
    for (const resolve of waiting) resolve();
  }

  #onReading(session: Session, reading: Reading, startedAt: number): void {
    if (reading.kind !== 'read') {
      const { error } = reading;
      if (error.code === 'protocol') session.report({ via: 'fetch', error });
      return this.#dispatch({ type: 'failed', ...reading, hasPending: session.model.operations.length > 0 });
    }
    const { response, asked } = reading;
    const { snapshot, available, account = snapshot?.account } = response;
    const { state, error: reason } = this.#connection;
    const owner = this.#owner;
    if (state === 'signed-out' && owner !== undefined && account !== undefined && account !== owner) {
      // Somebody else has signed in, and the host said whose page this is.
      return this.#dispatch({ type: 'failed', kind: 'denied', error: reason, retryAfterMs: 0, hasPending: false });
    }
    if (state === 'signed-out') session.commit({ ...session.model, account: account ?? owner ?? null });
    // Account fence: the session is another user's by now.
    if (account !== undefined && !this.#matchAccount(account)) return this.switchAccount(null);
    let error: CreditsError | null = null;
    if (snapshot !== undefined) session.take(snapshot, { startedAt, asked }, 'fetch');
    else if (available !== undefined) {
      this.inspect(session, response);
      const accepted = session.commit(ingestAmount(session.model, available, startedAt));
      if (!accepted) this.#store.onUnapplied(session, { available, startedAt });
      session.report({ via: 'fetch', accepted });
    } else {
      // The host has no balance to tell: the last known one stays, and asking sooner does not help.
      error = toProtocolError(response.error ?? new CreditsError('protocol', NO_BALANCE));
      session.report({ via: 'fetch', error });
      this.#warn(error);
    }
    const isUndecided = error === null && needsFetch(session.model);
    this.#dispatch({ type: 'responded', isVersioned: snapshot !== undefined, needsFetch: isUndecided, error });
  }

  #openStream(): void {
    const { environment, creditsUrl, send } = this.#requester;
    const { signal } = (this.#stream = new AbortController());
    const { session } = this.#store;
    const { tick: startedAt, confirmed } = session.model;
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (confirmed?.epoch != null && confirmed.version !== null) {
      headers['last-event-id'] = formatEventId({ epoch: confirmed.epoch, version: confirmed.version });
    }
    this.#newest = null;
    const connect = (): Promise<Response> => send(creditsUrl + STREAM_PATH, { signal, headers });
    void readStream(environment, connect, signal, {
      onEvent: () => this.#dispatch({ type: 'streamed', isSnapshot: false }),
      onSnapshot: (snapshot) => {
        if (!this.#matchAccount(snapshot.account)) return this.switchAccount(null);
        this.#newest = snapshot;
        session.take(snapshot, { startedAt }, 'stream');
        if (!signal.aborted) this.#dispatch({ type: 'streamed', isSnapshot: true });
      },
      onHeartbeat: () => this.#onHeartbeat(session),
      onSignedOut: () => this.switchAccount(null, new CreditsError('unauthenticated')),
      onUnreadable: (cause) => this.reportProtocolError(session, cause, 'stream'),
    }).then((ending) => {
      if (!signal.aborted) this.#dispatch({ type: 'ended', ending });
    });
  }

  #onHeartbeat(session: Session): void {
    if (this.#newest === null) return;
    const { epoch, version } = this.#newest;
    // What the stream brought could not be applied yet, and the request that would decide may have failed.
    if (!this.#store.confirm(session, this.#newest)) void this.refresh({ isSoon: true });
    this.#post({ kind: 'alive', tab: this.#connection.tab ?? '', epoch, version });
  }

  #joinTabs(): Tabs | null {
    const { environment, creditsUrl } = this.#requester;
    return joinTabs(
      environment,
      `realtime-credits:${creditsUrl}`,
      (message) => this.#onMessage(message),
      (cause) => this.reportProtocolError(this.#store.session, cause, 'tab'),
    );
  }

  #onMessage(message: TabMessage): void {
    const { session } = this.#store;
    const { kind } = message;
    if (message.account !== session.model.account) return;
    if (kind === 'signed-out') return this.switchAccount(null);
    if (kind === 'hint') return void this.refresh();
    if (kind === 'resign') return this.#dispatch({ type: 'resigned' });
    if (kind === 'claim') return this.#dispatch({ type: 'claimed', tab: message.tab, isLeader: message.isLeader });
    if (kind === 'snapshot') session.take(message.snapshot, { startedAt: -1 }, 'tab');
    else {
      if (!this.#store.confirm(session, message)) void this.refresh({ isSoon: true });
      this.#dispatch({ type: 'claimed', tab: message.tab, isLeader: true });
    }
    this.#dispatch({ type: 'followed' });
  }

  /** Tells the other tabs, also where nothing is displayed: a page that signs out may have no display. */
  #post(content: TabContent, account = this.#store.session.model.account): void {
    if (account === null) return;
    const tabs = this.#tabs ?? this.#joinTabs();
    tabs?.post({ ...content, account });
    if (tabs !== this.#tabs) tabs?.close();
  }

  /** Passes on what other tabs may not have received, also what this tab cannot apply yet. */
  broadcastSnapshot({ via, snapshot, accepted }: Frame): void {
    const isNew = via === 'stream' || (accepted && via !== 'tab');
    if (snapshot !== null && isNew && snapshot.account === this.#store.session.model.account) {
      this.#post({ kind: 'snapshot', snapshot });
    }
  }

  /** The balance moved in a way that only a request can tell. */
  broadcastHint(): void {
    this.#post({ kind: 'hint' });
  }

  /** Reports what is wrong with what the response to a command says about the balance. */
  inspect(session: Session, { error, available }: BalanceResponse): void {
    if (error === undefined || session.signal.aborted) return;
    if (available === undefined) this.reportProtocolError(session, error, 'command');
    else this.#warn(error);
  }

  /** The host's balance is not a whole number of credits: its developer is told once. */
  #warn(cause: CreditsError): void {
    if (!this.#hasWarned)
      this.#requester.onWarning?.(`The host's balance cannot be shown as it is. ${cause.message}`, cause);
    this.#hasWarned = true;
  }

  /** Something cannot be read: the number stays, the view says so, and the server is asked. */
  reportProtocolError(session: Session, cause: unknown, via: Frame['via']): void {
    if (session.signal.aborted) return;
    const error = toProtocolError(cause);
    session.report({ via, error });
    this.#dispatch({ type: 'unreadable', error });
  }

  /** Whether a message is this user's; while nobody is known, the first account that appears counts. */
  #matchAccount(account: string): boolean {
    const { session } = this.#store;
    if (session.model.account === null && this.#connection.state !== 'signed-out')
      session.commit({ ...session.model, account });
    return session.model.account === account;
  }

  /** Another account, or none: everything of the former one is gone at once, in every tab. */
  switchAccount(account: string | null, error: CreditsError | null = null, isFinal = false): void {
    const former = this.#store.session.model.account;
    this.#hasRefetched = false;
    this.#store.switchAccount(account);
    this.#dispatch({ type: 'switched', account, error, isFinal });
    if (former !== null) this.#post({ kind: 'signed-out' }, former);
  }

  setAccount(account: string | null): void {
    this.#owner = account;
    const { state, isFinal } = this.#connection;
    const isKnown = account === null ? state === 'signed-out' && isFinal : state !== 'signed-out';
    if (account !== this.#store.session.model.account || !isKnown) this.switchAccount(account, null, account === null);
  }

  seed(snapshot: Snapshot): void {
    if (!this.#matchAccount(snapshot.account)) return;
    this.#dispatch({ type: 'seeded' });
    this.#store.session.take(snapshot, { startedAt: -1 }, 'fetch');
  }

  /** An own command was accepted: applies what its response says, and tells the other tabs. */
  acknowledge(session: Session, id: string, response: BalanceResponse, startedAt: number): void {
    if (session.signal.aborted) return;
    const { snapshot, account = snapshot?.account } = response;
    if (snapshot !== undefined) {
      this.#matchAccount(snapshot.account);
      this.#store.compareClock(snapshot);
    }
    // The balance in the response may be another user's, who has signed in meanwhile (account fence).
    const isForeign = account !== undefined && account !== session.model.account;
    const available = isForeign ? undefined : response.available;
    const accepted = session.commit(acknowledge(session.model, id, { snapshot, available, startedAt }));
    session.report({ via: 'command', snapshot: snapshot ?? null, accepted });
    if (snapshot === undefined) this.broadcastHint();
  }
}
