import { CreditsError, isCreditsError } from 'realtime-credits';
import { answerWithSnapshot, assertSameOrigin, readIdempotencyKey, toProblemResponse } from 'realtime-credits-server';
import type { Identity, Ledger } from 'realtime-credits-server';

export interface CommandRouteOptions {
  ledger: Ledger;
  /** The resolver that your credits handler has. */
  identify: (request: Request) => Promise<Identity | null>;
  /** Hears of bugs, with the id that the answer names; the answer itself says no word of them. */
  onWarning?: (message: string, cause: unknown) => void;
}

/**
 * A route of yours that moves the credits of whoever is signed in: refused for other sites and for strangers, answered
 * with what makes every open tab exact at once. Repeated under one `Idempotency-Key`, it takes effect once.
 */
export function toCommandRoute(
  { ledger, identify, onWarning = () => undefined }: CommandRouteOptions,
  run: (command: { account: string; idempotencyKey: string }) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      assertSameOrigin(request);
      const identity = await identify(request);
      if (identity === null) throw new CreditsError('unauthenticated');
      const { account } = identity;
      // Without a key a request is an attempt of its own: it cannot be repeated.
      const idempotencyKey = readIdempotencyKey(request, account) ?? crypto.randomUUID();
      await run({ account, idempotencyKey });
      return await answerWithSnapshot(ledger, account, { success: true }, { operations: [idempotencyKey] });
    } catch (error) {
      const requestId = crypto.randomUUID();
      if (!isCreditsError(error)) onWarning(`${request.method} ${request.url} failed (request ${requestId}).`, error);
      return toProblemResponse(error, requestId);
    }
  };
}
