import { createCreditsHandler, type CreditsHandlerOptions } from '../../src/http/handler.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { followEvents } from './events.ts';
import { createManualClock } from './manual-clock.ts';
import { askOverNode } from './node-wire.ts';

export const ORIGIN = 'https://panel.example';

/** The real ledger over the real database engine, in memory. */
export async function openTestLedger() {
  const database = await openDatabase({ memory: true });
  const ledger = await createLedger({ database });
  return {
    ledger,
    async close() {
      await ledger.close();
      await database.close();
    },
  };
}

/** The ways in which an answer reaches its reader: as the handler made it, or written by a Node server. */
export const WAYS = ['web streams', 'the node listener'] as const;
export type Way = (typeof WAYS)[number];

/** A handler whose sessions are cookies that name an account, with a clock that the test advances. */
export function openDoor(ledger: Ledger, options: Partial<CreditsHandlerOptions> = {}, way: Way = 'web streams') {
  const time = createManualClock();
  const sessions = new Set<string>();
  const warnings: { message: string; cause: unknown }[] = [];
  const handler = createCreditsHandler({
    ledger,
    clock: time.clock,
    identify: async (request) => {
      const token = /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
      return token !== undefined && sessions.has(token) ? { account: token } : null;
    },
    onWarning: (message, cause) => warnings.push({ message, cause }),
    ...options,
  });

  const send = way === 'web streams' ? handler.fetch : askOverNode(handler);

  /** Signs an account in, and returns what its browser can do. */
  function signIn(account: string) {
    sessions.add(account);
    const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set('cookie', `session=${account}`);
      return send(new Request(`${ORIGIN}${path}`, { ...init, headers }));
    };
    return {
      account,
      ask,
      post: (path: string, body: unknown, more: Record<string, string> = {}) =>
        ask(path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'sec-fetch-site': 'same-origin', ...more },
        }),
      async follow(lastEventId?: string) {
        const response = await ask(
          '/api/credits/stream',
          lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } },
        );
        if (response.status !== 200) throw new Error(`The stream answered ${response.status}.`);
        return followEvents(response.body);
      },
      signOut: () => sessions.delete(account),
    };
  }

  return {
    handler,
    time,
    warnings,
    signIn,
    askAnonymously: (path: string, init?: RequestInit) => send(new Request(`${ORIGIN}${path}`, init)),
  };
}

/** A name that no other test of the file uses. */
export function createNames() {
  let count = 0;
  return (word: string): string => `${word}-${(count += 1)}`;
}
