import { useSyncExternalStore } from 'react';
import type { CreditsClient } from '../sync/client.ts';
import type { CreditsState } from '../sync/number/view.ts';

/**
 * One value of a client's state, such as the number shown: renders again only when that value changes.
 *
 * @param selector - Returns a primitive, or an object that is part of the state: a new object each time would never be equal.
 * @example
 * const credits = useCreditsValue(client, selectShown);
 */
export function useCreditsValue<Value>(client: CreditsClient, selector: (state: CreditsState) => Value): Value {
  const read = () => selector(client.getState());
  return useSyncExternalStore(client.subscribe, read, read);
}
