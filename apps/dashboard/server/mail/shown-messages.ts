import type { Pool } from 'pg';
import type { LinkSeal } from './link-seal.ts';
import { subjectOf, type Message } from './messages.ts';

/**
 * Messages where none can be sent, for administrators to hand on, and those that could not be sent. The newest are kept.
 *
 * A link gives its account away. So no administrator is shown one of an administrator, or of an address that is to
 * become one: those are in the terminal alone.
 */
export interface ShownMessages {
  keep(message: Message): Promise<void>;
  /** Newest first. */
  list(): Promise<ShownMessage[]>;
  /** The link of a message and whose account it opens; null where no administrator may see it. */
  findLink(id: number): Promise<{ link: string; userId: string; subject: string } | null>;
  /** Deletes what was written to somebody. */
  forget(userId: string): Promise<void>;
}

export interface ShownMessage {
  id: number;
  /** ISO instant. */
  at: string;
  to: string;
  subject: string;
  link: 'none' | 'terminal' | 'here';
  /** It was given up. */
  failed: boolean;
}

export const KEPT = 50;

const LINK = `CASE WHEN m.link IS NULL THEN 'none'
  WHEN u.role = 'admin' OR lower(m.recipient) = ANY($1) THEN 'terminal' ELSE 'here' END`;

/** @param adminEmails - In lower case. */
export function createShownMessages(
  pool: Pool,
  adminEmails: readonly string[],
  { seal, open }: LinkSeal,
): ShownMessages {
  return Object.freeze({
    async keep({ kind, userId, to, link }: Message) {
      await pool.query(
        `WITH old AS (DELETE FROM dashboard_messages WHERE id IN
           (SELECT id FROM dashboard_messages ORDER BY id DESC OFFSET ${KEPT - 1}))
         INSERT INTO dashboard_messages (user_id, recipient, subject, link) VALUES ($1, $2, $3, $4)`,
        [userId, to, subjectOf(kind), await seal(link)],
      );
    },
    async list() {
      const { rows } = await pool.query<Omit<ShownMessage, 'id' | 'at'> & { id: string; at: Date | string }>(
        `SELECT m.id, m.at, m.recipient AS "to", m.subject, m.failed, ${LINK} AS link
         FROM dashboard_messages m JOIN "user" u ON u.id = m.user_id ORDER BY m.id DESC LIMIT ${KEPT}`,
        [adminEmails],
      );
      return rows.map((row) => ({ ...row, id: Number(row.id), at: new Date(row.at).toISOString() }));
    },
    async findLink(id: number) {
      const { rows } = await pool.query<{ link: string; userId: string; subject: string }>(
        `SELECT m.link, m.user_id AS "userId", m.subject
         FROM dashboard_messages m JOIN "user" u ON u.id = m.user_id WHERE m.id = $2 AND ${LINK} = 'here'`,
        [adminEmails, id],
      );
      const [found] = rows;
      const link = found === undefined ? null : await open(found.link).catch(() => null);
      return found === undefined || link === null ? null : { ...found, link };
    },
    async forget(userId: string) {
      await pool.query(`DELETE FROM dashboard_messages WHERE user_id = $1`, [userId]);
    },
  });
}
