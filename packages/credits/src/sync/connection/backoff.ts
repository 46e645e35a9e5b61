/** Milliseconds that the first retry waits at most. */
export const RETRY_BASE_MS = 500;

/** Milliseconds that any retry waits at most, unless the server asks for more. */
export const RETRY_MS_MAX = 20_000;

/** Milliseconds that a server may ask us to wait: a proxy's mistake must not silence a tab for a day. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * How long to wait before a retry: full jitter, because the tabs that lost one server must not come back together.
 *
 * @param attempt - Failures in a row so far, from 1.
 * @param random - A number from 0 up to 1.
 * @param retryAfterMs - What the server asked for: a floor, never a cap.
 */
export function backoffMs(attempt: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(RETRY_MS_MAX, RETRY_BASE_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.max(retryAfterMs, Math.round(random * ceiling));
}

/**
 * Reads a `Retry-After` header, seconds or an HTTP date; 0 when absent or unreadable, at most
 * {@link RETRY_AFTER_MS_MAX}.
 *
 * @see RFC 9110, section 10.2.3
 */
export function parseRetryAfterMs(value: string | null, wallClockMs: number): number {
  if (!value) return 0;
  return boundRetryAfterMs(/^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - wallClockMs);
}

/** Milliseconds that a server asked us to wait, from 0 to {@link RETRY_AFTER_MS_MAX}; 0 for anything but a number. */
export function boundRetryAfterMs(ms: unknown): number {
  return typeof ms === 'number' ? Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms || 0)) : 0;
}
