import { useSyncExternalStore } from 'react';
import type { CreditsClient } from '../sync/client.ts';
import type { CreditsState } from '../sync/number/view.ts';

/**
 * The whole state of a client. Renders again on every change of it; use {@link useCreditsValue} for a part.
 *
 * @param serverState - What the server rendered with: shown until hydration is done: both must agree. The same object
 *   on every render. @default the client's state
 */
export function useCreditsState(client: CreditsClient, serverState?: CreditsState): CreditsState {
  return useSyncExternalStore(
    client.subscribe,
    client.getState,
    serverState === undefined ? client.getState : () => serverState,
  );
}
