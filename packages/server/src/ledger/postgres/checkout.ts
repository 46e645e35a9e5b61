import type { SqlPool, SqlPoolClient } from './database.ts';

/** A client of a pool, for a piece of work. */
export interface Checkout {
  client: SqlPoolClient;
  /**
   * Returns the client to its pool without an open transaction. If that cannot be ensured, the connection is closed.
   * @param isEnded - Whether its transaction has ended.
   */
  release(isEnded: boolean): Promise<void>;
}

/** Part of an event emitter, as `pg`'s clients are. */
interface Emitter {
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/**
 * Takes a client of a pool. A connection that fails meanwhile fails its statements; without a listener it would also end
 * the process, because pools listen to idle clients only.
 */
export async function checkOut(pool: SqlPool): Promise<Checkout> {
  const client = await pool.connect();
  const emitter = 'on' in client && 'off' in client ? (client as SqlPoolClient & Emitter) : null;
  const ignore = (): void => undefined;
  emitter?.on('error', ignore);
  return {
    client,
    async release(isEnded) {
      const isClean = isEnded || (await rollBack(client));
      client.release(!isClean);
      // A client that is closed may still report why.
      if (isClean) emitter?.off('error', ignore);
    },
  };
}

async function rollBack(client: SqlPoolClient): Promise<boolean> {
  try {
    await client.query({ text: 'ROLLBACK' });
    return true;
  } catch {
    return false;
  }
}
