import { Client } from 'pg';

/** Runs statements on a connection of their own. */
export async function administer(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Runs a query on a connection of its own, and returns the column `value` of its only row. */
export async function ask(url: string, query: string): Promise<string | null> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string | null }>(query);
    return rows[0]?.value ?? null;
  } finally {
    await client.end();
  }
}
