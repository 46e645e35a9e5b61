import { retryDeferred, updateOperation, type Model } from '../number/state.ts';

/**
 * The compensating opposite call of the documented form: ends the spend of that amount. Null when there is none.
 *
 * Responses name no spend and settle the oldest, so the one that is taken back may have been settled in another's place.
 * Which other earned that response is not guessed: those stay displayed until the balance shows their outcome.
 */
export function takeBack(model: Model, amount: number): { model: Model; id: string } | null {
  const spends = model.operations.filter(({ identified, delta }) => !identified && delta === -amount);
  const settled = spends.find(({ state }) => state === 'acknowledged');
  const spend = spends.find(({ endedAt }) => endedAt === null) ?? settled;
  if (spend === undefined) return null;
  const { id } = spend;
  const next = updateOperation(model, id, (tick) => ({ state: 'unknown', endedAt: tick, containedIn: null }));
  return { model: retryDeferred(next), id };
}
