import { toBalance, type AllowancesPage, type Snapshot } from 'realtime-credits/contract';
import { toAllowance } from '../rules/journal-views.ts';
import type { RatesQuery } from '../storage.ts';
import type { Read, SnapshotSource } from './account-reads.ts';
import { ALLOWANCE_COLUMNS, hasExpired, toAllowanceRecord, toInteger } from './codecs.ts';
import { createStatement } from './statements.ts';

/** Reads of allowances, with the account as of the same instant. */
export class AllowanceReads {
  readonly #read: Read;
  readonly #epoch: string;
  readonly #statement: ReturnType<typeof createStatement>;

  constructor(s: string, { epoch, timeline }: SnapshotSource, read: Read) {
    this.#read = read;
    this.#epoch = epoch;
    this.#statement =
      createStatement(`SELECT ${timeline} AS timeline, coalesce(a.posted, 0) AS q_posted, coalesce(a.held, 0) AS q_held,
        coalesce(a.version, 0) AS q_version, ${hasExpired(s, '$2')} AS q_expired, ${ALLOWANCE_COLUMNS}
      FROM (SELECT $1::text AS id) q LEFT JOIN ${s}.accounts a ON a.id = q.id
      LEFT JOIN LATERAL (SELECT * FROM ${s}.allowances WHERE account = a.number AND next_at IS NOT NULL OFFSET 0) w ON true
      ORDER BY w.id`);
  }

  async readAllowances({ account, nowMs }: RatesQuery): Promise<{ page: AllowancesPage; hasExpired: boolean }> {
    const rows = await this.#read(this.#statement, [account, new Date(nowMs).toISOString()]);
    const version = toInteger(rows[0]?.['q_version']);
    const balance = toBalance(toInteger(rows[0]?.['q_posted']), toInteger(rows[0]?.['q_held']));
    const snapshot: Snapshot = { account, epoch: this.#epoch, version, balance, from: version, applied: [] };
    // An account without allowances is one row without one.
    const allowances = rows
      .filter((row) => row['id'] !== null)
      .map((row) => toAllowance(toAllowanceRecord(row, account)));
    return { page: { allowances, snapshot }, hasExpired: rows[0]?.['q_expired'] === 't' };
  }
}
