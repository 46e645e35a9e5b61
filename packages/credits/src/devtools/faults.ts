/**
 * Breaks the network between a page and its server, in the ways that networks, proxies and servers break.
 *
 * Stands in front of the page's `fetch`, because commands leave by the host's own `fetch`, which no environment of the
 * client sees; so it also works on a client that exists already. Requests to other origins, and those outside of `/api/`,
 * such as a framework's navigations, are left alone. Owns nothing of the balance: what a fault does to the number is for
 * the client to get right.
 */
import { tapStream, type StreamTap } from './stream-tap.ts';

/**
 * What happens to every request, until it is changed: nothing; the device is offline; the answer takes {@link SLOW_MS};
 * it never comes; it is lost after the server has acted; the server is restarting (503); a proxy has no server (502).
 */
export type Fault = 'none' | 'offline' | 'slow' | 'silent' | 'lost-answers' | 'unavailable' | 'bad-gateway';

/** How long `slow` keeps an answer back: long enough to be seen, shorter than the client's time-out. */
export const SLOW_MS = 3_000;

export interface FaultsState {
  fault: Fault;
  /** Streams are connected but bring nothing, as behind a proxy that buffers. */
  buffering: boolean;
  /** Snapshots that will be lost on their way. */
  dropping: number;
  /** Streams that this tab holds and that can be broken. */
  streams: number;
  /** Requests and frames that were broken so far. */
  hits: number;
}

export interface Faults {
  getState(): FaultsState;
  subscribe(listener: () => void): () => void;
  setFault(fault: Fault): void;
  setBuffering(on: boolean): void;
  /** The next snapshot is lost, like a lost notification. */
  dropNext(): void;
  /** Ends the streams as dying connections would. */
  cut(): void;
  /** Brings the newest snapshot once more, or an earlier one late. Returns whether there was one. */
  repeat(which: 'newest' | 'earlier'): boolean;
  /** Lets the client open its stream again, through this page's `fetch`. */
  reconnect(): void;
  /** Goes in front of the page's `fetch`. Returns the way out again, which ends every fault. */
  install(): () => void;
}

export interface FaultsOptions {
  /** @default the page's own */
  window?: Window & typeof globalThis;
  /** Which requests may be broken. @default those to `/api/` of the page's origin */
  affects?: (url: URL) => boolean;
}

/** Makes an injector of faults that breaks nothing yet: see {@link Faults.install}. */
export function createFaults(options: FaultsOptions = {}): Faults {
  const page = options.window ?? window;
  const affects = options.affects ?? ((url) => url.origin === page.location.origin && url.pathname.startsWith('/api/'));
  const listeners = new Set<() => void>();
  const taps = new Set<StreamTap>();
  const passed: string[] = [];
  let state: FaultsState = Object.freeze({ fault: 'none', buffering: false, dropping: 0, streams: 0, hits: 0 });

  function patch(change: Partial<FaultsState>): void {
    state = Object.freeze({ ...state, ...change });
    for (const listener of listeners) listener();
  }

  const hit = (): void => patch({ hits: state.hits + 1 });

  async function breakRequest(
    fault: Exclude<Fault, 'none'>,
    send: () => Promise<Response>,
    signal: AbortSignal | null,
  ): Promise<Response> {
    hit();
    if (fault === 'unavailable') return toUnavailable();
    if (fault === 'bad-gateway') return toBadGateway();
    if (fault === 'silent') return whenAborted(signal);
    if (fault === 'slow') {
      const response = await send();
      await Promise.race([new Promise((resolve) => page.setTimeout(resolve, SLOW_MS)), whenAborted(signal)]);
      return response;
    }
    // The server carried the request out, and its response is lost.
    if (fault === 'lost-answers') await (await send()).body?.cancel();
    throw new TypeError('Failed to fetch');
  }

  function tap(response: Response): Response {
    const { body, status, statusText, headers } = response;
    if (body === null || !(headers.get('content-type') ?? '').startsWith('text/event-stream')) return response;
    const tapped = tapStream(body, {
      passed,
      judge(isSnapshot) {
        if (isSnapshot && state.dropping > 0) {
          patch({ dropping: state.dropping - 1, hits: state.hits + 1 });
          return 'drop';
        }
        if (!state.buffering) return 'pass';
        hit();
        return 'hold';
      },
      onEnd() {
        taps.delete(tapped);
        patch({ streams: taps.size });
      },
    });
    taps.add(tapped);
    patch({ streams: taps.size });
    return new Response(tapped.body, { status, statusText, headers });
  }

  /** What every part of the page observes, not only the client: `navigator.onLine` and the two events. */
  function setOnline(online: boolean): void {
    if (online) Reflect.deleteProperty(page.navigator, 'onLine');
    else Object.defineProperty(page.navigator, 'onLine', { configurable: true, get: () => false });
    page.dispatchEvent(new page.Event(online ? 'online' : 'offline'));
  }

  const faults: Faults = {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setFault(fault) {
      const before = state.fault;
      if (fault === before) return;
      patch({ fault });
      if (before === 'offline') setOnline(true);
      if (fault === 'offline') {
        faults.cut();
        setOnline(false);
      }
    },
    setBuffering(buffering) {
      patch({ buffering });
      if (!buffering) for (const each of taps) each.release();
    },
    dropNext: () => patch({ dropping: state.dropping + 1 }),
    cut() {
      for (const each of taps) each.cut();
    },
    repeat(which) {
      let found = false;
      for (const each of taps) found = each.repeat(which === 'newest' ? 0 : 1) || found;
      if (found) hit();
      return found;
    },
    reconnect() {
      if (state.fault === 'offline') return;
      setOnline(false);
      setOnline(true);
    },
    install() {
      const original = page.fetch;
      const wrapped: typeof fetch = async (input, init) => {
        const request = input instanceof page.Request ? input : null;
        const url = new URL(request?.url ?? String(input), page.location.href);
        const signal = init?.signal ?? request?.signal ?? null;
        const send = (): Promise<Response> => original.call(page, input, init);
        if (!affects(url)) return send();
        const { fault } = state;
        return tap(await (fault === 'none' ? send() : breakRequest(fault, send, signal)));
      };
      page.fetch = wrapped;
      return () => {
        // A wrapper that was installed after ours stays: from now on ours only passes requests on.
        if (page.fetch === wrapped) page.fetch = original;
        patch({ dropping: 0 });
        faults.setFault('none');
        faults.setBuffering(false);
      };
    },
  };
  return Object.freeze(faults);
}

/** Rejects when the caller gives up, and never otherwise. */
function whenAborted(signal: AbortSignal | null): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new DOMException('The request was given up.', 'AbortError'));
    if (signal?.aborted === true) fail();
    signal?.addEventListener('abort', fail, { once: true });
  });
}

function toUnavailable(): Response {
  const problem = { type: 'about:blank', title: 'Try again shortly', status: 503, code: 'unavailable' };
  return new Response(JSON.stringify(problem), {
    status: 503,
    headers: { 'content-type': 'application/problem+json' },
  });
}

function toBadGateway(): Response {
  return new Response('<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>', {
    status: 502,
    headers: { 'content-type': 'text/html' },
  });
}
