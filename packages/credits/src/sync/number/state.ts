/**
 * The rules of the displayed number, as pure functions from one model to the next. No I/O, no clock, no randomness.
 *
 * Time is logical: `tick` counts transitions, so "started after it ended" is a comparison of two integers. Every
 * transition that replaces `confirmed` drops the operations it contains in the same step (atomic step).
 *
 * The rules, by name (`sync/README.md` lists all of them):
 * - account fence: a snapshot of another account is ignored.
 * - epoch rule: a snapshot of another epoch counts only if it was requested after the last accepted one.
 * - gap rule: a snapshot that may hide a pending operation is deferred, and the server is asked about that operation.
 * - frozen window: while an operation without an id is open, the confirmed balance does not move.
 * - window fence: a balance without a version counts only if no operation's window overlaps its request.
 */
import { toBalance } from '../../contract/balance.ts';
import type { Snapshot } from '../../contract/snapshot.ts';
import type { Confirmed, PendingOperation } from './view.ts';

/** A pending operation with what is needed to place it before or after a balance. Its window is `[startedAt, endedAt]`. */
export interface Operation extends PendingOperation {
  /** Its request carries its id, so snapshots name it. False for predictions without a request. */
  identified: boolean;
  /** Null while it is queued: nothing can have happened yet. */
  startedAt: number | null;
  /** Null while its window is open. */
  endedAt: number | null;
  /** A version that certainly contains it: the one in the response to its command. */
  containedIn: { epoch: string; version: number } | null;
}

/** Where a snapshot comes from, as far as ordering depends on it. */
export interface Source {
  /** Tick at which its request or connection started; −1 when unknown, as for another tab's. */
  startedAt: number;
  /** Operation ids that the request asked about: those that the response does not name were not committed. */
  asked?: readonly string[];
}

/** Everything that decides the displayed number. */
export interface Model {
  account: string | null;
  confirmed: Confirmed | null;
  operations: readonly Operation[];
  /**
   * Operations that `confirmed` contains and whose requests are still in flight. In another epoch of the database they
   * are undecided again: a retry that is in flight takes effect there once more.
   */
  unanswered: readonly Operation[];
  tick: number;
  /** Tick at which `confirmed` last moved. */
  acceptedAt: number;
  /** The newest snapshot that could not be applied yet. */
  deferred: { snapshot: Snapshot; source: Source; arrivedAt: number } | null;
  /** Only a request can tell what happened: after a gap, or in another epoch. */
  needsRefetch: boolean;
}

export function createModel(account: string | null): Model {
  return {
    account,
    confirmed: null,
    operations: [],
    unanswered: [],
    tick: 0,
    acceptedAt: 0,
    deferred: null,
    needsRefetch: false,
  };
}

/** Adds an operation. Queued ones wait for {@link markSent}; the window of any other one opens now. */
export function addOperation(
  model: Model,
  { queued, ...operation }: Pick<Operation, 'id' | 'delta' | 'reason' | 'identified'> & { queued?: boolean },
): Model {
  const tick = model.tick + 1;
  const added: Operation = {
    ...operation,
    state: operation.identified && !queued ? 'sent' : 'open',
    startedAt: queued ? null : tick,
    endedAt: null,
    containedIn: null,
  };
  return { ...model, tick, operations: [...model.operations, added] };
}

/** The request of a queued operation starts. */
export function markSent(model: Model, id: string): Model {
  return updateOperation(model, id, (tick) => ({ state: 'sent', startedAt: tick }));
}

/** No response arrived. The window stays open: on a host without versions until {@link closeWindow}. */
export function markUnknown(model: Model, id: string): Model {
  return updateOperation(model, id, () => ({ state: 'unknown' }));
}

/** The window ends with an unknown outcome: the operation stays until a balance that is requested afterwards. */
export function closeWindow(model: Model, id: string): Model {
  return updateOperation(model, id, (tick) => ({ state: 'unknown', endedAt: tick }));
}

/** No request of this operation is in flight any more: none can take effect later. */
export function endRequests(model: Model, id: string): Model {
  const unanswered = model.unanswered.filter((operation) => operation.id !== id);
  return unanswered.length === model.unanswered.length ? model : { ...model, unanswered };
}

/** The operation will never take effect: the number changes by exactly −delta (local rollback). */
export function dropOperation(model: Model, id: string): Model {
  const operations = model.operations.filter((operation) => operation.id !== id);
  return operations.length === model.operations.length ? model : retryDeferred({ ...model, operations });
}

/**
 * The server accepted the command. The balance in its response replaces `confirmed` where the rules allow it; otherwise
 * the operation stays until a balance that contains it, and both happen in one step.
 */
export function acknowledge(
  model: Model,
  id: string,
  response: { snapshot?: Snapshot | undefined; available?: number | undefined; startedAt: number },
): Model {
  const { startedAt, available } = response;
  const snapshot = response.snapshot?.account === model.account ? response.snapshot : undefined;
  let next = updateOperation(endRequests(model, id), id, (tick) => ({
    state: 'acknowledged',
    endedAt: tick,
    containedIn: snapshot ?? null,
  }));
  if (snapshot !== undefined) next = ingest(next, snapshot, { startedAt });
  else if (available !== undefined) next = ingestAmount(next, available, startedAt, id);
  return retryDeferred(next);
}

/** Whether this snapshot certainly contains the operation's effect. */
function contains({ epoch, version, applied }: Snapshot, operation: Operation, startedAt: number): boolean {
  const { id, endedAt, containedIn } = operation;
  return (
    applied.includes(id) ||
    (endedAt !== null && endedAt <= startedAt) ||
    (containedIn?.epoch === epoch && containedIn.version <= version)
  );
}

/** Applies a snapshot, whatever channel brought it: stream, GET, response to a command, or another tab. */
export function ingest(model: Model, snapshot: Snapshot, source: Source, arrivedAt = model.tick): Model {
  const { confirmed, tick, deferred } = model;
  const { account, epoch, rejected, time } = snapshot;
  if (account !== model.account) return model; // account fence
  const sameEpoch = confirmed === null || confirmed.epoch === epoch;
  // Epoch rule: a late snapshot of a restored database's former epoch must not come back.
  if (!sameEpoch && source.startedAt < model.acceptedAt) return { ...model, needsRefetch: true };

  const isUndecided = ({ id }: Operation): boolean => !rejected?.some((rejection) => rejection.id === id);
  const undecided = model.operations.filter(isUndecided);
  // What only the former epoch contained is undecided again.
  const candidates = sameEpoch ? undecided : [...undecided, ...model.unanswered.filter(isUndecided)];
  const operations: Operation[] = [];
  const unanswered = sameEpoch ? [...model.unanswered] : [];
  for (const operation of candidates) {
    if (!contains(snapshot, operation, source.startedAt)) operations.push(operation);
    else if (operation.identified && operation.startedAt !== null && operation.endedAt === null) {
      unanswered.push(operation);
    }
  }

  const version = (sameEpoch && confirmed?.version) || 0;
  if (sameEpoch && confirmed !== null && snapshot.version <= version) {
    // Not newer, but what it decides is decided: `confirmed` contains the operations that it names.
    return operations.length === model.operations.length ? model : retryDeferred({ ...model, operations, unanswered });
  }

  // Gap rule and frozen window: an operation that may or may not be in this balance defers it.
  const isComplete = snapshot.from <= version;
  const ambiguous = operations.filter(
    ({ id, identified, startedAt }) =>
      startedAt !== null && startedAt <= arrivedAt && !(identified && (isComplete || source.asked?.includes(id))),
  );
  if (ambiguous.length > 0) {
    return {
      ...model,
      operations: undecided.length === model.operations.length ? model.operations : undecided,
      deferred: isNewer(snapshot, deferred?.snapshot) ? { snapshot, source, arrivedAt } : deferred,
      needsRefetch: model.needsRefetch || ambiguous.some(({ identified }) => identified),
    };
  }

  const waiting = deferred?.snapshot;
  return retryDeferred({
    ...model,
    tick: tick + 1,
    acceptedAt: tick + 1,
    confirmed: { balance: snapshot.balance, version: snapshot.version, epoch, ...(time && { time }) },
    operations,
    unanswered,
    deferred: waiting?.epoch === epoch && isNewer(waiting, snapshot) ? deferred : null,
    needsRefetch: false,
  });
}

/** Tries the deferred snapshot again after an operation was decided. */
export function retryDeferred(model: Model): Model {
  const { deferred } = model;
  return deferred === null
    ? model
    : ingest({ ...model, deferred: null }, deferred.snapshot, deferred.source, deferred.arrivedAt);
}

/**
 * Applies the balance of a host without versions: the response to a GET, or to one command, which contains that command.
 * It counts only if no other window overlaps its request (window fence).
 *
 * @param contained - The operation whose response this is.
 */
export function ingestAmount(model: Model, available: number, startedAt: number, contained?: string): Model {
  const others = model.operations.filter(({ id }) => id !== contained);
  // The bare balance of one command has no place among versions. A GET's has: a host that sends versions with some
  // responses, but not with that one, is a host without versions.
  if (contained !== undefined && typeof model.confirmed?.version === 'number') return model;
  const overlaps = (operation: Operation): boolean =>
    operation.startedAt !== null && (operation.endedAt === null || operation.endedAt > startedAt);
  if (startedAt < model.acceptedAt || others.some(overlaps)) return model;
  const tick = model.tick + 1;
  return {
    ...model,
    tick,
    acceptedAt: tick,
    confirmed: { balance: toBalance(available, 0), version: null, epoch: null },
    // It contains every operation whose window has ended, and none of the queued ones.
    operations: others.filter(({ endedAt }) => endedAt === null),
    needsRefetch: false,
  };
}

/**
 * Whether a GET that starts now would help: after a gap, or after a window has ended. It would not while an open window
 * keeps its response from being applied.
 */
export function needsFetch({ confirmed, operations, needsRefetch }: Model): boolean {
  if (needsRefetch) return true;
  const blocks = ({ startedAt, endedAt, identified }: Operation): boolean =>
    startedAt !== null && endedAt === null && (confirmed?.version === null || !identified);
  return operations.some(({ endedAt }) => endedAt !== null) && !operations.some(blocks);
}

/** Changes one operation in a step of its own. */
export function updateOperation(model: Model, id: string, change: (tick: number) => Partial<Operation>): Model {
  const tick = model.tick + 1;
  const operations = model.operations.map((one) => (one.id === id ? { ...one, ...change(tick) } : one));
  return { ...model, tick, operations };
}

function isNewer({ epoch, version }: Snapshot, other: Snapshot | undefined): boolean {
  return other === undefined || epoch !== other.epoch || version > other.version;
}
