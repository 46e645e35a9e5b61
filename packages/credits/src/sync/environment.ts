/** What happens to the page around the client. `visible` and `hidden` follow `document.visibilityState`. */
export type PageEvent = 'online' | 'offline' | 'visible' | 'hidden' | 'pageshow' | 'pagehide';

/**
 * Everything that the client needs from outside. Tests pass their own; no other module of the client touches a global.
 */
export interface Environment {
  /** False where there is no page, as on a server: then nothing ever starts. */
  readonly active: boolean;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Monotonic milliseconds: all waiting is measured by it, so a corrected system clock stops nothing. */
  now(): number;
  /** Wall-clock milliseconds: only for display, and to notice that the machine slept. */
  wallClock(): number;
  /** Calls back once. Returns the function that cancels. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** From 0 up to 1. */
  random(): number;
  /** A UUIDv7. */
  uuid(): string;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Returns the function that stops listening. */
  listen(listener: (event: PageEvent) => void): () => void;
  /** Joins the other tabs of the browser. Null where they cannot talk to each other. */
  channel:
    | ((name: string, onMessage: (message: unknown) => void) => { post(message: unknown): void; close(): void })
    | null;
}

/** The environment of a browser page; an inactive one where there is no page. */
export function createBrowserEnvironment(): Environment {
  const active = typeof window === 'object' && typeof document === 'object';
  const isVisible = (): boolean => !active || document.visibilityState === 'visible';
  return Object.freeze<Environment>({
    active,
    fetch: (url, init) => fetch(url, init),
    now: () => performance.now(),
    wallClock: () => Date.now(),
    setTimer(callback, delayMs) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    uuid: () => createUuid(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
    isOnline: () => !active || navigator.onLine,
    isVisible,
    // `beforeunload` and `unload` are left alone on purpose: a `mailto:` link fires one, and either disables the
    // back/forward cache.
    listen(listener) {
      const stop = new AbortController();
      const { signal } = stop;
      for (const name of ['online', 'offline', 'pageshow', 'pagehide'] as const) {
        window.addEventListener(name, () => listener(name), { signal });
      }
      document.addEventListener('visibilitychange', () => listener(isVisible() ? 'visible' : 'hidden'), { signal });
      return () => stop.abort();
    },
    channel: active && 'BroadcastChannel' in window ? openChannel : null,
  });
}

/**
 * Writes a UUIDv7: 48 bits of wall clock, then 72 random bits. `crypto.randomUUID` is missing on pages without https.
 *
 * @see RFC 9562, section 5.7
 */
export function createUuid(wallClockMs: number, random: Uint8Array): string {
  const toHex = (value: number, length: number): string => value.toString(16).padStart(length, '0');
  const digits = toHex(Math.trunc(wallClockMs), 12) + Array.from(random, (byte) => toHex(byte, 2)).join('');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-7$3-8$4-');
}

function openChannel(name: string, onMessage: (message: unknown) => void) {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => onMessage(event.data);
  return {
    post: (message: unknown) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
