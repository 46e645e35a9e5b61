import type { CreditsHandler } from './handler.ts';

type Handler = Pick<CreditsHandler, 'fetch'>;

/**
 * Answers from a Next catch-all route, `app/api/credits/[[...path]]/route.ts`:
 *
 * ```ts
 * export const dynamic = 'force-dynamic';
 * export const { GET, POST } = toNextHandlers(async () => (await credits()).handler);
 * ```
 *
 * For hosts that cannot bring a server of their own: each open stream costs several times the memory there.
 *
 * @param handler - The handler, or how to come by it: see {@link oncePerProcess}, since a module that opens a database
 *   when it is imported would open it while Next builds.
 */
export function toNextHandlers(handler: Handler | (() => Promise<Handler>)): {
  GET: (request: Request) => Promise<Response>;
  POST: (request: Request) => Promise<Response>;
} {
  const answer = async (request: Request): Promise<Response> =>
    (typeof handler === 'function' ? await handler() : handler).fetch(request);
  return { GET: answer, POST: answer };
}
