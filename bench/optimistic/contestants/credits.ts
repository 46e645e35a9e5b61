/** Ours: one call that does it all, and the documented hooks around a plain `fetch`. */
import { useEffect } from 'react';
import { useCreditsMutation } from '../../../packages/credits/src/react/use-credits-mutation.ts';
import { useCreditsValue } from '../../../packages/credits/src/react/use-credits-value.ts';
import { createCreditsClient, type CreditsClient } from '../../../packages/credits/src/sync/client.ts';
import { createPredictions } from '../../../packages/credits/src/sync/compat/predictions.ts';
import { selectShown } from '../../../packages/credits/src/sync/number/view.ts';
import type { Operation } from '../schedule.ts';
import { mountComponent, POLL_MS, REQUEST_MS_MAX, type Contestant, type World } from './contestant.ts';

const byCommand: Contestant = {
  name: 'Ours: `useCreditsMutation`',
  documentation: 'packages/credits/README.md',
  mount(world, output) {
    const client = createClient(world);
    return mountComponent(output, ({ expose }) => {
      const { mutate } = useCreditsMutation<unknown, Operation>(client, {
        amount: ({ delta }) => delta,
        reason: ({ tag }) => tag,
        request: ({ headers, signal }, operation) => world.fetch(operation, { headers, signal }),
      });
      expose(mutate);
      return useShown(client);
    });
  },
};

const byPrediction: Contestant = {
  name: 'Ours: predictions around a plain `fetch`',
  documentation: 'packages/credits/README.md',
  mount(world, output) {
    const client = createClient(world);
    return mountComponent(output, ({ expose }) => {
      expose((operation) => predict(client, world, operation));
      return useShown(client);
    });
  },
};

export const ourContestants = [byCommand, byPrediction];

/** Predicts, sends, and either passes the answer on or takes the prediction back. */
async function predict(client: CreditsClient, world: World, operation: Operation): Promise<void> {
  const handle = createPredictions(client).open(operation.delta, operation.tag);
  const stop = new AbortController();
  const cancel = world.tab.environment.setTimer(() => stop.abort(), REQUEST_MS_MAX);
  try {
    const response = await world.fetch(operation, { signal: stop.signal });
    if (response.status === 402) return handle.cancel();
    if (response.ok) return await handle.settle(await response.json());
  } catch {
    // Nobody knows how it ended: the balance is asked for when the prediction's time is up.
  } finally {
    cancel();
  }
}

function createClient({ tab }: World): CreditsClient {
  return createCreditsClient({ environment: tab.environment, balanceUrl: '/api/user/me', pollIntervalMs: POLL_MS });
}

function useShown(client: CreditsClient): number | null {
  useEffect(() => {
    const stop = client.start();
    return () => {
      stop();
      client.close();
    };
  }, [client]);
  return useCreditsValue(client, selectShown);
}
