import { toBalance, type Snapshot } from 'realtime-credits/contract';
import type { FoundRates } from '../rules/rates-page.ts';
import type { RatesQuery } from '../storage.ts';
import type { Read, SnapshotSource } from './account-reads.ts';
import {
  ALLOWANCE_COLUMNS,
  hasExpired,
  LOT_COLUMNS,
  RATE_COLUMNS,
  toAllowanceRecord,
  toInteger,
  toLotRecord,
  toRateRecord,
  type Row,
} from './codecs.ts';
import { createStatement } from './statements.ts';

/** Lots that count as expiring when the exhaustion of an account is computed: those that expire first. */
export const LOTS_MAX = 1_000;

/** Reads of rates, with the account as of the same instant. */
export class RateReads {
  readonly #read: Read;
  readonly #epoch: string;
  readonly #statement: ReturnType<typeof createRatesStatement>;

  constructor(schema: string, { epoch, timeline }: SnapshotSource, read: Read) {
    this.#read = read;
    this.#epoch = epoch;
    this.#statement = createRatesStatement(schema, timeline);
  }

  async readRates({ account, nowMs }: RatesQuery): Promise<FoundRates & { hasExpired: boolean }> {
    const [row] = await this.#read(this.#statement, [account, new Date(nowMs).toISOString()]);
    const version = toInteger(row?.['version']);
    const balance = toBalance(toInteger(row?.['posted']), toInteger(row?.['held']));
    const snapshot: Snapshot = { account, epoch: this.#epoch, version, balance, from: version, applied: [] };
    const list = (column: string) => JSON.parse(row?.[column] ?? '[]') as Row[];
    return {
      rates: list('rates').map((each) => toRateRecord(each, account)),
      lots: list('lots').map((each) => toLotRecord(each, account)),
      allowances: list('allowances').map((each) => toAllowanceRecord(each, account)),
      snapshot,
      hasExpired: row?.['expired'] === 't',
    };
  }
}

function createRatesStatement(s: string, timeline: string) {
  return createStatement(`SELECT ${timeline} AS timeline, coalesce(a.posted, 0) AS posted, coalesce(a.held, 0) AS held,
      coalesce(a.version, 0) AS version, ${hasExpired(s, '$2')} AS expired,
      (SELECT json_agg(o) FROM (SELECT ${RATE_COLUMNS} FROM ${s}.rates r
        WHERE r.account = a.number AND r.state <> 'stopped' ORDER BY r.id) o)::text AS rates,
      (SELECT json_agg(o) FROM (SELECT ${LOT_COLUMNS} FROM ${s}.lots l
        WHERE l.account = a.number AND l.free > 0 ORDER BY l.expires_at LIMIT ${LOTS_MAX}) o)::text AS lots,
      (SELECT json_agg(o) FROM (SELECT ${ALLOWANCE_COLUMNS} FROM ${s}.allowances w
        WHERE w.account = a.number AND w.next_at IS NOT NULL ORDER BY w.id) o)::text AS allowances
    FROM (SELECT $1::text AS id) q LEFT JOIN ${s}.accounts a ON a.id = q.id`);
}
