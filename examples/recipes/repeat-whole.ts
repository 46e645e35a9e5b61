/** The ledger's code, and Postgres's own for a deadlock and for a transaction that conflicted with another one. */
const REPEATABLE = new Set<unknown>(['unavailable', '40P01', '40001']);

/**
 * Runs a whole transaction again when it conflicted with another one or its connection was lost. Its idempotency keys
 * make that safe, also where nobody knows whether the commit arrived. After the last attempt the error is the caller's.
 */
export async function repeatWhole<T>(transact: () => Promise<T>, attemptsMax = 3): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact();
    } catch (error) {
      const isRepeatable = REPEATABLE.has((error as { code?: unknown } | null)?.code);
      if (!isRepeatable || attempt >= attemptsMax) throw error;
    }
  }
}
