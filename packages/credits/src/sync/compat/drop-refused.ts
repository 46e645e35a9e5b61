import { ingest, retryDeferred, type Operation } from '../number/state.ts';
import type { Session, UnappliedBalance } from '../store.ts';

/** So many undecided operations are told apart by what a balance amounts to. */
const OPERATIONS_MAX = 2;

/**
 * Drops operations that a balance proves to be refused, although an open window keeps the balance itself from being
 * applied: those of unknown outcome whose window had ended before the balance was requested, when the pending operations
 * explain the balance, and only without that one. What others change explains nothing, and then nothing is dropped.
 */
export function dropRefused(session: Session, { snapshot, available, ...source }: UnappliedBalance): void {
  const { model } = session;
  const { confirmed, operations, acceptedAt } = model;
  const { startedAt } = source;
  const started = operations.filter((operation) => operation.startedAt !== null);
  const isNewer =
    snapshot === undefined
      ? startedAt >= acceptedAt
      : snapshot.account === model.account &&
        snapshot.epoch === confirmed?.epoch &&
        snapshot.version > (confirmed.version ?? 0);
  if (confirmed === null || !isNewer || started.length > OPERATIONS_MAX) return;
  const isOver = ({ endedAt }: Operation): boolean => endedAt !== null && endedAt <= startedAt;
  // Every set of operations that the balance may contain; it contains the acknowledged ones that are over.
  let sets: Operation[][] = [[]];
  for (const operation of started) {
    const withIt = sets.map((set) => [...set, operation]);
    sets = isOver(operation) && operation.state === 'acknowledged' ? withIt : [...sets, ...withIt];
  }
  const target = snapshot?.balance.available ?? available;
  const explanations = sets.filter((set) => {
    const sum = set.reduce((total, { delta }) => total + delta, confirmed.balance.available);
    // Each operation is one change, so the version says how many there were.
    return sum === target && (snapshot === undefined || snapshot.version - (confirmed.version ?? 0) === set.length);
  });
  const kept = operations.filter(
    (one) => one.state !== 'unknown' || !isOver(one) || explanations.some((set) => set.includes(one)),
  );
  if (explanations.length === 0 || kept.length === operations.length) return;
  const next = retryDeferred({ ...model, operations: kept });
  session.commit(snapshot === undefined ? next : ingest(next, snapshot, source));
}
