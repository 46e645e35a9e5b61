import { retryDeferred, updateOperation, type Model } from '../number/state.ts';

/**
 * The compensating opposite call of the documented form: ends the spend of that amount. Null when there is none.
 *
 * Responses name no spend and settle the oldest, so the one that is taken back may have been settled in another's place.
 * It gives that response back; where only one other can have earned it, that one gets it.
 */
export function takeBack(model: Model, amount: number): { model: Model; id: string } | null {
  const spends = model.operations.filter(({ identified, delta }) => !identified && delta === -amount);
  const settled = spends.find(({ state }) => state === 'acknowledged');
  const spend = spends.find(({ endedAt }) => endedAt === null) ?? settled;
  if (spend === undefined) return null;
  const { id, containedIn } = spend;
  const others = model.operations.filter(
    ({ identified, endedAt, startedAt }) => !identified && endedAt === null && (startedAt ?? 0) < (spend.endedAt ?? 0),
  );
  let next = updateOperation(model, id, (tick) => ({ state: 'unknown', endedAt: tick, containedIn: null }));
  const [heir] = others;
  if (spend === settled && heir !== undefined && others.length === 1) {
    next = updateOperation(next, heir.id, (tick) => ({ state: 'acknowledged', endedAt: tick, containedIn }));
  }
  return { model: retryDeferred(next), id };
}
