import type { CreditsClient, CreditsClientOptions } from '../sync/client.ts';

/** What decides which client an element uses: equal options share one. */
export type ElementOptions = Pick<
  CreditsClientOptions,
  'balanceUrl' | 'creditsUrl' | 'credentials' | 'headers' | 'fetch'
>;

/** An element's part in a client. */
export interface Subscription {
  readonly client: CreditsClient;
  /** The elements that use this client, oldest first: one of them announces for all. */
  readonly members: ReadonlySet<HTMLElement>;
  leave(): void;
  /** Elements that join from now on get a new client: this one's user is gone for good. */
  evict(): void;
}

export interface ClientPool {
  /** @param given - A client of the page's own: it is started and stopped here, and closed by its owner. */
  join(member: HTMLElement, options: ElementOptions, given: CreditsClient | null): Subscription;
}

interface Entry {
  readonly options: ElementOptions;
  readonly client: CreditsClient;
}

/**
 * Gives all elements of a page with equal options one client: they display one number from one stream.
 *
 * A client exists as long as an element needs it: what is kept longer could be displayed to the next user (account
 * fence). An element that is moved leaves and joins in one turn, and finds its client again.
 */
export function createClientPool(createClient: (options: ElementOptions) => CreditsClient): ClientPool {
  let entries: readonly Entry[] = [];
  const own = new WeakSet<CreditsClient>();
  const membersOf = new Map<CreditsClient, Set<HTMLElement>>();

  function find(options: ElementOptions): CreditsClient {
    const known = entries.find((entry) => isEqual(entry.options, options));
    if (known !== undefined) return known.client;
    const client = createClient(options);
    entries = [...entries, { options, client }];
    own.add(client);
    return client;
  }

  function closeWhenEmpty(client: CreditsClient): void {
    if (membersOf.get(client)?.size !== 0) return;
    membersOf.delete(client);
    evict(client);
    if (own.has(client)) client.close();
  }

  function evict(client: CreditsClient): void {
    entries = entries.filter((entry) => entry.client !== client);
  }

  return Object.freeze<ClientPool>({
    join(member, options, given) {
      const client = given ?? find(options);
      const members = membersOf.get(client) ?? new Set();
      membersOf.set(client, members.add(member));
      const stop = client.start();
      return Object.freeze<Subscription>({
        client,
        members,
        leave() {
          members.delete(member);
          stop();
          queueMicrotask(() => closeWhenEmpty(client));
        },
        evict: () => evict(client),
      });
    },
  });
}

function isEqual(one: ElementOptions, other: ElementOptions): boolean {
  const keys = [...Object.keys(one), ...Object.keys(other)] as (keyof ElementOptions)[];
  return keys.every((key) => one[key] === other[key]);
}
