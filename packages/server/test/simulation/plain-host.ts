/**
 * A host without versions, as panels are: it knows how many credits somebody has, and nothing of keys: the same
 * request twice has two effects.
 */
import type { Arrival, Host } from './cluster.ts';
import { nameOddBalance, type CountFault } from './faults.ts';
import type { Truth } from './truth.ts';

/** How the host writes a balance; null where it has none to say. */
export type WriteCoins = (coins: number) => unknown;

export interface PlainHostOptions {
  truth: Truth;
  now: () => number;
  namesUser: boolean;
  /** What a slow panel takes. */
  delay: (ms: number) => Promise<void>;
  /** Read whenever a balance is answered. */
  format: { write: WriteCoins };
  count: CountFault;
}

export function createPlainHost({ truth, now, namesUser, delay, format, count }: PlainHostOptions): Host {
  return {
    async answer({ url, session }: Arrival) {
      const account = session();
      const { pathname, searchParams } = new URL(url, 'https://panel.example');
      const read = (parameter: string): string => searchParams.get(parameter) ?? '';
      if (account === null) return Response.json({ success: false, message: 'No user logged in' }, { status: 401 });
      if (pathname === '/api/user/me') {
        const coins = format.write(truth.available(account));
        const fault = nameOddBalance(coins);
        if (fault !== null) count(fault);
        return Response.json({ success: true, user: namesUser ? { id: account, coins } : { coins } });
      }
      if (pathname !== '/api/grant' && pathname !== '/api/spend') {
        return new Response('<h1>Not found</h1>', { status: 404, headers: { 'content-type': 'text/html' } });
      }
      const slowMs = Number(read('takes'));
      if (slowMs > 0 && read('charge') === 'late') await delay(slowMs);
      const amount = Number(read('amount'));
      const delta = pathname === '/api/grant' ? amount : -amount;
      if (read('refuse') !== '' || truth.available(account) + delta < 0) {
        if (slowMs > 0 && read('charge') !== 'late') await delay(slowMs);
        return Response.json({ success: false, message: 'Not enough credits.' }, { status: 402 });
      }
      truth.change(account, delta, read('tag'), now());
      if (slowMs > 0 && read('charge') !== 'late') await delay(slowMs);
      if (read('answer') === 'quiet') return Response.json({ success: true, message: 'Done.' });
      return Response.json({ success: true, data: { new_balance: truth.available(account) } });
    },
  };
}
