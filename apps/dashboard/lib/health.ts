/** Longer than that, and whatever is read again can wait for the next change. */
const HEALTH_MS_MAX = 5_000;

/** Whether the server can be reached and is ready. A page that is refreshed while it is not becomes an error page. */
export async function isHealthy(): Promise<boolean> {
  const answer = await fetch('/api/health/ready', { signal: AbortSignal.timeout(HEALTH_MS_MAX) }).catch(() => null);
  return answer?.ok === true;
}
