import type { PoolClient } from 'pg';

/** Returns a client to its pool without an open transaction; one that cannot say so is destroyed. */
export async function giveBack(client: PoolClient, ended: boolean): Promise<void> {
  if (ended) {
    client.release();
    return;
  }
  const rolledBack = await client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
  client.release(!rolledBack);
}
