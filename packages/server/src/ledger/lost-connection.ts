import type { Pool } from 'pg';

/**
 * Keeps a connection that dies from ending the process, whether it was idle or somebody's: its statements fail anyway,
 * and the next use makes another one. The pool itself only listens to idle ones.
 */
export function surviveLostConnections(pool: Pool, onWarning: (message: string, cause: unknown) => void): void {
  pool.on('error', () => undefined); // the same error, said again by the pool
  pool.on('connect', (client) => {
    client.on('error', (error) => onWarning('A database connection was lost.', error));
  });
}
