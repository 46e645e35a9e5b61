import { APPLIED_SPAN_MAX, SNAPSHOT_RATES_MAX, toBalance, type Snapshot } from 'realtime-credits/contract';
import { digestKey } from '../rules/fingerprint.ts';
import { toSnapshotTime } from '../rules/rates-page.ts';
import type { SnapshotQuery } from '../storage.ts';
import type { Read, SnapshotSource } from './account-reads.ts';
import { toArrayLiteral } from './array-literal.ts';
import {
  hasExpired,
  LOT_COLUMNS,
  milliseconds,
  RATE_COLUMNS,
  toInteger,
  toLotRecord,
  toRateRecord,
  type Row,
} from './codecs.ts';
import { LOTS_MAX } from './rate-reads.ts';
import { GroupedReads } from './grouped-reads.ts';
import { createStatement, type Statement } from './statements.ts';

/** Accounts of which it is remembered when their credits are used up: finding that out takes longer than reading them. */
const REMEMBERED_MAX = 2_000;

/** Reads of snapshots. Those that are asked for at the same time share one statement. */
export class SnapshotReads {
  readonly #epoch: string;
  readonly #rows: GroupedReads<SnapshotQuery, Row | undefined>;
  readonly #exhaustions = new Map<string, { state: string; atMs: number | null }>();

  constructor(schema: string, { epoch, timeline }: SnapshotSource, read: Read) {
    this.#epoch = epoch;
    const statement = createSnapshotStatement(schema, timeline);
    this.#rows = new GroupedReads(async (queries) => {
      const rows = await read(statement, toValues(queries));
      const byPlace = new Map(rows.map((row) => [toInteger(row['place']), row]));
      return queries.map((_, index) => byPlace.get(index + 1));
    });
  }

  async readSnapshot(query: SnapshotQuery): Promise<{ snapshot: Snapshot; hasExpired: boolean }> {
    // Decoded outside of the group: a row that makes no sense fails its own reader only.
    const row = await this.#rows.read(query);
    const { account, since, nowMs } = query;
    const version = toInteger(row?.['version']);
    const rejected = toKeys(row?.['abandoned']);
    const snapshot: Snapshot = {
      account,
      epoch: this.#epoch,
      version,
      balance: toBalance(toInteger(row?.['posted']), toInteger(row?.['held'])),
      from: Math.min(version, Math.max(since ?? version, version - APPLIED_SPAN_MAX)),
      applied: [...new Set([...toKeys(row?.['applied']), ...toKeys(row?.['known'])])],
      ...(rejected.length === 0
        ? {}
        : { rejected: rejected.map((id) => ({ id, code: 'operation_abandoned' as const })) }),
    };
    // It is read again when that is settled.
    if (row?.['expired'] === 't') return { snapshot, hasExpired: true };
    const list = (column: string) => JSON.parse(row?.[column] ?? '[]') as Row[];
    const found = {
      rates: list('rates').map((each) => toRateRecord(each, account)),
      lots: list('lots').map((each) => toLotRecord(each, account)),
      expires: toNext(row?.['expires']),
      refills: toNext(row?.['refills']),
    };
    const state = [row?.['posted'], row?.['held'], row?.['rates'], row?.['lots'], row?.['refills']].join();
    const time = toSnapshotTime(found, snapshot, { nowMs, remember: (find) => this.#remember(account, state, find) });
    return { snapshot: { ...snapshot, ...(time && { time }) }, hasExpired: false };
  }

  #remember(account: string, state: string, find: () => number | null): number | null {
    const known = this.#exhaustions.get(account);
    if (known?.state === state) return known.atMs;
    const atMs = find();
    const [oldest] = this.#exhaustions.keys();
    if (this.#exhaustions.size >= REMEMBERED_MAX && oldest !== undefined) this.#exhaustions.delete(oldest);
    this.#exhaustions.set(account, { state, atMs });
    return atMs;
  }
}

function toValues(queries: readonly SnapshotQuery[]): string[] {
  const digests = queries.map(({ account, operations }) =>
    toArrayLiteral(
      'bytea',
      operations.map((key) => digestKey(account, key)),
    ),
  );
  return [
    toArrayLiteral(
      'text',
      queries.map(({ account }) => account),
    ),
    toArrayLiteral(
      'bigint',
      queries.map(({ since }) => since ?? Number.MAX_SAFE_INTEGER),
    ),
    toArrayLiteral('text', digests),
    toArrayLiteral(
      'timestamptz',
      queries.map(({ nowMs }) => nowMs),
    ),
  ];
}

/** An instant and an amount, as `[milliseconds, credits]`. */
function toNext(text: string | null | undefined): { atMs: number; amount: number } | null {
  if (text == null) return null;
  const [atMs, amount] = JSON.parse(text) as [number, number];
  return { atMs, amount };
}

/** Keys contain no comma, so a list of them is one text. */
function toKeys(list: string | null | undefined): string[] {
  return list == null || list === '' ? [] : list.split(',');
}

function createSnapshotStatement(s: string, timeline: string): Statement {
  /** Keys of the account's own operations on one of its sides, in the versions that a snapshot covers. */
  const own = (side: string) => `SELECT ${side}_version AS version, key FROM ${s}.journal
    WHERE ${side} = a.number AND hash IS NOT NULL AND actor = a.id AND key IS NOT NULL
      AND ${side}_version > greatest(q.since, a.version - ${APPLIED_SPAN_MAX}) AND ${side}_version <= a.version`;
  // Most reads ask for neither: a look-up that finds nothing takes as long as one that does.
  const keys = (
    condition: string,
  ) => `CASE WHEN q.digests <> '{}' THEN array_to_string(ARRAY(SELECT key FROM ${s}.journal
    WHERE key_digest = ANY(q.digests::bytea[]) AND fingerprint IS ${condition}), ',') END`;
  // The index on rates of an account leaves out those that are stopped.
  const active = `r.account = a.number AND r.state <> 'stopped' AND r.state = 'active'`;
  const hasRates = `EXISTS (SELECT FROM ${s}.rates r WHERE ${active})`;
  // The limit keeps the join a look-up for each account, whatever the planner knows of the table.
  return createStatement(`SELECT q.place, ${timeline} AS timeline, coalesce(a.posted, 0) AS posted, coalesce(a.held, 0) AS held,
      coalesce(a.version, 0) AS version,
      CASE WHEN q.since < a.version THEN
        array_to_string(ARRAY(SELECT key FROM (${own('debit')} UNION ALL ${own('credit')}) e ORDER BY version), ',')
      END AS applied,
      ${keys('NOT NULL')} AS known, ${keys('NULL')} AS abandoned,
      ${hasExpired(s, 'q.now')} AS expired,
      (SELECT json_agg(o) FROM (SELECT ${RATE_COLUMNS} FROM ${s}.rates r
        WHERE ${active} ORDER BY r.id LIMIT ${SNAPSHOT_RATES_MAX + 1}) o)::text AS rates,
      CASE WHEN ${hasRates} THEN (SELECT json_agg(o) FROM (SELECT ${LOT_COLUMNS} FROM ${s}.lots l
        WHERE l.account = a.number AND l.free > 0 ORDER BY l.expires_at LIMIT ${LOTS_MAX}) o)::text END AS lots,
      (SELECT json_build_array(${milliseconds('l.expires_at')}, (SELECT sum(free) FROM ${s}.lots
          WHERE account = a.number AND free > 0 AND expires_at = l.expires_at))::text
        FROM ${s}.lots l WHERE l.account = a.number AND l.free > 0 AND l.expires_at IS NOT NULL
        ORDER BY l.expires_at LIMIT 1) AS expires,
      (SELECT json_build_array(${milliseconds('w.next_at')}, w.amount)::text
        FROM ${s}.allowances w WHERE w.account = a.number AND w.next_at IS NOT NULL
        ORDER BY w.next_at LIMIT 1) AS refills
    FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[])
      WITH ORDINALITY AS q(id, since, digests, now, place)
    LEFT JOIN LATERAL (SELECT number, id, posted, held, version FROM ${s}.accounts WHERE id = q.id LIMIT 1) a ON true`);
}
