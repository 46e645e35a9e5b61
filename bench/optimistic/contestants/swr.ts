/** SWR, by its page on mutation. */
import { createElement, type ReactNode } from 'react';
import useSWR, { SWRConfig, useSWRConfig } from 'swr';
import useSWRMutation from 'swr/mutation';
import type { Operation } from '../schedule.ts';
import { mountComponent, POLL_MS, type Contestant, type Sent, type World } from './contestant.ts';

const KEY = '/api/user/me';

/** @see https://swr.vercel.app/docs/mutation#optimistic-updates, `useSWRMutation` and `trigger` */
const byTrigger: Contestant = {
  name: 'SWR: `useSWRMutation`, `rollbackOnError`',
  documentation: 'https://swr.vercel.app/docs/mutation#optimistic-updates',
  mount(world, output) {
    return mountComponent(
      output,
      ({ expose }) => {
        const { data } = useCoins(world);
        const { trigger } = useSWRMutation(KEY, (_key: string, { arg }: { arg: Operation }) => world.send(arg));
        expose((operation) =>
          trigger<number>(operation, {
            optimisticData: (current) => (current ?? 0) + operation.delta,
            rollbackOnError: true,
          }),
        );
        return data;
      },
      withCache,
    );
  },
};

/**
 * The same with everything that the page offers besides: the displayed value as the base, a time-out that is no reason
 * to roll back, and the cache filled from the answer where it tells the balance.
 *
 * @see https://swr.vercel.app/docs/mutation#update-cache-after-mutation
 */
const byMutate: Contestant = {
  name: 'SWR: `mutate`, `displayedData`, `populateCache`',
  documentation: 'https://swr.vercel.app/docs/mutation#update-cache-after-mutation',
  mount(world, output) {
    return mountComponent(
      output,
      ({ expose }) => {
        const { data } = useCoins(world);
        const { mutate } = useSWRConfig();
        expose((operation) =>
          mutate<number, Sent>(KEY, world.send(operation), {
            optimisticData: (_committed, displayed) => (displayed ?? 0) + operation.delta,
            rollbackOnError: (error) => !(error instanceof Error && error.name === 'AbortError'),
            populateCache: ({ coins }, committed) => coins ?? (committed ?? 0) + operation.delta,
          }),
        );
        return data;
      },
      withCache,
    );
  },
};

export const swrContestants = [byTrigger, byMutate];

function useCoins(world: World): { data: number | undefined } {
  return useSWR(KEY, world.readCoins, { refreshInterval: POLL_MS });
}

function withCache(node: ReactNode): ReactNode {
  return createElement(SWRConfig, { value: { provider: () => new Map() } }, node);
}
