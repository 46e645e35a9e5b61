import type { Ledger } from 'realtime-credits-server';

/** A server that is charged by the hour. Its rate is named by the server's id. */
export interface HourlyServer {
  account: string;
  server: string;
  creditsPerHour: number;
}

const BY = { actor: 'system:servers', per: 'hour' } as const;

/**
 * Starts to charge for a server. Its first hour is paid at once, also if the server is deleted within it.
 *
 * @param order - Names the intention: a repetition starts nothing twice.
 * @returns the id of the rate, to be stored with the server.
 * @throws {CreditsError} `insufficient_credits` — less than an hour can be paid
 */
export async function startServer(
  ledger: Ledger,
  { account, server, creditsPerHour: amount }: HourlyServer,
  order: string,
): Promise<string> {
  const terms = { ...BY, account, resource: server, amount, minimum: amount };
  const { rate } = await ledger.startRate({ ...terms, reason: 'Server started', idempotencyKey: `start:${order}` });
  return rate.id;
}

/** Changes the price from now on. Both commands commit together: no time is charged twice, or not at all. */
export async function resizeServer(
  ledger: Ledger,
  { account, server, creditsPerHour: amount, rate }: HourlyServer & { rate: string },
  order: string,
): Promise<string> {
  const reason = 'Server resized';
  return ledger.transaction(async ({ ledger: joined }) => {
    await joined.stopRate({ ...BY, account, rate, reason, idempotencyKey: `stop:${order}` });
    const terms = { ...BY, account, resource: server, amount };
    return (await joined.startRate({ ...terms, reason, idempotencyKey: `start:${order}` })).rate.id;
  });
}

/** Ends the charge for a server that was deleted. What was used of the last credit is not charged. */
export async function stopServer(ledger: Ledger, account: string, rate: string): Promise<void> {
  await ledger.stopRate({ ...BY, account, rate, reason: 'Server deleted', idempotencyKey: `delete:${rate}` });
}

/** Servers of an account that nothing is left to pay for: to be paused until they are not listed any more. */
export async function listUnpaid(ledger: Ledger, account: string): Promise<string[]> {
  const { rates } = await ledger.rates(account);
  return rates.filter(({ state }) => state === 'suspended').map(({ resource }) => resource);
}

/**
 * Tells which servers of an account are to be paused, whenever it changes. A failed read is reported: look again later.
 * @returns what stops it
 */
export function watchServers(
  ledger: Ledger,
  setPaused: (account: string, servers: string[]) => void,
  onError: (error: unknown) => void,
): () => void {
  return ledger.onChange((accounts) => {
    for (const account of accounts) {
      listUnpaid(ledger, account)
        .then((servers) => setPaused(account, servers))
        .catch(onError);
    }
  });
}
