import type { SqlPoolClient } from './database.ts';

/** Returns a client to its pool without an open transaction. If that cannot be ensured, the connection is closed. */
export async function release(client: SqlPoolClient, isEnded: boolean): Promise<void> {
  if (isEnded) {
    client.release();
    return;
  }
  const isRolledBack = await client.query({ text: 'ROLLBACK' }).then(
    () => true,
    () => false,
  );
  client.release(!isRolledBack);
}
