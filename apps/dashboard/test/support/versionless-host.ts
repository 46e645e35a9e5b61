import { vi } from 'vitest';

/** What a request is answered with: a body to send as JSON, or a whole answer. */
type Answer = { status?: number; body: unknown };

/** One request as it reached the host. */
export interface Received {
  method: string;
  path: string;
  body: unknown;
  /** Fake milliseconds since the test began. */
  at: number;
}

/** Answers a request at the moment at which the host deals with it. Throwing a TypeError is a line that breaks then. */
type Route = (request: Received) => Answer;

export interface VersionlessHost {
  /** The truth, in whole credits. */
  coins: number;
  /** Whose session it is; null answers 401. */
  userId: number | null;
  /** Way there plus way back, in milliseconds; the host deals with a request half way. Read when a request is sent. */
  latencyMs: number;
  /** Replaces the answer of a path; null takes the replacement away. */
  answer(path: string, route: Route | null): void;
  /** From now on, requests to a path reach nobody: `fail` breaks at once, `hang` never answers, null heals. */
  break(path: string, how: 'fail' | 'hang' | null): void;
  readonly received: readonly Received[];
  /** How often the balance was asked for. */
  readonly asked: number;
}

/**
 * A host that has nothing but `GET /api/user/me → {success, user: {coins}}`, standing in for `fetch`. Needs fake timers.
 */
export function startVersionlessHost(coins: number): VersionlessHost {
  const begin = performance.now();
  const routes = new Map<string, Route>();
  const broken = new Map<string, 'fail' | 'hang'>();
  const received: Received[] = [];
  const host: VersionlessHost = {
    coins,
    userId: 7,
    latencyMs: 20,
    answer: (path, route) => void (route === null ? routes.delete(path) : routes.set(path, route)),
    break: (path, how) => void (how === null ? broken.delete(path) : broken.set(path, how)),
    received,
    get asked() {
      return received.filter(({ path }) => path === '/api/user/me').length;
    },
  };

  function me(): Answer {
    if (host.userId === null) return { status: 401, body: { success: false, message: 'No user logged in' } };
    return { body: { success: true, user: { id: host.userId, username: 'player', role: 1, coins: host.coins } } };
  }

  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(url, 'http://host.test').pathname;
    const request: Received = {
      method: init.method ?? 'GET',
      path,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      at: performance.now() - begin,
    };
    received.push(request);
    const halfMs = host.latencyMs / 2;
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
      if (broken.get(path) === 'hang') return;
      if (broken.get(path) === 'fail') return reject(new TypeError('Failed to fetch'));
      setTimeout(() => {
        try {
          const { status = 200, body } = (routes.get(path) ?? me)(request);
          setTimeout(() => resolve(Response.json(body, { status })), halfMs);
        } catch (cause) {
          setTimeout(() => reject(cause), halfMs);
        }
      }, halfMs);
    });
  });
  return host;
}
