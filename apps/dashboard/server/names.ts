import type { Pool } from 'pg';

/**
 * How a user is called, as SQL over "user": the user name, in the letters that its owner chose. A display name of another
 * wording, as accounts of earlier versions may have, is not shown to others.
 */
export const SHOWN_NAME = `CASE WHEN lower("displayUsername") = username THEN "displayUsername" ELSE coalesce(username, name) END`;

/** How users are called now. What happened is stored with accounts; names are looked up when it is shown. */
export interface Names {
  /** The user name; null for an account that is no user's. Questions of one moment are one query. */
  read(userId: string): Promise<string | null>;
  /** The id of the user with this user name, whatever its case. */
  find(username: string): Promise<string | null>;
}

export function createNames(pool: Pool): Names {
  let asked = new Set<string>();
  let answer: Promise<Map<string, string>> | null = null;

  async function ask(): Promise<Map<string, string>> {
    await Promise.resolve();
    const ids = [...asked];
    asked = new Set();
    answer = null;
    const { rows } = await pool.query<{ id: string; username: string }>(
      `SELECT id, ${SHOWN_NAME} AS username FROM "user" WHERE id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map(({ id, username }) => [id, username]));
  }

  return Object.freeze({
    async read(userId: string) {
      asked.add(userId);
      answer ??= ask();
      return (await answer).get(userId) ?? null;
    },
    async find(username: string) {
      const { rows } = await pool.query<{ id: string }>(`SELECT id FROM "user" WHERE username = $1`, [
        username.toLowerCase(),
      ]);
      return rows[0]?.id ?? null;
    },
  });
}
