import type { Pool } from 'pg';
import type { LinkSeal } from './link-seal.ts';
import { subjectOf, type BalanceDetails, type Message, type MessageKind } from './messages.ts';
import { KEPT } from './shown-messages.ts';

/**
 * Messages that are not sent yet. They outlive the process: each is leased to one instance while it tries, and is due again
 * where that instance stops before it says what came of it. So a message may be sent twice, and none is lost.
 */
export interface Outbox {
  /** Keeps a message, leased to the caller. */
  add(message: Message): Promise<Waiting>;
  /** Keeps a message about an event of the ledger, due now, unless one about it was kept before. */
  addOnce(eventId: string, message: Message): Promise<void>;
  /** Leases what is due, the longest waiting first. */
  takeDue(limit: number): Promise<Waiting[]>;
  /** It was sent. */
  remove(id: string): Promise<void>;
  /** It is due again at this instant, in milliseconds. */
  postpone(id: string, dueAt: number): Promise<void>;
  /** It is given up: administrators see that it was, without its link. */
  fail({ id, message }: Waiting): Promise<void>;
  /** Deletes what is for somebody. */
  forget(userId: string): Promise<void>;
}

export interface Waiting {
  id: string;
  message: Message;
  /** When it was written, in milliseconds. */
  at: number;
  /** Tries that failed. */
  tries: number;
}

/** Longer than one try takes: connection, greeting and each answer have their own time-outs. */
export const LEASE_MS = 5 * 60_000;

interface Row {
  id: string;
  at: Date | string;
  kind: MessageKind;
  user_id: string;
  recipient: string;
  link: string | null;
  details: BalanceDetails | null;
  tries: number;
}

/** Longer than the ledger keeps an event. */
const HANDLED_MS = 60 * 86_400_000;

/** @param now - Wall-clock milliseconds. */
export function createOutbox(pool: Pool, now: () => number, { seal, open }: LinkSeal): Outbox {
  const instant = (ms: number): string => new Date(ms).toISOString();

  async function fail({ id, message }: Pick<Waiting, 'id' | 'message'>): Promise<void> {
    await pool.query(
      `WITH gone AS (DELETE FROM dashboard_outbox WHERE id = $1 RETURNING at, user_id, recipient),
       old AS (DELETE FROM dashboard_messages WHERE id IN
         (SELECT id FROM dashboard_messages ORDER BY id DESC OFFSET ${KEPT - 1}))
       INSERT INTO dashboard_messages (at, user_id, recipient, subject, link, failed)
       SELECT at, user_id, recipient, $2, NULL, true FROM gone`,
      [id, subjectOf(message.kind)],
    );
  }

  async function read(row: Row): Promise<Waiting | null> {
    const { id, at, kind, user_id: userId, recipient: to, details, tries } = row;
    const message = { kind, userId, to, ...(details === null ? {} : { details }) };
    try {
      return { id, message: { ...message, link: await open(row.link) }, at: new Date(at).getTime(), tries };
    } catch {
      // Another secret wrote it: nobody can send it any more.
      await fail({ id, message: { ...message, link: null } });
      return null;
    }
  }

  return Object.freeze({
    async add(message: Message) {
      const at = now();
      const { kind, userId, to, link } = message;
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO dashboard_outbox (at, kind, user_id, recipient, link, next_try_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
        [instant(at), kind, userId, to, await seal(link), instant(at + LEASE_MS)],
      );
      return { id: String(rows[0]?.id), message, at, tries: 0 };
    },
    async addOnce(eventId: string, { kind, userId, to, link, details }: Message) {
      const at = now();
      await pool.query(
        `WITH old AS (DELETE FROM dashboard_handled_events WHERE at < $7),
         first AS (INSERT INTO dashboard_handled_events (event_id, at) VALUES ($8, $1) ON CONFLICT DO NOTHING RETURNING 1)
         INSERT INTO dashboard_outbox (at, kind, user_id, recipient, link, details, next_try_at)
         SELECT $1, $2, $3, $4, $5, $6, $1 FROM first`,
        [
          instant(at),
          kind,
          userId,
          to,
          await seal(link),
          JSON.stringify(details ?? null),
          instant(at - HANDLED_MS),
          eventId,
        ],
      );
    },
    async takeDue(limit: number) {
      const { rows } = await pool.query<Row>(
        `UPDATE dashboard_outbox SET next_try_at = $2 WHERE id IN
           (SELECT id FROM dashboard_outbox WHERE next_try_at <= $1 ORDER BY next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, at, kind, user_id, recipient, link, details, tries`,
        [instant(now()), instant(now() + LEASE_MS), limit],
      );
      return (await Promise.all(rows.map(read))).filter((waiting) => waiting !== null);
    },
    async remove(id: string) {
      await pool.query(`DELETE FROM dashboard_outbox WHERE id = $1`, [id]);
    },
    async postpone(id: string, dueAt: number) {
      await pool.query(`UPDATE dashboard_outbox SET tries = tries + 1, next_try_at = $2 WHERE id = $1`, [
        id,
        instant(dueAt),
      ]);
    },
    fail,
    async forget(userId: string) {
      await pool.query(`DELETE FROM dashboard_outbox WHERE user_id = $1`, [userId]);
    },
  });
}
