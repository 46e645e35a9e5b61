/**
 * Operations that are opened without a request (4a): the documented hooks around a plain `fetch`. Owns when their windows
 * end; what that does to the number is decided in `state.ts`.
 */
import { CREDITS_MAX, parseBalanceAmount } from '../contract/amount.ts';
import { CreditsError } from '../contract/error.ts';
import { readAnswer, type Answer } from './answer.ts';
import type { Core } from './core.ts';
import type { Follower } from './follow.ts';
import { end, open, reject, takeBack, type Operation } from './state.ts';
import { selectShown } from './view.ts';

/** A spend whose end is never told is verified after this. */
const OPEN_MS_MAX = 15_000;
/** A prediction of what the server may have done already is verified after this (4a.3). */
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
   * The id of the spend that this call took back, or null. Such a call opens nothing: what it took back stays shown until
   * the balance has been asked for, because nobody knows whether the spend was refused or only its answer lost.
   */
  readonly cancels: string | null;
  /**
   * The server said yes: pass what it answered. Resolves when the number is verified, or could not be for now.
   * @throws {CreditsError} `invalid_request`, `protocol` — the answer's balance cannot be read; nothing changes.
   */
  settle(result?: unknown): Promise<void>;
  /** The server said no, or the request was never made: the number changes back at once. */
  cancel(): void;
}

/** What the page has begun around a request of its own. */
interface Announced {
  delta: number;
  life: number;
  /** Whether an answer was told for it, or for another in its place. */
  settled: boolean;
  /** Its own answer was overheard: the page has it too, and does not take the spend back much later. */
  overheard: boolean;
  /** Monotonic milliseconds at which it is forgotten; null until its window has ended by the time limit. */
  rememberedUntil: number | null;
}

export interface OpenOperations {
  open(delta: number, reason: string): OperationHandle;
  predict(available: number, reason: string): OperationHandle | null;
  settle(result: unknown, id?: string): Promise<void>;
  overhear(id: string | null): (answer: unknown) => void;
}

/**
 * Checks a predicted change.
 * @throws {CreditsError} `invalid_request` — not a whole number, or beyond what a balance can be.
 */
export function assertDelta(delta: unknown, shown: number | null): asserts delta is number {
  if (Number.isSafeInteger(delta) && Math.abs((shown ?? 0) + Number(delta)) <= CREDITS_MAX) return;
  const quoted = typeof delta === 'string' ? JSON.stringify(delta.slice(0, 40)) : String(delta);
  throw new CreditsError('invalid_request', `A change must be a whole number of credits: got ${quoted}.`, {
    details: { field: 'delta' },
  });
}

export function createOpenOperations(core: Core, follower: Follower): OpenOperations {
  const { environment } = core;
  /**
   * What the caller has begun and not ended yet, oldest first. A frame that names an operation, an answer that was
   * overheard, or a sign-out may have ended it meanwhile, and the caller does not know. The page that takes back or settles
   * what the last user spent must not show the next one a refund, nor end what the next one spends (S9).
   */
  const announced = new Map<string, Announced>();
  /** Answers that have settled an operation unasked: told once more, they must not settle the next one. */
  const overheard = new Set<string>();

  function isOpen(operation: Operation): boolean {
    return !operation.named && operation.endedAt === null;
  }

  function find(id: string): Operation | undefined {
    return core.model().operations.find((operation) => operation.id === id);
  }

  /** What was remembered for long enough, or spent before a sign-out. */
  function forget(): void {
    for (const [id, { life, rememberedUntil }] of announced) {
      if (rememberedUntil === null) continue;
      if (life !== core.life() || rememberedUntil <= environment.now()) announced.delete(id);
    }
  }

  function isLate(one: Announced | undefined): boolean {
    return one !== undefined && one.rememberedUntil !== null;
  }

  function openOne(delta: number, reason: string): OperationHandle {
    assertDelta(delta, selectShown(core.state()));
    forget();
    const takenBack = delta > 0 ? takeBack(core.model(), delta) : null;
    if (takenBack !== null) {
      announced.delete(takenBack.id);
      core.commit(takenBack.model);
      return handle(takenBack.id, takenBack.id);
    }
    for (const [id, { delta: spent }] of announced) {
      if (delta < 0 || spent !== -delta) continue;
      // Its window has ended: whether it took effect is the server's to say. A prediction could show a refund that never was.
      announced.delete(id);
      void follower.askNow();
      return handle(id, id);
    }
    return begin(delta, reason, delta > 0 ? PREDICTED_MS_MAX : OPEN_MS_MAX);
  }

  /** An absolute value: the way there from the number shown (4a.3). Null where there is no way to go: then it is only asked. */
  function predict(available: number, reason: string): OperationHandle | null {
    const target = parseBalanceAmount(available, 'available');
    const shown = selectShown(core.state());
    if (shown !== null && shown !== target) return begin(target - shown, reason, PREDICTED_MS_MAX);
    void follower.askNow();
    return null;
  }

  function begin(delta: number, reason: string, openMs: number): OperationHandle {
    const id = environment.uuid();
    const life = core.life();
    const one: Announced = { delta, life, settled: false, overheard: false, rememberedUntil: null };
    announced.set(id, one);
    core.commit(open(core.model(), { id, delta, reason, named: false }));
    environment.setTimer(() => {
      if (openMs === OPEN_MS_MAX && !one.overheard) one.rememberedUntil = environment.now() + REMEMBERED_MS;
      else announced.delete(id);
      const [oldest] = announced.keys();
      if (announced.size > REMEMBERED_MAX && oldest !== undefined) announced.delete(oldest);
      forget();
      const operation = find(id);
      if (life === core.life() && operation !== undefined && isOpen(operation)) core.commit(end(core.model(), id));
    }, openMs);
    return handle(id, null);
  }

  function handle(id: string, cancels: string | null): OperationHandle {
    return Object.freeze<OperationHandle>({
      id,
      cancels,
      settle: (result) => (cancels === null ? settle(result, id) : verify(id)),
      cancel() {
        const late = isLate(announced.get(id));
        announced.delete(id);
        if (find(id) !== undefined) core.commit(reject(core.model(), id));
        else if (!late) return;
        void follower.askNow();
      },
    });
  }

  /** Waits for the balance that decides an operation, unless it is decided. */
  async function verify(id: string): Promise<void> {
    if (find(id) !== undefined) await follower.askNow();
  }

  async function settle(result: unknown, id?: string): Promise<void> {
    const answer = readAnswer(result);
    if (answer.error !== undefined) throw answer.error;
    const { snapshot, available } = answer;
    if (id === undefined && overheard.delete(toMark(answer))) return;
    forget();
    const model = core.model();
    const named = snapshot && model.operations.find((one) => isOpen(one) && snapshot.applied.includes(one.id));
    const operation = id === undefined ? (named ?? model.operations.find(isOpen)) : find(id);
    const told = announced.get(operation?.id ?? id ?? '');
    if (id === undefined && named === undefined && settleEarlier(told)) {
      if (snapshot !== undefined) core.take(snapshot, { startedAt: -1 }, 'answer');
      return follower.askNow();
    }
    // Where others wait for theirs, an answer that names nobody may be one of them: then this one can still be taken back.
    const others = [...announced.values()].some((one) => one !== told && !one.settled);
    const remembers = [...announced.values()].some(isLate);
    if (id === undefined && named === undefined && others && told !== undefined) told.settled = true;
    else announced.delete(operation?.id ?? id ?? '');
    if (operation === undefined) {
      if (snapshot !== undefined) return core.take(snapshot, { startedAt: -1 }, 'answer');
      if (remembers) return follower.askNow();
      if (id !== undefined && available === undefined) return verify(id);
      const own = answer.account === undefined || answer.account === model.account;
      if (own && available !== undefined && follower.versioned() !== true) return showUnplaced(available);
      return follower.askNow();
    }
    if (answer.refused) {
      core.commit(reject(model, operation.id));
      return follower.askNow();
    }
    follower.answered(operation.id, answer, operation.startedAt ?? model.tick);
    return verify(operation.id);
  }

  /**
   * 4a.5 over the time limit and a sign-out: an answer that names nobody is first of all that of the oldest, and only the
   * server can say what it did. It may still be that of `current`, which is then not waited for when the next one comes.
   *
   * @param current - The oldest whose window is open.
   * @returns Whether there was an earlier one.
   */
  function settleEarlier(current: Announced | undefined): boolean {
    const waiting = [...announced].filter(([, one]) => !one.settled);
    const earlier = waiting.find(([, one]) => isLate(one) || one.life !== core.life());
    if (earlier === undefined) return false;
    const [id, one] = earlier;
    one.settled = true;
    if (current !== undefined) current.settled = true;
    if (isLate(one) && waiting.length === 1) announced.delete(id);
    return true;
  }

  /** 4a.4: what the page's own requests are answered, around which nobody calls us. */
  function overhear(id: string | null): (answer: unknown) => void {
    const startedAt = core.model().tick;
    const life = core.life();
    return (result) => {
      const answer = readAnswer(result);
      const { snapshot, available, account } = answer;
      const model = core.model();
      const foreign = account !== undefined && account !== model.account;
      if (life !== core.life() || foreign) return;
      follower.inspect(answer);
      if (snapshot === undefined && available === undefined) return;
      const carried = id !== null && !answer.refused;
      const operation = carried ? find(id) : undefined;
      const settles = operation !== undefined && isOpen(operation);
      if (settles || (carried && operation === undefined)) {
        // Settled here, or by a frame that was faster.
        const told = announced.get(id ?? '');
        if (told !== undefined) told.overheard = true;
        const mark = toMark(answer);
        overheard.add(mark);
        environment.setTimer(() => overheard.delete(mark), OPEN_MS_MAX);
      }
      if (settles) {
        follower.answered(operation.id, answer, operation.startedAt ?? startedAt);
      } else if (snapshot !== undefined) core.take(snapshot, { startedAt }, 'answer');
      else if (available !== model.confirmed?.balance.available) {
        // It may come out of a cache, or be about somebody else: only our own question can place it.
        follower.spread();
        void follower.askNow();
      }
    };
  }

  /**
   * A bare balance whose request nobody announced cannot be placed in order: it is shown as a prediction, and verified.
   */
  function showUnplaced(available: number): Promise<void> {
    const model = core.model();
    const shown = selectShown(core.state());
    if (shown !== null && shown !== available) {
      const id = environment.uuid();
      const next = open(model, { id, delta: available - shown, reason: 'answer', named: false });
      core.commit(end(next, id));
    }
    follower.spread();
    return follower.askNow();
  }

  return Object.freeze<OpenOperations>({ open: openOne, predict, settle, overhear });
}

function toMark({ snapshot, available }: Answer): string {
  return `${snapshot?.version}/${available}`;
}
