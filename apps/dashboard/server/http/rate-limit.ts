import { CreditsError } from 'realtime-credits';

/** How often one user may do one thing. */
export interface Limit {
  max: number;
  windowMs: number;
}

/** The limits of the routes that cost something. Each bounds scripts, and is far above what a person does. */
export const LIMITS = {
  claim: { max: 30, windowMs: 60_000 },
  serverCreate: { max: 10, windowMs: 60_000 },
  transfer: { max: 20, windowMs: 60_000 },
  profile: { max: 20, windowMs: 60_000 },
  example: { max: 240, windowMs: 60_000 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export interface RateLimiter {
  /** Counts one try. @throws {CreditsError} `rate_limited` — with the time after which the next one counts. */
  take(name: LimitName, userId: string): void;
}

/** Bounds the memory: beyond it, the users who were quiet the longest are forgotten. */
const WINDOWS_MAX = 50_000;

/**
 * Counts tries per user in fixed windows, in memory: each instance allows its share.
 *
 * @param now - Milliseconds of a clock that never goes back.
 */
export function createRateLimiter(now: () => number, limits: Record<LimitName, Limit> = LIMITS): RateLimiter {
  const windows = new Map<string, { startedAt: number; count: number }>();

  function take(name: LimitName, userId: string): void {
    const { max, windowMs } = limits[name];
    const key = `${name}:${userId}`;
    const known = windows.get(key);
    const at = now();
    const window = known !== undefined && at - known.startedAt < windowMs ? known : { startedAt: at, count: 0 };
    if (window.count >= max) {
      const retryAfterMs = window.startedAt + windowMs - at;
      throw new CreditsError(
        'rate_limited',
        `That was ${max} times within ${windowMs / 1000} seconds. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
        { details: { retryAfterMs } },
      );
    }
    window.count += 1;
    windows.delete(key);
    if (windows.size >= WINDOWS_MAX) {
      for (const oldest of windows.keys()) {
        windows.delete(oldest);
        break;
      }
    }
    windows.set(key, window);
  }

  return Object.freeze({ take });
}
