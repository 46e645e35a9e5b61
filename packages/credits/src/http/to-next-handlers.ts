import type { CreditsHandler } from './handler.ts';

/**
 * Answers from a Next catch-all route, `app/api/credits/[[...path]]/route.ts`:
 *
 * ```ts
 * export const dynamic = 'force-dynamic';
 * export const { GET, POST } = toNextHandlers(handler);
 * ```
 *
 * For hosts that cannot bring a server of their own: each open stream costs several times the memory there, and the
 * handler must be reached from one module instance, or its streams hear nothing of the commands of the others but by
 * re-reading.
 */
export function toNextHandlers(handler: Pick<CreditsHandler, 'fetch'>): {
  GET: (request: Request) => Promise<Response>;
  POST: (request: Request) => Promise<Response>;
} {
  const answer = (request: Request): Promise<Response> => handler.fetch(request);
  return { GET: answer, POST: answer };
}
