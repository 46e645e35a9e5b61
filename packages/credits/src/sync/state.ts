/**
 * The rules of the shown number, as pure functions from one model to the next. No I/O, no clock, no randomness.
 *
 * Time is logical: `tick` counts what happened, so that "started after it ended" is a comparison of two integers. Every
 * transition that replaces `confirmed` drops the operations it contains in the same step (S4). The numbers in comments
 * are those of the sync model: S for invariants, 3.n for versioned hosts, 4.n for hosts without versions, 4a.n for
 * operations that were opened without a request.
 */
import { toBalance } from '../contract/balance.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Confirmed, PendingOperation } from './view.ts';

/** A pending operation with what is needed to place it before or after a balance. Its window W is `[startedAt, endedAt]`. */
export interface Operation extends PendingOperation {
  /** Whether frames name it by its id. Operations of 4a are anonymous unless a frame proves otherwise. */
  named: boolean;
  /** Null while it waits for its turn: nothing can have happened yet. */
  startedAt: number | null;
  /** Null while its window is open. */
  endedAt: number | null;
  /** A state that certainly contains it: the one that its answer carried. */
  proof: { epoch: string; version: number } | null;
}

/** Where a message comes from, as far as the order of things depends on it. */
export interface Source {
  /** Tick at which its request or connection started; −1 when that is not known, as for another tab's. */
  startedAt: number;
  /** Operation ids that the request asked about: what it does not name was not committed. */
  asked?: readonly string[];
}

/** Everything that decides the shown number. */
export interface Model {
  account: string | null;
  confirmed: Confirmed | null;
  operations: readonly Operation[];
  /**
   * Operations that `confirmed` contains and whose requests are still out. In another life of the database they are
   * undecided again: a repetition that is on its way takes effect there once more.
   */
  unanswered: readonly Operation[];
  tick: number;
  /** Tick at which `confirmed` last moved. */
  acceptedAt: number;
  /** The newest frame that could not be shown yet. */
  remembered: { snapshot: Snapshot; source: Source; arrivedAt: number } | null;
  /** Something was said that only a question to the server can place: a gap, or another life of the database. */
  behind: boolean;
}

/** So many undecided operations are told apart by what a balance comes to. */
const TOLD_APART_MAX = 8;

export function createModel(account: string | null): Model {
  return {
    account,
    confirmed: null,
    operations: [],
    unanswered: [],
    tick: 0,
    acceptedAt: 0,
    remembered: null,
    behind: false,
  };
}

/** Adds an operation. `queued` ones wait for {@link send}; the others open their window now. */
export function open(
  model: Model,
  operation: { id: string; delta: number; reason: string; named: boolean; queued?: boolean },
): Model {
  const { queued, ...rest } = operation;
  const tick = model.tick + 1;
  const added: Operation = {
    ...rest,
    state: rest.named && !queued ? 'sent' : 'open',
    startedAt: queued ? null : tick,
    endedAt: null,
    proof: null,
  };
  return { ...model, tick, operations: [...model.operations, added] };
}

/** A queued operation's request starts. */
export function send(model: Model, id: string): Model {
  return change(model, id, (operation, tick) => ({ ...operation, state: 'sent', startedAt: tick }));
}

/** No answer was had. The window stays open: on a host without versions until {@link end} closes it (4.3). */
export function doubt(model: Model, id: string): Model {
  return change(model, id, (operation) => ({ ...operation, state: 'unknown' }));
}

/** The window ends and nobody knows how: the operation stays until a balance asked for afterwards (4.3, 4a.2). */
export function end(model: Model, id: string): Model {
  return change(model, id, (operation, tick) => ({ ...operation, state: 'unknown', endedAt: tick }));
}

/**
 * The compensating opposite call of the documented form (4a.2): ends the spend of that amount. Null when there is none.
 *
 * Answers name no spend and settle the oldest (4a.5), so the one that is taken back may have been settled in another's
 * place. It gives that answer back; where only one other can have earned it, that one gets it.
 */
export function takeBack(model: Model, amount: number): { model: Model; id: string } | null {
  const spends = model.operations.filter((operation) => !operation.named && operation.delta === -amount);
  const settled = spends.find(({ state }) => state === 'acknowledged');
  const spend = spends.find(({ endedAt }) => endedAt === null) ?? settled;
  if (spend === undefined) return null;
  const others = model.operations.filter(
    ({ named, endedAt, startedAt }) => !named && endedAt === null && (startedAt ?? 0) < (spend.endedAt ?? 0),
  );
  let next = change(model, spend.id, (one, tick) => ({ ...one, state: 'unknown', endedAt: tick, proof: null }));
  const [heir] = others;
  if (spend === settled && heir !== undefined && others.length === 1) {
    next = change(next, heir.id, (one, tick) => ({ ...one, state: 'acknowledged', endedAt: tick, proof: spend.proof }));
  }
  return { model: retry(next), id: spend.id };
}

/** The operation's requests are over: none of them can take effect any more. */
export function close(model: Model, id: string): Model {
  const unanswered = model.unanswered.filter((operation) => operation.id !== id);
  return unanswered.length === model.unanswered.length ? model : { ...model, unanswered };
}

/** The operation will never have an effect: the number changes by exactly −delta (S5). */
export function reject(model: Model, id: string): Model {
  const operations = model.operations.filter((operation) => operation.id !== id);
  return operations.length === model.operations.length ? model : retry({ ...model, operations });
}

/**
 * The server said yes. What its answer carried replaces `confirmed` where the rules allow; otherwise the operation stays
 * until a balance that contains it (4.2), and both happen in one step (S4).
 */
export function acknowledge(
  model: Model,
  id: string,
  answer: { snapshot?: Snapshot | undefined; available?: number | undefined; startedAt: number },
): Model {
  const { startedAt, available } = answer;
  const snapshot = answer.snapshot?.account === model.account ? answer.snapshot : undefined;
  let next = change(close(model, id), id, (operation, tick) => ({
    ...operation,
    state: 'acknowledged',
    endedAt: tick,
    proof: snapshot === undefined ? null : { epoch: snapshot.epoch, version: snapshot.version },
  }));
  if (snapshot !== undefined) next = ingest(next, snapshot, { startedAt });
  else if (available !== undefined) next = ingestAmount(next, available, startedAt, id);
  return retry(next);
}

/** Whether this snapshot certainly has the operation's effect in it. */
function contains(operation: Operation, snapshot: Snapshot, startedAt: number): boolean {
  return (
    snapshot.applied.includes(operation.id) ||
    (operation.endedAt !== null && operation.endedAt <= startedAt) ||
    (operation.proof?.epoch === snapshot.epoch && operation.proof.version <= snapshot.version)
  );
}

/** The same function for stream, GET, command answer and other tabs (3.1–3.4). */
export function ingest(model: Model, snapshot: Snapshot, source: Source, arrivedAt = model.tick): Model {
  if (snapshot.account !== model.account) return model; // 3.1, S9
  const { confirmed } = model;
  const sameLife = confirmed === null || confirmed.epoch === snapshot.epoch;
  // 3.1: a late frame of a restored database's former life must not come back.
  if (!sameLife && source.startedAt < model.acceptedAt) return { ...model, behind: true };

  const rejected = new Set(snapshot.rejected?.map((rejection) => rejection.id));
  const undecided = model.operations.filter((operation) => !rejected.has(operation.id));
  // What only the former life contained is undecided again.
  const candidates = sameLife ? undecided : [...undecided, ...model.unanswered.filter(({ id }) => !rejected.has(id))];
  const remaining = candidates.filter((operation) => !contains(operation, snapshot, source.startedAt));
  const unanswered = [
    ...(sameLife ? model.unanswered : []),
    ...candidates.filter((operation) => isOut(operation) && !remaining.includes(operation)),
  ];

  const version = (sameLife && confirmed?.version) || 0;
  if (sameLife && confirmed !== null && snapshot.version <= version) {
    const decided = withOperations(model, remaining, unanswered); // 3.3: confirmed has them already
    return decided === model ? model : retry(decided);
  }

  const asked = source.asked ?? [];
  const complete = snapshot.from <= version;
  // 3.2 and 4a.1: an operation that may or may not be in this balance keeps the balance from being shown.
  const ambiguous = remaining.filter(
    (operation) =>
      operation.startedAt !== null &&
      operation.startedAt <= arrivedAt &&
      !(operation.named && (complete || asked.includes(operation.id))),
  );
  if (ambiguous.length > 0) {
    const changes = snapshot.version - version;
    const waiting = sameLife ? dropRefused(model, snapshot.balance.available, source.startedAt, changes) : model;
    if (waiting !== model) return ingest(waiting, snapshot, source, arrivedAt);
    return {
      ...withOperations(model, undecided, model.unanswered),
      remembered: isNewer(snapshot, model.remembered?.snapshot) ? { snapshot, source, arrivedAt } : model.remembered,
      behind: model.behind || ambiguous.some((operation) => operation.named),
    };
  }

  const { balance, epoch } = snapshot;
  const tick = model.tick + 1;
  const { remembered } = model;
  const accepted: Model = {
    ...model,
    tick,
    acceptedAt: tick,
    confirmed: { balance, version: snapshot.version, epoch },
    operations: remaining,
    unanswered,
    remembered: remembered?.snapshot.epoch === epoch && isNewer(remembered.snapshot, snapshot) ? remembered : null,
    behind: false,
  };
  return retry(accepted);
}

/** Tries the remembered frame again after something was decided. */
function retry(model: Model): Model {
  if (model.remembered === null) return model;
  const { snapshot, source, arrivedAt } = model.remembered;
  return ingest({ ...model, remembered: null }, snapshot, source, arrivedAt);
}

/**
 * What a host without versions said the balance is: its GET (4.1), or the answer of one command (4.5), which contains
 * that command. Confirmed only if no other window overlaps the one in which it was asked for.
 */
export function ingestAmount(model: Model, available: number, startedAt: number, contained?: string): Model {
  const others = model.operations.filter(({ id }) => id !== contained);
  // A bare balance of one command cannot be placed among versions. A question's can: a host that names versions in some
  // answers, but not in that one, is a host without.
  if (contained !== undefined && typeof model.confirmed?.version === 'number') return model;
  if (startedAt < model.acceptedAt) return model;
  if (others.some((one) => overlaps(one, startedAt))) {
    return contained === undefined ? dropRefused(model, available, startedAt) : model;
  }
  const tick = model.tick + 1;
  const confirmed = { balance: toBalance(available, 0), version: null, epoch: null };
  // What has ended by then is in it (4.2); what waits for its turn is not.
  const operations = others.filter(({ endedAt }) => endedAt === null);
  return { ...model, tick, acceptedAt: tick, confirmed, operations, behind: false };
}

/**
 * 4a.7: an open window keeps a balance from being shown, and it may still say that an operation of unknown outcome, whose
 * window had ended before it was asked for, had no effect: when the pending operations explain it, and only without that
 * one. What others change explains nothing, and then nothing is dropped.
 *
 * @param changes - How many changes lie between `confirmed` and this balance, where that is known.
 */
function dropRefused(model: Model, available: number, startedAt: number, changes?: number): Model {
  const { confirmed, operations } = model;
  const started = operations.filter((operation) => operation.startedAt !== null);
  if (confirmed === null || started.length > TOLD_APART_MAX) return model;
  const isOver = ({ endedAt }: Operation): boolean => endedAt !== null && endedAt <= startedAt;
  let explanations: Operation[][] = [[]];
  for (const operation of started) {
    const withIt = explanations.map((chosen) => [...chosen, operation]);
    explanations = isOver(operation) && operation.state === 'acknowledged' ? withIt : [...explanations, ...withIt];
  }
  explanations = explanations.filter(
    (chosen) =>
      (changes ?? chosen.length) === chosen.length &&
      chosen.reduce((sum, { delta }) => sum + delta, confirmed.balance.available) === available,
  );
  if (explanations.length === 0) return model;
  const kept = operations.filter(
    (one) => one.state !== 'unknown' || !isOver(one) || explanations.some((chosen) => chosen.includes(one)),
  );
  return kept.length === operations.length ? model : retry({ ...model, operations: kept });
}

function overlaps(operation: Operation, startedAt: number): boolean {
  return operation.startedAt !== null && (operation.endedAt === null || operation.endedAt > startedAt);
}

/**
 * Whether a GET started now would bring something: after a gap, or when an operation's window has ended. While a window
 * is open that would keep its answer from being shown, it would not.
 */
export function needsFetch(model: Model): boolean {
  if (model.behind) return true;
  const unversioned = model.confirmed?.version === null;
  let ended = false;
  for (const operation of model.operations) {
    if (operation.endedAt !== null) ended = true;
    else if (operation.startedAt !== null && (unversioned || !operation.named)) return false;
  }
  return ended;
}

function change(model: Model, id: string, next: (operation: Operation, tick: number) => Operation): Model {
  const tick = model.tick + 1;
  const operations = model.operations.map((operation) => (operation.id === id ? next(operation, tick) : operation));
  return { ...model, tick, operations };
}

function withOperations(model: Model, operations: Operation[], unanswered: readonly Operation[]): Model {
  return operations.length === model.operations.length ? model : { ...model, operations, unanswered };
}

/** Whether a request under this id may still be on its way. */
function isOut({ named, startedAt, endedAt }: Operation): boolean {
  return named && startedAt !== null && endedAt === null;
}

function isNewer(one: Snapshot, other: Snapshot | undefined): boolean {
  return other === undefined || one.epoch !== other.epoch || one.version > other.version;
}
