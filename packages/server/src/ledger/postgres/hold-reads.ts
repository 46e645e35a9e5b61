import { toBalance, type Hold, type HoldsPage, type Snapshot } from 'realtime-credits/contract';
import { toHold } from '../rules/journal-views.ts';
import type { HoldsQuery } from '../storage.ts';
import type { Read, SnapshotSource } from './account-reads.ts';
import { hasExpired, holdColumns, milliseconds, toHoldRecord, toInteger } from './codecs.ts';
import { createStatement } from './statements.ts';

/** Reads of holds, one statement each. Lists are ranges of indexes by state and id. */
export class HoldReads {
  readonly #read: Read;
  readonly #epoch: string;
  readonly #statements: ReturnType<typeof createStatements>;

  /** @param isTelling - Whether instants at which to tell that a lot expires count as well. */
  constructor(schema: string, { epoch, timeline }: SnapshotSource, read: Read, isTelling: boolean) {
    this.#read = read;
    this.#epoch = epoch;
    this.#statements = createStatements(schema, { timeline, isTelling });
  }

  async readHold(id: string): Promise<Hold | null> {
    const [row] = await this.#read(this.#statements.hold, [id]);
    return row === undefined ? null : toHold(toHoldRecord(row));
  }

  async readHolds(
    query: HoldsQuery & { account: string; nowMs: number },
  ): Promise<{ page: HoldsPage; hasExpired: boolean }> {
    const { account, state, before, limit, nowMs } = query;
    const now = new Date(nowMs).toISOString();
    const rows = await this.#read(this.#statements.ofAccount, [account, state, before, String(limit), now]);
    const version = toInteger(rows[0]?.['version']);
    const balance = toBalance(toInteger(rows[0]?.['posted']), toInteger(rows[0]?.['held']));
    const snapshot: Snapshot = { account, epoch: this.#epoch, version, balance, from: version, applied: [] };
    // An account without such holds is one row without a hold.
    const holds = rows.filter((row) => row['h_id'] !== null).map((row) => toHold(toHoldRecord(row)));
    return { page: { holds, next: nextOf(holds, limit), snapshot }, hasExpired: rows[0]?.['expired'] === 't' };
  }

  async readAllHolds({ state, before, limit }: HoldsQuery): Promise<{ holds: Hold[]; next: string | null }> {
    const rows = await this.#read(this.#statements.ofAll, [state, before, String(limit)]);
    const holds = rows.map((row) => toHold(toHoldRecord(row)));
    return { holds, next: nextOf(holds, limit) };
  }

  async readExpiredAccounts(nowMs: number, limit: number): Promise<string[]> {
    const rows = await this.#read(this.#statements.expired, [new Date(nowMs).toISOString(), String(limit)]);
    return rows.map((row) => row['id'] ?? '');
  }

  async readNextExpiry(): Promise<number | null> {
    const [row] = await this.#read(this.#statements.nextExpiry);
    return row?.['expires_at'] == null ? null : toInteger(row['expires_at']);
  }
}

function nextOf(holds: readonly Hold[], limit: number): string | null {
  return holds.length < limit ? null : (holds.at(-1)?.id ?? null);
}

const LIST_STATE = `(CASE WHEN remaining > 0 THEN 'open' ELSE state END)`;

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function createStatements(s: string, { timeline, isTelling }: { timeline: string; isTelling: boolean }) {
  const alerts = `UNION (SELECT DISTINCT account FROM ${s}.lot_alerts WHERE at <= $1::timestamptz LIMIT $2::bigint)`;
  const nextAlert = `UNION ALL (SELECT at FROM ${s}.lot_alerts ORDER BY at LIMIT 1)`;
  return {
    hold: createStatement(`SELECT ${holdColumns(s)} FROM ${s}.holds h WHERE h.id = $1::uuid`),
    // One statement, so holds and balance are of one instant: what is held is the sum of the open holds.
    ofAccount:
      createStatement(`SELECT ${timeline} AS timeline, coalesce(a.posted, 0) AS posted, coalesce(a.held, 0) AS held,
        coalesce(a.version, 0) AS version,
        ${hasExpired(s, '$5')} AS expired,
        ${holdColumns(s)}
      FROM (SELECT $1::text AS id) q LEFT JOIN ${s}.accounts a ON a.id = q.id
      LEFT JOIN LATERAL (SELECT * FROM ${s}.holds WHERE account = a.number AND ${LIST_STATE} = $2
        AND id < coalesce($3::uuid, '${LAST_ID}') ORDER BY id DESC LIMIT $4::bigint) h ON true
      ORDER BY h.id DESC`),
    ofAll: createStatement(`SELECT ${holdColumns(s)} FROM (SELECT * FROM ${s}.holds WHERE ${LIST_STATE} = $1
        AND id < coalesce($2::uuid, '${LAST_ID}') ORDER BY id DESC LIMIT $3::bigint) h ORDER BY h.id DESC`),
    expired: createStatement(`SELECT a.id FROM (
        (SELECT DISTINCT account FROM ${s}.holds WHERE remaining > 0 AND expires_at <= $1::timestamptz LIMIT $2::bigint)
        UNION
        (SELECT DISTINCT account FROM ${s}.lots WHERE free > 0 AND expires_at <= $1::timestamptz LIMIT $2::bigint)
        UNION
        (SELECT DISTINCT account FROM ${s}.rates WHERE due_at <= $1::timestamptz LIMIT $2::bigint)
        UNION
        (SELECT DISTINCT account FROM ${s}.allowances WHERE next_at <= $1::timestamptz LIMIT $2::bigint)
        ${isTelling ? alerts : ''}
        LIMIT $2::bigint) e
      JOIN ${s}.accounts a ON a.number = e.account`),
    nextExpiry: createStatement(`SELECT min(${milliseconds('e.expires_at')}) AS expires_at FROM (
        (SELECT expires_at FROM ${s}.holds WHERE remaining > 0 ORDER BY expires_at LIMIT 1)
        UNION ALL
        (SELECT expires_at FROM ${s}.lots WHERE free > 0 AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1)
        UNION ALL
        (SELECT due_at FROM ${s}.rates WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1)
        UNION ALL
        (SELECT next_at FROM ${s}.allowances WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1)
        ${isTelling ? nextAlert : ''}) e`),
  };
}
