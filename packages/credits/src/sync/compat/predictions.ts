/**
 * Predictions without a request: the documented hooks around a plain `fetch`. Owns when their windows end; what that does
 * to the number is decided in `number/state.ts`. Separate from the client: a page that only uses `mutate` does not load it.
 */
import { parseBalanceAmount } from '../../contract/amount.ts';
import type { CreditsClient } from '../client.ts';
import { readBalanceResponse, type BalanceResponse } from '../connection/response.ts';
import { getCore, type Core } from '../core.ts';
import { assertChange } from '../number/assert-change.ts';
import { addOperation, closeWindow, dropOperation, type Operation } from '../number/state.ts';
import { selectShown } from '../number/view.ts';
import type { Session } from '../store.ts';
import { dropRefused } from './drop-refused.ts';
import { takeBack } from './take-back.ts';

/** A spend whose end is never told is verified after this. */
const OPEN_MS_MAX = 15_000;
/** A prediction of what the server may have done already is verified after this. */
const PREDICTED_MS_MAX = 2_000;
/** A spend that nobody ended in time is remembered this long: browsers give up a request sooner. */
const REMEMBERED_MS = 600_000;
/** How many are remembered. */
const REMEMBERED_MAX = 100;

/** An operation that was opened without a request. */
export interface OperationHandle {
  /** Send it as `Idempotency-Key` to make the operation exact in milliseconds. */
  readonly id: string;
  /**
   * The id of the spend that this call took back, or null. Such a call opens nothing: the spend stays displayed until the
   * balance has been requested, because nobody knows whether it was refused or only its response lost.
   */
  readonly cancels: string | null;
  /**
   * The server accepted it: pass its response. Resolves when the number is verified, or could not be for now.
   *
   * @throws {CreditsError} `invalid_request`, `protocol` — the response's balance cannot be read; nothing changes.
   */
  settle(result?: unknown): Promise<void>;
  /** The server refused it, or the request was never sent: the number changes back at once. */
  cancel(): void;
}

export interface Predictions {
  /**
   * Opens an operation without a request. Returns at once.
   *
   * @param amount - Signed: −50 for a purchase. A positive amount takes an earlier spend of that amount back.
   * @throws {CreditsError} `invalid_request` — not a whole number; nothing changes.
   */
  open(amount: number, reason?: string): OperationHandle;
  /**
   * Predicts that `available` is about to be exactly this, and verifies it within 2 s. Null where that is displayed
   * already, or nothing is known yet: then the server is only asked.
   *
   * @throws {CreditsError} `invalid_request` — not a whole number of credits from 0 up; nothing changes.
   */
  predict(available: number, reason?: string): OperationHandle | null;
  /**
   * Takes what an API answered after a call that changed the balance: ends the oldest open operation and applies the
   * response's snapshot or balance, or requests the balance.
   *
   * @throws {CreditsError} `invalid_request`, `protocol` — the response's balance cannot be read; nothing changes.
   */
  settle(result?: unknown): Promise<void>;
  /**
   * A request of the page's own is about to be sent, and nobody opens or settles anything for it. Pass the JSON of its
   * accepted response to the returned function: a snapshot in it counts, a bare balance is verified, and the operation
   * that it carried out is settled when the response contains a balance. `createCreditsFetch` calls this.
   *
   * @param operation - The id that the request carries as `Idempotency-Key`, when that is an open operation's.
   */
  observeRequest(operation?: string | null): (response: unknown) => void;
}

/** What the page has begun around a request of its own. */
interface Announced {
  readonly delta: number;
  readonly session: Session;
  /** Whether a response was told for it, or for another in its place. */
  isSettled: boolean;
  /** Its own response was observed: the page has it too, and does not take the spend back much later. */
  isObserved: boolean;
  /** Monotonic milliseconds at which it is dropped; null until its window has ended by the time limit. */
  rememberedUntil: number | null;
}

/**
 * Adds the documented hooks to a client: `open` and `settle` around a plain `fetch`. New code uses `client.mutate`, which
 * is exact. Called again for the same client, it returns the same object.
 */
export function createPredictions(client: CreditsClient): Predictions {
  const core = getCore(client);
  const predictor = new Predictor(core);
  return (core.predictions ??= Object.freeze<Predictions>({
    open: (amount, reason = '') => predictor.open(amount, reason),
    predict: (available, reason = '') => predictor.predict(available, reason),
    settle: async (result) => predictor.settle(result),
    observeRequest: (operation = null) => predictor.observeRequest(operation),
  }));
}

class Predictor {
  readonly #core: Core;
  /**
   * What the caller has begun and not ended yet, oldest first. A snapshot, an observed response or a sign-out may have
   * ended it meanwhile without the caller knowing. Taking back or settling what the former user spent must not show the
   * next one a refund, nor end what the next one spends (account fence).
   */
  readonly #announced = new Map<string, Announced>();
  /** Responses that may have been that of any of them. Only after as many is it known that all of them have ended. */
  #unplaced = 0;
  /** Responses that settled an operation without being told: told once more, they must not settle the next one. */
  readonly #observed = new Set<string>();

  constructor(core: Core) {
    this.#core = core;
    core.store.onUnapplied = dropRefused;
  }

  #find(id: string): Operation | undefined {
    return this.#core.store.session.model.operations.find((operation) => operation.id === id);
  }

  #refresh(): Promise<void> {
    return this.#core.runner.refresh();
  }

  #isLate(one: Announced | undefined): boolean {
    return one !== undefined && one.rememberedUntil !== null;
  }

  /** Drops what was remembered for long enough. */
  #sweep(): void {
    for (const [id, { rememberedUntil }] of this.#announced) {
      if (rememberedUntil !== null && rememberedUntil <= this.#core.environment.now()) this.#end(id);
    }
  }

  #end(id: string): void {
    this.#announced.delete(id);
    if (this.#announced.size === 0) this.#unplaced = 0;
  }

  /** A response that names none. */
  #countUnplaced(): void {
    this.#unplaced += 1;
    if (this.#unplaced < this.#announced.size) return;
    this.#announced.clear();
    this.#unplaced = 0;
  }

  open(delta: number, reason: string): OperationHandle {
    const { store } = this.#core;
    assertChange(delta, selectShown(store.state));
    this.#sweep();
    if (delta > 0) {
      const taken = takeBack(store.session.model, delta);
      if (taken !== null) {
        this.#end(taken.id);
        store.session.commit(taken.model);
        return this.#handle(taken.id, taken.id);
      }
      for (const [id, announced] of this.#announced) {
        const isForgotten = this.#isLate(announced) && announced.session.signal.aborted;
        if (announced.delta !== -delta || isForgotten) continue;
        // Its window has ended: the server decides whether it took effect. A prediction could show a refund that never was.
        this.#end(id);
        void this.#refresh();
        return this.#handle(id, id);
      }
    }
    return this.#begin(delta, reason, delta > 0 ? PREDICTED_MS_MAX : OPEN_MS_MAX);
  }

  predict(available: number, reason: string): OperationHandle | null {
    const target = parseBalanceAmount(available, 'available');
    const shown = selectShown(this.#core.store.state);
    if (shown !== null && shown !== target) return this.#begin(target - shown, reason, PREDICTED_MS_MAX);
    void this.#refresh();
    return null;
  }

  #begin(delta: number, reason: string, limitMs: number): OperationHandle {
    const { environment, store } = this.#core;
    const { session } = store;
    const id = environment.uuid();
    const announced: Announced = { delta, session, isSettled: false, isObserved: false, rememberedUntil: null };
    this.#announced.set(id, announced);
    session.commit(addOperation(session.model, { id, delta, reason, identified: false }));
    environment.setTimer(() => {
      if (limitMs === OPEN_MS_MAX && !announced.isObserved) {
        announced.rememberedUntil = environment.now() + REMEMBERED_MS;
      } else this.#end(id);
      const [oldest] = this.#announced.keys();
      if (this.#announced.size > REMEMBERED_MAX && oldest !== undefined) this.#end(oldest);
      this.#sweep();
      if (session.model.operations.some((one) => one.id === id && isOpen(one))) {
        session.commit(closeWindow(session.model, id));
      }
    }, limitMs);
    return this.#handle(id, null);
  }

  #handle(id: string, cancels: string | null): OperationHandle {
    return Object.freeze<OperationHandle>({
      id,
      cancels,
      settle: async (result) => (cancels === null ? this.settle(result, id) : this.#verify(id)),
      cancel: () => {
        const { session } = this.#core.store;
        const isLate = this.#isLate(this.#announced.get(id));
        this.#end(id);
        if (this.#find(id) !== undefined) session.commit(dropOperation(session.model, id));
        else if (!isLate) return;
        void this.#refresh();
      },
    });
  }

  /** Waits for the balance that decides an operation, unless it is decided. */
  async #verify(id: string): Promise<void> {
    if (this.#find(id) !== undefined) await this.#refresh();
  }

  async settle(result: unknown, id?: string): Promise<void> {
    const { store, runner } = this.#core;
    const { session } = store;
    const { model } = session;
    const response = readBalanceResponse(result);
    if (response.error !== undefined) throw response.error;
    const { snapshot, available, account } = response;
    if (id === undefined && this.#observed.delete(toMark(response))) return;
    this.#sweep();
    const named = snapshot && model.operations.find((one) => isOpen(one) && snapshot.applied.includes(one.id));
    const operation = id === undefined ? (named ?? model.operations.find(isOpen)) : this.#find(id);
    const announcedId = operation?.id ?? id ?? '';
    const announced = this.#announced.get(announcedId);
    const isUnnamed = id === undefined && named === undefined;
    const remembers = [...this.#announced.values()].some((one) => this.#isLate(one));
    const isEarlier = isUnnamed && this.#settleEarlier();
    if (announced !== undefined && !isEarlier) announced.isSettled = true;
    if (isUnnamed) this.#countUnplaced();
    else this.#end(announcedId);
    if (isEarlier) {
      if (snapshot !== undefined) session.take(snapshot, { startedAt: -1 }, 'command');
      return this.#refresh();
    }
    if (operation === undefined) {
      if (snapshot !== undefined) return session.take(snapshot, { startedAt: -1 }, 'command');
      if (remembers) return this.#refresh();
      if (id !== undefined && available === undefined) return this.#verify(id);
      const isOwn = account === undefined || account === model.account;
      if (isOwn && available !== undefined && runner.isVersioned !== true) this.#showUnplaced(session, available);
      return this.#refresh();
    }
    if (response.isRefused) {
      session.commit(dropOperation(model, operation.id));
      return this.#refresh();
    }
    runner.acknowledge(session, operation.id, response, operation.startedAt ?? model.tick);
    return this.#verify(operation.id);
  }

  /**
   * Settles the oldest, over the time limit and a sign-out: a response that names none is first of all that of the oldest,
   * and only the server can say what it did. It may still be that of one whose window is open.
   *
   * @returns Whether there was an earlier one.
   */
  #settleEarlier(): boolean {
    const earlier = [...this.#announced.values()].find(
      (one) => !one.isSettled && (this.#isLate(one) || one.session.signal.aborted),
    );
    if (earlier === undefined) return false;
    earlier.isSettled = true;
    return true;
  }

  observeRequest(id: string | null): (response: unknown) => void {
    const { environment, store, runner } = this.#core;
    const { session } = store;
    const startedAt = session.model.tick;
    return (result) => {
      const response = readBalanceResponse(result);
      const { snapshot, available, account } = response;
      const { model } = session;
      if (session.signal.aborted || (account !== undefined && account !== model.account)) return;
      runner.inspect(session, response);
      if (snapshot === undefined && available === undefined) return;
      const operation = id === null || response.isRefused ? undefined : this.#find(id);
      const settles = operation !== undefined && isOpen(operation);
      if (id !== null && !response.isRefused && (settles || operation === undefined)) {
        // Settled here, or by a snapshot that was faster.
        const announced = this.#announced.get(id);
        if (announced !== undefined) announced.isObserved = true;
        const mark = toMark(response);
        this.#observed.add(mark);
        environment.setTimer(() => this.#observed.delete(mark), OPEN_MS_MAX);
      }
      if (settles) runner.acknowledge(session, operation.id, response, operation.startedAt ?? startedAt);
      else if (snapshot !== undefined) session.take(snapshot, { startedAt }, 'command');
      else if (available !== model.confirmed?.balance.available) {
        // It may come out of a cache, or be about somebody else: only a request of our own can place it.
        runner.broadcastHint();
        void this.#refresh();
      }
    };
  }

  /** A bare balance whose request nobody announced has no place in the order: displayed as a prediction, and verified. */
  #showUnplaced(session: Session, available: number): void {
    const shown = selectShown(this.#core.store.state);
    if (shown !== null && shown !== available) {
      const id = this.#core.environment.uuid();
      const delta = available - shown;
      const next = addOperation(session.model, { id, delta, reason: 'answer', identified: false });
      session.commit(closeWindow(next, id));
    }
    this.#core.runner.broadcastHint();
  }
}

function isOpen({ identified, endedAt }: Operation): boolean {
  return !identified && endedAt === null;
}

function toMark({ snapshot, available }: BalanceResponse): string {
  return `${snapshot?.version}/${available}`;
}
