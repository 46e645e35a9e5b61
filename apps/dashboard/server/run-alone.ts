import type { Database } from 'realtime-credits-server';

const BEGIN = [
  'BEGIN ISOLATION LEVEL READ COMMITTED',
  // This transaction waits for others, and then for the work, for as long as they take.
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL lock_timeout = 0',
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  `SELECT pg_advisory_xact_lock(hashtextextended('dashboard start', 0))`,
];

/**
 * Does what only one instance may do at a time, such as making the tables and the demo users: instances that start
 * together on one Postgres wait for each other. The lock is a transaction's and not a session's, which poolers share.
 */
export async function runAlone<Result>(
  { kind, pool }: Pick<Database, 'kind' | 'pool'>,
  work: () => Promise<Result>,
): Promise<Result> {
  // No other process can have an embedded database open, and it has only one connection.
  if (kind === 'embedded') return work();
  const client = await pool.connect();
  try {
    for (const statement of BEGIN) await client.query(statement);
    return await work();
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
  }
}
