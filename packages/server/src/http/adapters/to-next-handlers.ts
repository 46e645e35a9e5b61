import type { CreditsHandler } from '../handler.ts';

interface WithHandler {
  handler: Pick<CreditsHandler, 'fetch'>;
}

type RouteHandler = (request: Request) => Promise<Response>;

/**
 * The exports of a Next catch-all route, `app/api/credits/[[...path]]/route.ts`:
 *
 * ```ts
 * export const { GET, POST, OPTIONS } = toNextHandlers(credits);
 * ```
 *
 * Each open stream costs several times the memory there that it costs in a server of your own: see `toNodeListener`.
 *
 * @param credits - What `createCredits` returned, or a function that opens it: see {@link singleton}, because a module that
 *   opens a database when it is imported would open it while Next builds.
 */
export function toNextHandlers(
  credits: WithHandler | (() => Promise<WithHandler>),
): Record<'GET' | 'POST' | 'OPTIONS', RouteHandler> {
  const respond: RouteHandler = async (request) =>
    (typeof credits === 'function' ? await credits() : credits).handler.fetch(request);
  return { GET: respond, POST: respond, OPTIONS: respond };
}
