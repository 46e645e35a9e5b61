/** TanStack Query, by its guide on optimistic updates. */
import { createElement, type ReactNode } from 'react';
import {
  QueryClient,
  QueryClientProvider,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Operation } from '../schedule.ts';
import { mountComponent, POLL_MS, Refused, type Contestant, type Mounted, type World } from './contestant.ts';

const QUERY = { queryKey: ['coins'] };
const MUTATION = { mutationKey: ['coins'] };
const GUIDE = 'https://tanstack.com/query/latest/docs/framework/react/guides/optimistic-updates';

/** @see GUIDE "Via the cache" */
const byCache: Contestant = {
  name: 'TanStack Query: via the cache',
  documentation: `${GUIDE}#via-the-cache`,
  mount: (world, output) =>
    mountWith(world, output, (operate) => {
      const { data } = useQuery({ ...QUERY, queryFn: world.readCoins, refetchInterval: POLL_MS });
      const { mutateAsync } = useMutation({
        ...MUTATION,
        ...operate,
        async onMutate({ delta }, { client }) {
          await client.cancelQueries(QUERY);
          const previous = client.getQueryData<number>(QUERY.queryKey);
          client.setQueryData<number>(QUERY.queryKey, (coins) => (coins === undefined ? coins : coins + delta));
          return { previous };
        },
        onError: (_error, _operation, scope, { client }) => {
          client.setQueryData(QUERY.queryKey, scope?.previous);
        },
        onSettled: (_data, _error, _operation, _scope, { client }) => client.invalidateQueries(QUERY),
      });
      return { shown: data, act: mutateAsync };
    }),
};

/**
 * The form for concurrent updates that the guide sends to under "Further reading": only the last mutation invalidates,
 * and what failed is corrected by that, without a remembered value.
 *
 * @see https://tkdodo.eu/blog/concurrent-optimistic-updates-in-react-query
 */
const byLastOne: Contestant = {
  name: 'TanStack Query: via the cache, the last one invalidates',
  documentation: 'https://tkdodo.eu/blog/concurrent-optimistic-updates-in-react-query',
  mount: (world, output) =>
    mountWith(world, output, (operate) => {
      const client = useQueryClient();
      const { data } = useQuery({ ...QUERY, queryFn: world.readCoins, refetchInterval: POLL_MS });
      const { mutateAsync } = useMutation({
        ...MUTATION,
        ...operate,
        async onMutate({ delta }) {
          await client.cancelQueries(QUERY);
          client.setQueryData<number>(QUERY.queryKey, (coins) => (coins === undefined ? coins : coins + delta));
        },
        onSettled() {
          if (client.isMutating(MUTATION) === 1) void client.invalidateQueries(QUERY);
        },
      });
      return { shown: data, act: mutateAsync };
    }),
};

/** @see GUIDE "Via the UI", with `useMutationState` for several at a time */
const byVariables: Contestant = {
  name: 'TanStack Query: via the UI (`variables`)',
  documentation: `${GUIDE}#via-the-ui`,
  mount: (world, output) =>
    mountWith(world, output, (operate) => {
      const client = useQueryClient();
      const { data } = useQuery({ ...QUERY, queryFn: world.readCoins, refetchInterval: POLL_MS });
      const { mutateAsync } = useMutation({
        ...MUTATION,
        ...operate,
        onSettled: () => client.invalidateQueries(QUERY),
      });
      const pending = useMutationState({
        filters: { ...MUTATION, status: 'pending' },
        select: (mutation) => mutation.state.variables as Operation,
      });
      return {
        shown: data === undefined ? data : pending.reduce((sum, { delta }) => sum + delta, data),
        act: mutateAsync,
      };
    }),
};

export const tanstackContestants = [byCache, byLastOne, byVariables];

interface Operate {
  mutationFn: (operation: Operation) => Promise<unknown>;
  retry: (failures: number, error: Error) => boolean;
}

/** Where the host honours keys, a command that was not refused is sent again, by the documented `retry` of mutations. */
function mountWith(
  world: World,
  output: HTMLElement,
  render: (operate: Operate) => { shown: number | undefined; act: Mounted['act'] },
): Mounted {
  const client = new QueryClient();
  const operate: Operate = {
    mutationFn: (operation) => world.send(operation, world.honoursKeys ? `key-${operation.tag}` : undefined),
    retry: (failures, error) => world.honoursKeys && failures < 3 && !(error instanceof Refused),
  };
  const mounted = mountComponent(
    output,
    ({ expose }) => {
      const { shown, act } = render(operate);
      expose(act);
      return shown;
    },
    (node: ReactNode) => createElement(QueryClientProvider, { client }, node),
  );
  const unmount = (): void => {
    mounted.unmount();
    client.clear();
  };
  return { ...mounted, unmount };
}
