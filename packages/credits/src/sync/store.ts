/**
 * Holds the current session and the published state. The only place that replaces either: everything else passes the next
 * model to `session.commit`, and listeners are called once for each change (atomic step).
 */
import type { CreditsError } from '../contract/error.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import { Countdown } from './countdown.ts';
import type { Environment } from './environment.ts';
import { createModel, ingest, type Model, type Source } from './number/state.ts';
import { INITIAL_STATE, type CreditsState } from './number/view.ts';

/** One and a half polls without a confirmation, and the view says so. */
const STALE_MS = 45_000;
/** How often the age is checked: a machine that slept is noticed this late at most. */
const AGE_CHECK_MS = 15_000;

/** A snapshot or balance, as it arrived. */
export interface Frame {
  /** Wall-clock milliseconds. */
  at: number;
  via: 'stream' | 'fetch' | 'command' | 'tab';
  /** Null for a balance of a host without versions, and for what could not be read. */
  snapshot: Snapshot | null;
  /** Whether it became the confirmed balance, now. */
  accepted: boolean;
  /** `protocol`: why it could not be read; null when it could. */
  error: CreditsError | null;
}

/**
 * What belongs to one signed-in user. After the account has changed, code that still holds the former session can only
 * change that session's model, which is published nowhere: no caller has to check whose turn it is.
 */
export interface Session {
  /** Aborts when the account changes or the client closes. */
  readonly signal: AbortSignal;
  readonly model: Model;
  /** Replaces the model. Returns whether the confirmed balance moved. */
  commit(next: Model): boolean;
  /** Applies a snapshot and reports it. */
  take(snapshot: Snapshot, source: Source, via: Frame['via']): void;
  report(frame: Partial<Frame> & Pick<Frame, 'via'>): void;
}

/** A balance that could not be applied, and when it was requested. */
export interface UnappliedBalance extends Source {
  snapshot?: Snapshot;
  /** Of a host without versions. */
  available?: number;
}

export interface StoreHooks {
  /** After every change of the current model. */
  onModelChanged(): void;
  /** Every frame, before any listener. */
  onFrame(frame: Frame): void;
  /** The machine seems to have slept since the last confirmation, or its clock was set forward. */
  onSleep(): void;
}

export type StateListener = (state: CreditsState, previous: CreditsState) => void;

export class Store {
  readonly #environment: Environment;
  readonly #hooks: StoreHooks;
  readonly #listeners = new Set<StateListener>();
  readonly #frameListeners = new Set<(frame: Frame) => void>();
  #ending = new AbortController();
  #cancelAging = (): void => undefined;
  readonly #countdown: Countdown;
  /** A balance arrived that could not be applied; predictions may learn from it all the same. */
  onUnapplied: (session: Session, balance: UnappliedBalance) => void = () => undefined;
  state = INITIAL_STATE;
  session = this.#begin(null);

  constructor(environment: Environment, hooks: StoreHooks) {
    this.#environment = environment;
    this.#hooks = hooks;
    this.#countdown = new Countdown(environment, () => this.count());
  }

  #begin(account: string | null): Session {
    const { signal } = (this.#ending = new AbortController());
    let model = createModel(account);
    const session: Session = {
      signal,
      get model() {
        return model;
      },
      commit: (next) => {
        const before = model;
        model = next;
        const moved = next.confirmed !== before.confirmed;
        if (!signal.aborted) this.#publishModel(before, moved);
        return moved;
      },
      take: (snapshot, source, via) => {
        this.compareClock(snapshot);
        const accepted = session.commit(ingest(model, snapshot, source));
        if (!accepted && !this.confirm(session, snapshot)) this.onUnapplied(session, { snapshot, ...source });
        session.report({ via, snapshot, accepted });
      },
      report: (frame) => {
        if (signal.aborted) return;
        const at = this.#environment.wallClock();
        const full = Object.freeze<Frame>({ at, snapshot: null, accepted: false, error: null, ...frame });
        this.#hooks.onFrame(full);
        this.#notify(this.#frameListeners, (listener) => listener(full));
      },
    };
    return session;
  }

  /** One publication, so no listener ever sees the new balance with the old operations. */
  #publishModel(before: Model, moved: boolean): void {
    const { account, confirmed, operations } = this.session.model;
    const pending =
      operations === before.operations
        ? this.state.pending
        : operations.map(({ id, delta, reason, state }) => Object.freeze({ id, delta, reason, state }));
    const accrued = moved ? this.#countdown.count(confirmed) : this.state.accrued;
    this.patch({ account, confirmed, pending, accrued, ...(moved && confirmed !== null && this.#confirmation()) });
    this.#hooks.onModelChanged();
  }

  /** To be called with every snapshot, before it is applied. */
  compareClock({ time }: Snapshot): void {
    if (time !== undefined) this.#countdown.compareClock(time);
  }

  /** Brings what has accrued to this instant. */
  count(): void {
    this.patch({ accrued: this.#countdown.count(this.state.confirmed) });
  }

  /** A snapshot of what is confirmed already keeps it fresh. Returns whether it was one. */
  confirm({ model, signal }: Session, { epoch, version }: Pick<Snapshot, 'epoch' | 'version'>): boolean {
    const same = model.confirmed?.epoch === epoch && model.confirmed.version === version;
    if (same && !signal.aborted) this.patch(this.#confirmation());
    return same;
  }

  #confirmation(): Partial<CreditsState> {
    const confirmedAt = this.#environment.wallClock();
    // Where there is no page nobody looks, and a timer would only keep the process alive.
    if (this.#environment.active) this.#watchAge(confirmedAt, this.#environment.now());
    return { confirmedAt, stale: false };
  }

  /** In many browsers the monotonic clock stops while the machine sleeps: then only the wall clock has moved. */
  #watchAge(confirmedAt: number, since: number): void {
    const { now, wallClock, setTimer } = this.#environment;
    this.#cancelAging();
    this.#cancelAging = setTimer(() => {
      const ageMs = now() - since;
      const isOld = ageMs >= STALE_MS;
      if (!isOld && wallClock() - confirmedAt - ageMs < AGE_CHECK_MS) return this.#watchAge(confirmedAt, since);
      this.patch({ stale: true });
      if (!isOld) this.#hooks.onSleep();
    }, AGE_CHECK_MS);
  }

  /** Publishes what differs from the current state. */
  patch(view: Partial<CreditsState>): void {
    const previous = this.state;
    const keys = Object.keys(view) as (keyof CreditsState)[];
    if (keys.every((key) => previous[key] === view[key])) return;
    this.state = Object.freeze({ ...previous, ...view });
    // The newest state, also when a listener that was called earlier has changed it meanwhile.
    this.#notify(this.#listeners, (listener) => listener(this.state, previous));
  }

  /** An error in a listener must not stop the client: it is thrown where errors of timers go. */
  #notify<Listener>(listeners: Iterable<Listener>, call: (listener: Listener) => void): void {
    for (const listener of listeners) {
      try {
        call(listener);
      } catch (error) {
        this.#environment.setTimer(() => {
          throw error;
        }, 0);
      }
    }
  }

  /** Ends the session, and with it everything that belongs to its user; begins an empty one. */
  switchAccount(account: string | null): void {
    this.#ending.abort();
    this.#cancelAging();
    this.#countdown.stop();
    this.session = this.#begin(account);
    this.patch({ account, confirmed: null, pending: [], accrued: 0, confirmedAt: 0, stale: false });
    this.#hooks.onModelChanged();
  }

  subscribe(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    this.#frameListeners.add(listener);
    return () => void this.#frameListeners.delete(listener);
  }

  close(): void {
    this.#ending.abort();
    this.#cancelAging();
    this.#countdown.stop();
    this.#listeners.clear();
    this.#frameListeners.clear();
  }
}
