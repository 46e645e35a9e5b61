import type { Context, Hono } from 'hono';
import { CreditsError, type Snapshot } from 'realtime-credits';
import { acceptCommand, respondJson, toUnavailable, type Ledger } from 'realtime-credits-server';
import type { Sessions, SessionUser } from '../auth/sessions.ts';
import { readClientAddress } from './client-address.ts';
import { isExpected, toFailure } from './failure.ts';
import { trustedOriginsOf, type OriginRules } from './origin.ts';
import type { Caller } from './rate-limit.ts';
import { currentRequestId } from './request-scope.ts';
import { API_CONTENT_SECURITY_POLICY } from './security-headers.ts';

/** What every route of the dashboard has at hand. */
export interface RouteContext {
  request: Request;
  requestId: string;
  /** A segment of the path, such as `id`. */
  param(name: string): string;
}

/** … and of a signed-in user. */
export interface UserContext extends RouteContext {
  user: SessionUser;
  /** Whom limits count. */
  caller: Caller;
  /** Idempotency key of the request's operation; empty for a GET. */
  operationId: string;
  /** The user's state, with this request's operation in `applied` once it was committed. */
  snapshot(): Promise<Snapshot>;
}

export interface RouteAnswer {
  /** @default 200 */
  status?: number;
  body: object;
}

/** What is no JSON, such as a file, is a response of its own. */
type Handled = Promise<RouteAnswer | Response>;

/** Who may call: anyone, a signed-in user, or an administrator. */
export interface Routes {
  anyone(method: 'GET', path: string, handle: (context: RouteContext) => Promise<RouteAnswer>): void;
  user(method: Method, path: string, handle: (context: UserContext) => Handled): void;
  admin(method: Method, path: string, handle: (context: UserContext) => Handled): void;
  /** Answers 405 to every other method on the paths registered so far. */
  refuseOtherMethods(): void;
}

type Method = 'GET' | 'POST' | 'DELETE';

export interface RoutesOptions {
  app: Hono;
  sessions: Sessions;
  ledger: Pick<Ledger, 'snapshot'>;
  originRules: OriginRules;
  onWarning: (message: string, cause: unknown) => void;
}

/**
 * Registers routes that decide in one place who may call, where a mutation may come from, and how a failure looks.
 *
 * Administrators' routes do not exist for other users: they respond with 404, which does not reveal that they exist.
 */
export function createRoutes({ app, sessions, ledger, originRules, onWarning }: RoutesOptions): Routes {
  async function answer(
    context: Context,
    handle: (base: RouteContext) => Handled,
    known: { user: SessionUser | null; operationId: string | null },
  ): Promise<Response> {
    const requestId = currentRequestId();
    const base: RouteContext = {
      request: context.req.raw,
      requestId,
      param: (name) => context.req.param(name) ?? '',
    };
    try {
      const handled = await handle(base);
      if (handled instanceof Response) return handled;
      return toResponse(handled.status ?? 200, handled.body, requestId);
    } catch (caught) {
      const error = toUnavailable(caught);
      if (!isExpected(error)) onWarning(`Request ${requestId} failed.`, error);
      const snapshot = await readSnapshotOfFailure(known);
      const failure = toFailure(error, requestId, snapshot);
      return toResponse(failure.status, failure.body, requestId, failure.headers);
    }
  }

  /** A refusal includes the user's state too: the same response corrects a wrong prediction. */
  async function readSnapshotOfFailure({
    user,
    operationId,
  }: {
    user: SessionUser | null;
    operationId: string | null;
  }): Promise<Snapshot | undefined> {
    if (user === null) return undefined;
    try {
      return await ledger.snapshot(user.id, operationId === null ? {} : { operations: [operationId] });
    } catch {
      return undefined;
    }
  }

  function signedIn(access: 'user' | 'admin', handle: (context: UserContext) => Handled) {
    return (context: Context): Promise<Response> => {
      const known: { user: SessionUser | null; operationId: string | null } = { user: null, operationId: null };
      return answer(
        context,
        async (base) => {
          const user = await sessions.read(base.request.headers);
          if (user === null) throw new CreditsError('unauthenticated');
          if (access === 'admin' && user.role !== 'admin') throw new CreditsError('not_found');
          known.user = user;
          if (base.request.method !== 'GET') {
            const trustedOrigins = trustedOriginsOf(base.request, originRules);
            known.operationId = acceptCommand(base.request, user.id, { trustedOrigins });
          }
          return handle({
            ...base,
            user,
            caller: { account: user.id, address: readClientAddress(base.request.headers) },
            operationId: known.operationId ?? '',
            snapshot: () =>
              ledger.snapshot(user.id, known.operationId === null ? {} : { operations: [known.operationId] }),
          });
        },
        known,
      );
    };
  }

  const methodsOf = new Map<string, Method[]>();

  function register(method: Method, path: string, handle: (context: Context) => Promise<Response>): void {
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), method]);
    app.on(method, path, handle);
  }

  return Object.freeze({
    anyone: (method: 'GET', path: string, handle: (context: RouteContext) => Promise<RouteAnswer>) =>
      register(method, path, (context) => answer(context, handle, { user: null, operationId: null })),
    user: (method: Method, path: string, handle: (context: UserContext) => Handled) =>
      register(method, path, signedIn('user', handle)),
    admin: (method: Method, path: string, handle: (context: UserContext) => Promise<RouteAnswer>) =>
      register(method, path, signedIn('admin', handle)),
    refuseOtherMethods: () => {
      for (const [path, methods] of methodsOf) {
        app.all(path, () => {
          const requestId = currentRequestId();
          const { status, body } = toFailure(new CreditsError('method_not_allowed'), requestId);
          return toResponse(status, body, requestId, { Allow: methods.join(', ') });
        });
      }
    },
  });
}

/** Writes a JSON answer that no cache keeps and no browser runs. */
export function toResponse(
  status: number,
  body: object,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return respondJson(body, {
    status,
    headers: {
      'Cache-Control': 'private, no-store',
      'Content-Security-Policy': API_CONTENT_SECURITY_POLICY,
      'X-Request-Id': requestId,
      ...headers,
    },
  });
}
