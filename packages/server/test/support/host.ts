import { answerWithSnapshot } from '../../src/http/answer-with-snapshot.ts';
import { createCreditsHandler, type CreditsHandler } from '../../src/http/handler.ts';
import { readIdempotencyKey } from '../../src/http/read-idempotency-key.ts';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

export interface Host {
  handler: CreditsHandler;
  fetch(request: Request): Promise<Response>;
}

/**
 * A host with the package's server: whoever is named by the cookie, `GET /api/user/me`, and `POST /api/spend?amount=`
 * under the key of the request.
 */
export function createHost(ledger: Ledger): Host {
  const readAccount = (request: Request): string | undefined =>
    /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  const handler = createCreditsHandler({
    ledger,
    rereadMs: 250,
    heartbeatMs: 1_000,
    identify: async (request) => {
      const account = readAccount(request);
      return account === undefined ? null : { account };
    },
  });

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const account = readAccount(request) ?? 'nobody';
    if (pathname === '/api/user/me') {
      const { balance } = await ledger.balance(account);
      return answerWithSnapshot(ledger, account, { success: true, user: { id: account, coins: balance.available } });
    }
    if (pathname !== '/api/spend') return handler.fetch(request);
    const idempotencyKey = readIdempotencyKey(request, account) ?? '';
    const amount = Number(searchParams.get('amount'));
    await ledger.spend({ account, actor: account, amount, reason: 'Bought', idempotencyKey });
    return answerWithSnapshot(ledger, account, { success: true }, { operations: [idempotencyKey] });
  }

  return {
    handler,
    async fetch(request) {
      try {
        return await answer(request);
      } catch (error) {
        return toProblemResponse(error, 'request');
      }
    },
  };
}
