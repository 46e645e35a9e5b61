/**
 * Holds the model and the view of one client, and tells listeners when the view changed. The only place that replaces
 * either: whoever learns something passes the next model to `commit`.
 */
import type { CreditsError } from '../contract/error.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Environment } from './environment.ts';
import { createModel, ingest, type Model, type Source } from './state.ts';
import type { CreditsState, PendingOperation } from './view.ts';

/** One and a half polls without a confirmation, and the view says so (S10). */
const STALE_MS = 45_000;
/** How often a confirmation is looked at: a machine that slept is noticed this late at most. */
const AGE_CHECK_MS = 15_000;

/** A frame or an answer, as it arrived. */
export interface Frame {
  /** Wall-clock milliseconds. */
  at: number;
  via: 'stream' | 'fetch' | 'answer' | 'tab';
  /** Null for a balance of a host without versions, and for what could not be read. */
  snapshot: Snapshot | null;
  /** Whether it became the confirmed balance, now. */
  accepted: boolean;
  /** `protocol`: why it could not be read; null when it could. */
  error: CreditsError | null;
}

export interface Core {
  readonly environment: Environment;
  model(): Model;
  state(): CreditsState;
  /** Grows when the account changes: what was begun in an earlier life is not heard any more (S9). */
  life(): number;
  /** Replaces the model. Returns whether the confirmed balance moved. */
  commit(next: Model): boolean;
  /** Takes a snapshot in, whatever brought it. */
  take(snapshot: Snapshot, source: Source, via: Frame['via']): void;
  /** The balance that is shown is known to be the newest one. */
  confirm(): void;
  report(frame: Omit<Frame, 'at'>): void;
  patch(view: Partial<Pick<CreditsState, 'fetching' | 'connection'>>): void;
  /** Starts another life, empty. */
  reset(account: string | null): void;
  subscribe(listener: (state: CreditsState) => void): () => void;
  onFrame(listener: (frame: Frame) => void): () => void;
  close(): void;
}

export interface CoreHooks {
  /** After every change of the model. */
  onCommit: () => void;
  /** Every frame, before anyone else. */
  onFrame: (frame: Frame) => void;
  /** The machine seems to have slept since the last confirmation, or its clock was set forward. */
  onSleep: () => void;
}

export function createCore(environment: Environment, hooks: CoreHooks): Core {
  const listeners = new Set<(state: CreditsState) => void>();
  const frameListeners = new Set<(frame: Frame) => void>([hooks.onFrame]);
  let model = createModel(null);
  let life = 0;
  let cancelStale = (): void => undefined;
  let state: CreditsState = Object.freeze<CreditsState>({
    account: null,
    confirmed: null,
    pending: [],
    confirmedAt: 0,
    stale: false,
    fetching: false,
    connection: { state: 'idle', error: null },
  });

  function publish(view: Partial<CreditsState>): void {
    const keys = Object.keys(view) as (keyof CreditsState)[];
    if (keys.every((key) => state[key] === view[key])) return;
    state = Object.freeze({ ...state, ...view });
    tell(listeners, () => state);
  }

  /** A listener that throws is not let near the engine: its error goes where errors of timers go. */
  function tell<News>(to: Iterable<(news: News) => void>, news: () => News): void {
    for (const listener of to) {
      try {
        listener(news());
      } catch (error) {
        environment.setTimer(() => {
          throw error;
        }, 0);
      }
    }
  }

  function confirmation(): Partial<CreditsState> {
    const confirmedAt = environment.wallClock();
    // Where there is no page nobody looks, and a timer would only keep the process.
    if (environment.active) watchAge(confirmedAt, environment.now());
    return { confirmedAt, stale: false };
  }

  /** In many browsers the monotonic clock stands still while the machine sleeps: then only the wall clock has moved. */
  function watchAge(confirmedAt: number, since: number): void {
    cancelStale();
    cancelStale = environment.setTimer(() => {
      const ageMs = environment.now() - since;
      const sleptMs = environment.wallClock() - confirmedAt - ageMs;
      if (ageMs < STALE_MS && sleptMs < AGE_CHECK_MS) return watchAge(confirmedAt, since);
      publish({ stale: true });
      if (ageMs < STALE_MS) hooks.onSleep();
    }, AGE_CHECK_MS);
  }

  function commit(next: Model): boolean {
    const moved = next.confirmed !== model.confirmed;
    const pending = next.operations === model.operations ? state.pending : next.operations.map(toPending);
    model = next;
    // One publication, so that no listener ever sees the new balance with the old operations (S4).
    publish({
      account: model.account,
      confirmed: model.confirmed,
      pending,
      ...(moved && next.confirmed !== null ? confirmation() : {}),
    });
    hooks.onCommit();
    return moved;
  }

  const core: Core = {
    environment,
    model: () => model,
    state: () => state,
    life: () => life,
    commit,
    take(snapshot, source, via) {
      const accepted = commit(ingest(model, snapshot, source));
      const { confirmed } = model;
      if (!accepted && confirmed?.epoch === snapshot.epoch && confirmed.version === snapshot.version) core.confirm();
      core.report({ via, snapshot, accepted, error: null });
    },
    confirm: () => publish(confirmation()),
    report(frame) {
      const full = Object.freeze({ at: environment.wallClock(), ...frame });
      tell(frameListeners, () => full);
    },
    patch: publish,
    reset(account) {
      life += 1;
      cancelStale();
      model = createModel(account);
      publish({ account, confirmed: null, pending: [], confirmedAt: 0, stale: false, fetching: false });
      hooks.onCommit();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onFrame(listener) {
      frameListeners.add(listener);
      return () => void frameListeners.delete(listener);
    },
    close() {
      life += 1;
      cancelStale();
      listeners.clear();
      frameListeners.clear();
    },
  };
  return Object.freeze(core);
}

function toPending({ id, delta, reason, state }: PendingOperation): PendingOperation {
  return Object.freeze({ id, delta, reason, state });
}
