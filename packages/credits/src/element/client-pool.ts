import type { CreditsClient } from '../sync/client.ts';

/** Where an element asks; the same addresses are the same client. */
export interface Addresses {
  balanceUrl: string;
  creditsUrl: string;
}

/** An element's part in a client. */
export interface Seat {
  readonly client: CreditsClient;
  /** Who follows by this client, oldest first: one of them speaks for all. */
  readonly members: ReadonlySet<HTMLElement>;
  leave(): void;
  /** Whoever joins from now on gets a new client: this one's user is gone for good. */
  retire(): void;
}

export interface ClientPool {
  /** @param given - A client of the page's own: it is started and stopped here, and closed by whoever made it. */
  join(member: HTMLElement, addresses: Addresses, given: CreditsClient | null): Seat;
}

/**
 * Gives all elements of a page that ask at the same addresses one client, so that they show one number from one stream.
 *
 * A client lives as long as an element needs it: what is remembered longer could be shown to whoever signs in next (S9).
 * An element that is moved leaves and joins in one turn, and finds its client again.
 */
export function createClientPool(createClient: (addresses: Addresses) => CreditsClient): ClientPool {
  const made = new Map<string, CreditsClient>();
  const own = new WeakSet<CreditsClient>();
  const seats = new Map<CreditsClient, Set<HTMLElement>>();

  function find(addresses: Addresses): CreditsClient {
    const key = JSON.stringify([addresses.balanceUrl, addresses.creditsUrl]);
    const client = made.get(key) ?? createClient(addresses);
    made.set(key, client);
    own.add(client);
    return client;
  }

  function closeWhenEmpty(client: CreditsClient): void {
    if (seats.get(client)?.size !== 0) return;
    seats.delete(client);
    retire(client);
    if (own.has(client)) client.close();
  }

  function retire(client: CreditsClient): void {
    for (const [key, current] of made) if (current === client) made.delete(key);
  }

  return Object.freeze<ClientPool>({
    join(member, addresses, given) {
      const client = given ?? find(addresses);
      const members = seats.get(client) ?? new Set();
      seats.set(client, members.add(member));
      const stop = client.start();
      return Object.freeze<Seat>({
        client,
        members,
        leave() {
          members.delete(member);
          stop();
          queueMicrotask(() => closeWhenEmpty(client));
        },
        retire: () => retire(client),
      });
    },
  });
}
