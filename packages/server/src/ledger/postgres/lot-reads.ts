import { toBalance, type LotsPage, type Snapshot } from 'realtime-credits/contract';
import { toLot } from '../rules/journal-views.ts';
import type { LotsQuery } from '../storage.ts';
import type { Read, SnapshotSource } from './account-reads.ts';
import { hasExpired, LOT_COLUMNS, toInteger, toLotRecord } from './codecs.ts';
import { createStatement } from './statements.ts';

/** Reads of lots: a range of the index by spending order, with the account as of the same instant. */
export class LotReads {
  readonly #read: Read;
  readonly #epoch: string;
  readonly #statement: ReturnType<typeof createLotsStatement>;

  constructor(schema: string, { epoch, timeline }: SnapshotSource, read: Read) {
    this.#read = read;
    this.#epoch = epoch;
    this.#statement = createLotsStatement(schema, timeline);
  }

  async readLots({ account, limit, nowMs }: LotsQuery): Promise<{ page: LotsPage; hasExpired: boolean }> {
    const now = new Date(nowMs).toISOString();
    const rows = await this.#read(this.#statement, [account, String(limit + 1), now]);
    const version = toInteger(rows[0]?.['q_version']);
    const balance = toBalance(toInteger(rows[0]?.['q_posted']), toInteger(rows[0]?.['q_held']));
    const snapshot: Snapshot = { account, epoch: this.#epoch, version, balance, from: version, applied: [] };
    // An account without lots is one row without a lot.
    const lots = rows.filter((row) => row['account'] !== null).map((row) => toLot(toLotRecord(row, account)));
    const page = { lots: lots.slice(0, limit), hasMore: lots.length > limit, snapshot };
    return { page, hasExpired: rows[0]?.['q_expired'] === 't' };
  }
}

function createLotsStatement(s: string, timeline: string) {
  return createStatement(`SELECT ${timeline} AS timeline, coalesce(a.posted, 0) AS q_posted, coalesce(a.held, 0) AS q_held,
      coalesce(a.version, 0) AS q_version, ${hasExpired(s, '$3')} AS q_expired, ${LOT_COLUMNS}
    FROM (SELECT $1::text AS id) q LEFT JOIN ${s}.accounts a ON a.id = q.id
    LEFT JOIN LATERAL (SELECT * FROM ${s}.lots WHERE account = a.number AND free > 0
      ORDER BY priority, expires_at, version, part LIMIT $2::bigint) l ON true
    ORDER BY l.priority, l.expires_at, l.version, l.part`);
}
