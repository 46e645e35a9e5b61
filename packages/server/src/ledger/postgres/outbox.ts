import type { ClaimedEvent, DeliveriesQuery, Delivery, DeliveryState, Outbox } from '../webhooks/outbox.ts';
import type { Read } from './account-reads.ts';
import { milliseconds, toInteger, type Row } from './codecs.ts';
import { createStatement } from './statements.ts';

/** Rows that are removed at once. */
const PRUNE_MAX = 1_000;

/** Characters of an error that are kept. */
const ERROR_LENGTH_MAX = 500;

/** The outbox in SQL. Each method is one statement, so nothing is locked while an event is being sent. */
export function createOutbox(s: string, read: Read): Outbox {
  const statements = createStatements(s);
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    async claim({ nowMs, untilMs, limit }) {
      const rows = await read(statements.claim, [iso(nowMs), iso(untilMs), String(limit)]);
      return rows.map(toClaimed);
    },
    async settle({ position, attempts }, { state, atMs, error }) {
      const reason = error?.slice(0, ERROR_LENGTH_MAX) ?? null;
      await read(statements.settle, [position, String(attempts), state, iso(atMs), reason]);
    },
    async readNext() {
      const [row] = await read(statements.next);
      return row === undefined ? null : toInteger(row['next_at']);
    },
    async prune(beforeMs) {
      let removed: number;
      do removed = (await read(statements.prune, [iso(beforeMs)])).length;
      while (removed === PRUNE_MAX);
    },
    async list({ state, account, before, limit }: DeliveriesQuery) {
      return (await read(statements.list, [state, account, before, String(limit)])).map(toDelivery);
    },
    async replay(id, nowMs) {
      return (await read(statements.replay, [id, iso(nowMs)])).length > 0;
    },
  };
}

function toClaimed(row: Row): ClaimedEvent {
  return {
    position: row['position'] ?? '',
    id: row['id'] ?? '',
    account: row['account_id'] ?? '',
    type: row['type'] ?? '',
    body: row['body'] ?? '',
    attempts: toInteger(row['attempts']),
    firstAtMs: toInteger(row['first_at']),
  };
}

function toDelivery(row: Row): Delivery {
  return {
    id: row['id'] ?? '',
    account: row['account_id'] ?? '',
    type: row['type'] ?? '',
    state: row['state'] as DeliveryState,
    attempts: toInteger(row['attempts']),
    error: row['error'] ?? null,
    at: new Date(toInteger(row['next_at'])).toISOString(),
    createdAt: new Date(toInteger(row['created_at'])).toISOString(),
    body: row['body'] ?? '',
  };
}

function createStatements(s: string) {
  const columns = `o.position, o.id, (SELECT id FROM ${s}.accounts WHERE number = o.account) AS account_id, o.type,
    o.body::text AS body, o.state, o.attempts, o.error, ${milliseconds('o.created_at')} AS created_at,
    ${milliseconds('o.next_at')} AS next_at, ${milliseconds('o.first_at')} AS first_at`;
  return {
    // A claim moves the row into the future: when who claimed it dies, it is due again.
    // Citus accepts no calculation in RETURNING.
    claim: createStatement(`WITH o AS (UPDATE ${s}.outbox o SET next_at = $2::timestamptz, attempts = o.attempts + 1,
        first_at = coalesce(o.first_at, $1::timestamptz)
      FROM (SELECT p.position FROM ${s}.outbox p WHERE p.state = 'pending' AND p.next_at <= $1::timestamptz
        AND NOT EXISTS (SELECT FROM ${s}.outbox e
          WHERE e.account = p.account AND e.state = 'pending' AND e.position < p.position)
        ORDER BY p.next_at, p.position LIMIT $3::bigint FOR UPDATE SKIP LOCKED) c
      WHERE o.position = c.position RETURNING o.*) SELECT ${columns} FROM o`),
    settle: createStatement(`UPDATE ${s}.outbox SET state = $3, next_at = $4::timestamptz, error = $5
      WHERE position = $1::bigint AND attempts = $2::bigint AND state = 'pending' RETURNING 1 AS settled`),
    // Later events of an account wait for its first one, whatever their instant.
    next: createStatement(`SELECT ${milliseconds('p.next_at')} AS next_at FROM ${s}.outbox p WHERE p.state = 'pending'
        AND NOT EXISTS (SELECT FROM ${s}.outbox e
          WHERE e.account = p.account AND e.state = 'pending' AND e.position < p.position)
      ORDER BY p.next_at LIMIT 1`),
    prune: createStatement(`DELETE FROM ${s}.outbox WHERE position IN (SELECT position FROM ${s}.outbox
        WHERE state IN ('delivered', 'failed') AND next_at < $1::timestamptz LIMIT ${PRUNE_MAX})
      RETURNING 1 AS removed`),
    list: createStatement(`SELECT ${columns} FROM ${s}.outbox o WHERE ($1::text IS NULL OR o.state = $1)
        AND ($2::text IS NULL OR o.account = (SELECT number FROM ${s}.accounts WHERE id = $2))
        AND ($3::uuid IS NULL OR o.position < (SELECT position FROM ${s}.outbox WHERE id = $3::uuid))
      ORDER BY o.position DESC LIMIT $4::bigint`),
    replay: createStatement(`UPDATE ${s}.outbox SET state = 'pending', next_at = $2::timestamptz, first_at = NULL
      WHERE id = $1::uuid RETURNING 1 AS found`),
  };
}
