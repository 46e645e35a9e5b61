/** What happens to the page around the client. `visible`/`hidden` follow `document.visibilityState`. */
export type PageEvent = 'online' | 'offline' | 'visible' | 'hidden' | 'pageshow' | 'pagehide';

/**
 * Everything that the follower needs from the world around it. Tests pass their own; no module of the follower touches a
 * global.
 */
export interface Environment {
  /** False where there is no page, as on a server: then nothing ever starts. */
  readonly active: boolean;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Monotonic milliseconds: what all waiting is measured by, so that a corrected system clock stops nothing. */
  now(): number;
  /** Wall-clock milliseconds: only ever shown to people. */
  wallClock(): number;
  /** Calls back once; returns how to cancel. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** From 0 up to 1. */
  random(): number;
  /** A UUIDv7. */
  uuid(): string;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Returns how to stop listening. */
  listen(listener: (event: PageEvent) => void): () => void;
  /**
   * Asks for a lock that one tab of the browser holds at a time; `onHeld` is called with how to release it. Returns how to
   * stop waiting or holding. Null where there are no locks.
   */
  lock: ((name: string, onHeld: () => void) => () => void) | null;
  /** Joins the tabs of the browser. Null where they cannot talk. */
  channel:
    | ((name: string, onMessage: (message: unknown) => void) => { post(message: unknown): void; close(): void })
    | null;
}

/** The environment of a browser page; an inactive one where there is no page. */
export function createBrowserEnvironment(): Environment {
  const active = typeof window === 'object' && typeof document === 'object';
  return Object.freeze<Environment>({
    active,
    fetch: (url, init) => fetch(url, init),
    now: () => performance.now(),
    wallClock: () => Date.now(),
    setTimer: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    uuid: () => createUuid(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
    isOnline: () => !active || navigator.onLine,
    isVisible: () => !active || document.visibilityState === 'visible',
    listen: listenToPage,
    lock: active && 'locks' in navigator ? holdLock : null,
    channel: active && 'BroadcastChannel' in window ? joinTabs : null,
  });
}

/** Writes a UUIDv7: 48 bits of wall clock, then 74 random bits. @see RFC 9562, section 5.7 */
export function createUuid(wallClockMs: number, random: Uint8Array): string {
  const [versioned = 0, second = 0, variant = 0, ...rest] = random;
  const bytes = [(versioned & 0x0f) | 0x70, second, (variant & 0x3f) | 0x80, ...rest];
  const hex =
    Math.trunc(wallClockMs).toString(16).padStart(12, '0') +
    bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `beforeunload` and `unload` are left alone on purpose: a `mailto:` link fires one, and either spoils the back/forward cache. */
function listenToPage(listener: (event: PageEvent) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  for (const name of ['online', 'offline', 'pageshow', 'pagehide'] as const) {
    window.addEventListener(name, () => listener(name), { signal });
  }
  document.addEventListener(
    'visibilitychange',
    () => listener(document.visibilityState === 'visible' ? 'visible' : 'hidden'),
    { signal },
  );
  return () => stop.abort();
}

function holdLock(name: string, onHeld: () => void): () => void {
  const waiting = new AbortController();
  let release = () => waiting.abort();
  const hold = () =>
    new Promise<void>((resolve) => {
      if (waiting.signal.aborted) return resolve();
      release = resolve;
      onHeld();
    });
  // Rejects when we stop waiting, or where locks are forbidden: then another tab's news or polling remain.
  navigator.locks.request(name, { signal: waiting.signal }, hold).catch(() => undefined);
  return () => release();
}

function joinTabs(name: string, onMessage: (message: unknown) => void) {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event) => onMessage(event.data));
  return {
    post: (message: unknown) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
