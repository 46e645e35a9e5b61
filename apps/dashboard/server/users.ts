import type { Pool } from 'pg';
import { SHOWN_NAME } from './names.ts';

/** A user as administrators and transfers look them up; the rows are better-auth's. */
export interface UserRecord {
  id: string;
  username: string;
  email: string;
  role: 'admin' | 'user';
  banned: boolean;
  /** ISO instant. */
  createdAt: string;
}

export interface Users {
  find(id: string): Promise<UserRecord | null>;
  /** By user name, whatever its case; null also for a banned user. */
  findActiveByUsername(username: string): Promise<UserRecord | null>;
  /** Newest first; `query` is part of a name, also one that they had, or of an e-mail address, or a whole id. */
  search(page: { query: string; limit: number; offset: number }): Promise<{ users: UserRecord[]; total: number }>;
  /** Who has one of these addresses, in lower case, and has verified it. */
  findVerified(emails: readonly string[]): Promise<UserRecord[]>;
}

interface Raw {
  id: string;
  username: string;
  email: string;
  role: string | null;
  banned: boolean | null;
  createdAt: Date | string;
}

const COLUMNS = `id, ${SHOWN_NAME} AS username, email, role, banned, "createdAt"`;

export function createUsers(pool: Pool): Users {
  return Object.freeze({
    async find(id: string) {
      const { rows } = await pool.query<Raw>(`SELECT ${COLUMNS} FROM "user" WHERE id = $1`, [id]);
      return rows[0] === undefined ? null : toUserRecord(rows[0]);
    },
    async findActiveByUsername(username: string) {
      const { rows } = await pool.query<Raw>(
        `SELECT ${COLUMNS} FROM "user" WHERE username = $1 AND banned IS NOT TRUE`,
        [username.toLowerCase()],
      );
      return rows[0] === undefined ? null : toUserRecord(rows[0]);
    },
    async search({ query, limit, offset }: { query: string; limit: number; offset: number }) {
      const pattern = `%${query.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
      const { rows } = await pool.query<Raw & { total: string }>(
        `SELECT ${COLUMNS}, count(*) OVER () AS total FROM "user"
         WHERE username ILIKE $1 OR email ILIKE $1 OR name ILIKE $1
           OR id = $4 OR id IN (SELECT user_id FROM dashboard_past_names WHERE name ILIKE $1)
         ORDER BY "createdAt" DESC, id LIMIT $2 OFFSET $3`,
        [pattern, limit, offset, query],
      );
      return { users: rows.map(toUserRecord), total: Number(rows[0]?.total ?? 0) };
    },
    async findVerified(emails: readonly string[]) {
      if (emails.length === 0) return [];
      const { rows } = await pool.query<Raw>(
        `SELECT ${COLUMNS} FROM "user" WHERE lower(email) = ANY($1) AND "emailVerified"`,
        [emails],
      );
      return rows.map(toUserRecord);
    },
  });
}

function toUserRecord(raw: Raw): UserRecord {
  return {
    id: raw.id,
    username: raw.username,
    email: raw.email,
    role: raw.role === 'admin' ? 'admin' : 'user',
    banned: raw.banned === true,
    createdAt: new Date(raw.createdAt).toISOString(),
  };
}
