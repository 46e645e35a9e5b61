import { CreditsError, isCreditsError } from 'realtime-credits';
import { acceptCommand, assertTrustedOrigin, respondWithSnapshot, toProblemResponse } from 'realtime-credits-server';
import type { CreditsHandlerOptions, Ledger } from 'realtime-credits-server';

export interface CommandRouteOptions {
  ledger: Ledger;
  /** The same function that your credits handler has. */
  identify: CreditsHandlerOptions['identify'];
  /** Called with bugs, and with the request id that the response names. The response contains no detail of them. */
  onWarning?: (message: string, cause: unknown) => void;
}

/**
 * A route of yours that moves credits of the signed-in user. It refuses pages of other sites and users who are not signed
 * in, and its response contains what makes every open tab exact at once. Repeated with the same `Idempotency-Key`, it takes
 * effect once.
 */
export function toCommandRoute(
  { ledger, identify, onWarning = () => undefined }: CommandRouteOptions,
  run: (command: { account: string; idempotencyKey: string; request: Request }) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      assertTrustedOrigin(request);
      const identity = await identify(request);
      if (identity === null) throw new CreditsError('unauthenticated');
      const { account } = identity;
      const idempotencyKey = acceptCommand(request, account);
      await run({ account, idempotencyKey, request });
      return await respondWithSnapshot(ledger, account, { success: true }, { operations: [idempotencyKey] });
    } catch (error) {
      const requestId = crypto.randomUUID();
      if (!isCreditsError(error)) onWarning(`${request.method} ${request.url} failed (request ${requestId}).`, error);
      return toProblemResponse(error, requestId);
    }
  };
}
