import assert from 'node:assert/strict';
import type { AllowancePeriod, HoldState, RatePeriod, RateState } from 'realtime-credits/contract';
import type {
  AccountRef,
  AccountState,
  AllowanceRecord,
  AlertRecord,
  ClaimRecord,
  EventRecord,
  HoldRecord,
  JournalRow,
  JournalSide,
  KnownKey,
  LotAlert,
  LotRecord,
  RateRecord,
} from '../rules/state.ts';
import type { ArrayType, Cell } from './array-literal.ts';

/**
 * How records are read from rows and written to columns: one codec per table. Values arrive as text; `int8` becomes a
 * checked number, instants become milliseconds since 1970, digests and hashes hex digits.
 */

/** A row as the driver returns it. */
export type Row = Readonly<Record<string, string | null>>;

/** The columns that a record is written to: type and value of each. */
export type Columns<T> = Readonly<Record<string, readonly [type: ArrayType, cell: (record: T) => Cell]>>;

/** Reads an `int8`. A value that JavaScript cannot represent exactly is a bug, never a rounded number. */
export function toInteger(value: string | null | undefined): number {
  const integer = Number(value ?? Number.NaN);
  assert(Number.isSafeInteger(integer), `The database has ${value}, which is not a safe integer.`);
  return integer;
}

function toText(value: string | null | undefined): string {
  assert(typeof value === 'string', 'The database has no value where one is required.');
  return value;
}

function optional<T>(value: string | null | undefined, read: (text: string) => T): T | null {
  return value == null ? null : read(value);
}

/** Milliseconds since 1970 of an instant. */
export function milliseconds(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`;
}

/** Whether account `a` has a hold, a lot, a rate or an allowance whose instant has come. */
export function hasExpired(s: string, now: string): string {
  return `(EXISTS (SELECT FROM ${s}.rates WHERE account = a.number AND state <> 'stopped' AND next_at <= ${now}::timestamptz)
    OR EXISTS (SELECT FROM ${s}.allowances WHERE account = a.number AND next_at <= ${now}::timestamptz)
    OR EXISTS (SELECT FROM ${s}.holds WHERE account = a.number AND remaining > 0 AND expires_at <= ${now}::timestamptz)
    OR EXISTS (SELECT FROM ${s}.lots WHERE account = a.number AND free > 0 AND expires_at <= ${now}::timestamptz))`;
}

const idOf = (s: string, number: string): string => `(SELECT id FROM ${s}.accounts WHERE number = ${number})`;

export const ACCOUNT_COLUMNS = `number, id, floor, posted, held, version, encode(hash, 'hex') AS hash`;

export function toAccount(row: Row): AccountState {
  const version = toInteger(row['version']);
  return {
    id: toText(row['id']),
    number: toInteger(row['number']),
    floor: toInteger(row['floor']),
    posted: toInteger(row['posted']),
    held: toInteger(row['held']),
    version,
    hash: toText(row['hash']),
    versionBefore: version,
  };
}

export const ACCOUNT_CHANGES: Columns<AccountState> = {
  number: ['bigint', ({ number }) => number],
  posted: ['bigint', ({ posted }) => posted],
  held: ['bigint', ({ held }) => held],
  version: ['bigint', ({ version }) => version],
  hash: ['bytea', ({ hash }) => hash],
  version_before: ['bigint', ({ versionBefore }) => versionBefore],
};

/** Columns of a journal row `j`. The ids of accounts are looked up one by one: never by a scan of all accounts. */
export function journalColumns(s: string): string {
  return `j.debit, ${idOf(s, 'j.debit')} AS debit_id, j.debit_version, j.debit_posted, j.debit_held,
    j.credit, ${idOf(s, 'j.credit')} AS credit_id, j.credit_version, j.credit_posted, j.credit_held,
    j.amount, j.kind, j.actor, j.key, encode(j.key_digest, 'hex') AS key_digest,
    encode(j.fingerprint, 'hex') AS fingerprint, j.reason, j.metadata::text AS metadata,
    j.reverses_debit, j.reverses_version, j.hold, j.hold_remaining, j.lots::text AS lots, j.rate::text AS rate,
    j.allowance::text AS allowance,
    ${milliseconds('j.hold_expires_at')} AS hold_expires_at, ${milliseconds('j.created_at')} AS created_at,
    encode(j.hash, 'hex') AS hash`;
}

function toSide(row: Row, side: 'debit' | 'credit'): JournalSide | null {
  if (row[side] == null) return null;
  return {
    id: toText(row[`${side}_id`]),
    number: toInteger(row[side]),
    version: toInteger(row[`${side}_version`]),
    posted: toInteger(row[`${side}_posted`]),
    held: toInteger(row[`${side}_held`]),
  };
}

export function toJournalRow(row: Row): JournalRow {
  const reversesDebit = optional(row['reverses_debit'], toInteger);
  return {
    debit: toSide(row, 'debit'),
    credit: toSide(row, 'credit'),
    amount: optional(row['amount'], toInteger),
    kind: toText(row['kind']) as JournalRow['kind'],
    actor: toText(row['actor']),
    key: row['key'] ?? null,
    keyDigest: row['key_digest'] ?? null,
    fingerprint: row['fingerprint'] ?? null,
    reason: toText(row['reason']),
    metadata: row['metadata'] ?? null,
    reverses: reversesDebit === null ? null : { debit: reversesDebit, version: toInteger(row['reverses_version']) },
    hold: row['hold'] ?? null,
    holdRemaining: optional(row['hold_remaining'], toInteger),
    holdExpiresAtMs: optional(row['hold_expires_at'], toInteger),
    lots: row['lots'] ?? null,
    rate: row['rate'] ?? null,
    allowance: row['allowance'] ?? null,
    createdAtMs: toInteger(row['created_at']),
    hash: row['hash'] ?? null,
  };
}

export const JOURNAL_INSERT: Columns<JournalRow> = {
  debit: ['bigint', ({ debit }) => debit?.number ?? null],
  debit_version: ['bigint', ({ debit }) => debit?.version ?? null],
  debit_posted: ['bigint', ({ debit }) => debit?.posted ?? null],
  debit_held: ['bigint', ({ debit }) => debit?.held ?? null],
  credit: ['bigint', ({ credit }) => credit?.number ?? null],
  credit_version: ['bigint', ({ credit }) => credit?.version ?? null],
  credit_posted: ['bigint', ({ credit }) => credit?.posted ?? null],
  credit_held: ['bigint', ({ credit }) => credit?.held ?? null],
  amount: ['bigint', ({ amount }) => amount],
  reverses_debit: ['bigint', ({ reverses }) => reverses?.debit ?? null],
  reverses_version: ['bigint', ({ reverses }) => reverses?.version ?? null],
  hold_remaining: ['bigint', ({ holdRemaining }) => holdRemaining],
  hold_expires_at: ['timestamptz', ({ holdExpiresAtMs }) => holdExpiresAtMs],
  created_at: ['timestamptz', ({ createdAtMs }) => createdAtMs],
  hold: ['uuid', ({ hold }) => hold],
  key_digest: ['bytea', ({ keyDigest }) => keyDigest],
  fingerprint: ['bytea', ({ fingerprint }) => fingerprint],
  hash: ['bytea', ({ hash }) => hash],
  kind: ['text', ({ kind }) => kind],
  actor: ['text', ({ actor }) => actor],
  key: ['text', ({ key }) => key],
  reason: ['text', ({ reason }) => reason],
  metadata: ['json', ({ metadata }) => metadata],
  lots: ['json', ({ lots }) => lots],
  rate: ['json', ({ rate }) => rate],
  allowance: ['json', ({ allowance }) => allowance],
};

/** Columns of a hold `h`, named so that they can stand beside those of a journal row. */
export function holdColumns(s: string): string {
  return `h.id AS h_id, h.account AS h_account, ${idOf(s, 'h.account')} AS h_account_id,
    h.destination AS h_destination, ${idOf(s, 'h.destination')} AS h_destination_id,
    h.amount AS h_amount, h.remaining AS h_remaining, h.state AS h_state, h.actor AS h_actor, h.reason AS h_reason,
    h.lots::text AS h_lots,
    ${milliseconds('h.expires_at')} AS h_expires_at, ${milliseconds('h.created_at')} AS h_created_at`;
}

export function toHoldRecord(row: Row): HoldRecord {
  const destination = optional(row['h_destination'], toInteger);
  return {
    id: toText(row['h_id']),
    account: { number: toInteger(row['h_account']), id: toText(row['h_account_id']) },
    destination: destination === null ? null : { number: destination, id: toText(row['h_destination_id']) },
    amount: toInteger(row['h_amount']),
    remaining: toInteger(row['h_remaining']),
    state: toText(row['h_state']) as HoldState,
    actor: toText(row['h_actor']),
    reason: toText(row['h_reason']),
    lots: row['h_lots'] ?? null,
    expiresAtMs: toInteger(row['h_expires_at']),
    createdAtMs: toInteger(row['h_created_at']),
  };
}

export const HOLD_INSERT: Columns<HoldRecord> = {
  id: ['uuid', ({ id }) => id],
  account: ['bigint', ({ account }) => account.number],
  destination: ['bigint', ({ destination }) => destination?.number ?? null],
  amount: ['bigint', ({ amount }) => amount],
  remaining: ['bigint', ({ remaining }) => remaining],
  state: ['text', ({ state }) => state],
  actor: ['text', ({ actor }) => actor],
  reason: ['text', ({ reason }) => reason],
  lots: ['json', ({ lots }) => lots],
  expires_at: ['timestamptz', ({ expiresAtMs }) => expiresAtMs],
  created_at: ['timestamptz', ({ createdAtMs }) => createdAtMs],
};

export const HOLD_CHANGES: Columns<HoldRecord> = {
  id: ['uuid', ({ id }) => id],
  remaining: ['bigint', ({ remaining }) => remaining],
  state: ['text', ({ state }) => state],
  expires_at: ['timestamptz', ({ expiresAtMs }) => expiresAtMs],
};

export const CLAIM_INSERT: Columns<ClaimRecord> = {
  account: ['bigint', ({ account }) => account.number],
  claim_key: ['text', ({ claimKey }) => claimKey],
  key_digest: ['bytea', ({ keyDigest }) => keyDigest],
};

/** Columns of a lot `l`. */
export const LOT_COLUMNS = `l.account, l.version, l.part, l.amount, l.priority,
  ${milliseconds('l.expires_at')} AS expires_at, l.free, l.held`;

/** @param id - Of the account with this number. */
export function toLotRecord(row: Row, id: string): LotRecord {
  return {
    account: { number: toInteger(row['account']), id },
    version: toInteger(row['version']),
    part: toInteger(row['part']),
    amount: toInteger(row['amount']),
    priority: toInteger(row['priority']),
    expiresAtMs: optional(row['expires_at'], toInteger),
    free: toInteger(row['free']),
    held: toInteger(row['held']),
  };
}

/** A lot `l` as a text, of which a list with semicolons is read by {@link toLotRecords}. */
export const LOT_TEXT = `concat_ws(',', l.version, l.part, l.amount, l.priority, l.free, l.held,
  ${milliseconds('l.expires_at')})`;

export function toLotRecords(texts: string, account: AccountRef): LotRecord[] {
  return texts.split(';').map((text) => {
    const [version, part, amount, priority, free, held, expiresAtMs] = text.split(',');
    return {
      account,
      version: toInteger(version),
      part: toInteger(part),
      amount: toInteger(amount),
      priority: toInteger(priority),
      expiresAtMs: optional(expiresAtMs, toInteger),
      free: toInteger(free),
      held: toInteger(held),
    };
  });
}

export const LOT_INSERT: Columns<LotRecord> = {
  account: ['bigint', ({ account }) => account.number],
  version: ['bigint', ({ version }) => version],
  part: ['bigint', ({ part }) => part],
  amount: ['bigint', ({ amount }) => amount],
  priority: ['bigint', ({ priority }) => priority],
  expires_at: ['timestamptz', ({ expiresAtMs }) => expiresAtMs],
  free: ['bigint', ({ free }) => free],
  held: ['bigint', ({ held }) => held],
};

export const LOT_CHANGES: Columns<LotRecord> = {
  account: ['bigint', ({ account }) => account.number],
  version: ['bigint', ({ version }) => version],
  part: ['bigint', ({ part }) => part],
  free: ['bigint', ({ free }) => free],
  held: ['bigint', ({ held }) => held],
};

/** Columns of a rate `r`. */
export const RATE_COLUMNS = `r.id, r.account, r.resource, r.amount, r.per, ${milliseconds('r.started_at')} AS started_at,
  r.state, ${milliseconds('r.settled_until')} AS settled_until, r.remainder, r.prepaid, r.charged,
  ${milliseconds('r.next_at')} AS next_at, ${milliseconds('r.due_at')} AS due_at`;

/** @param id - Of the account with this number. */
export function toRateRecord(row: Row, id: string): RateRecord {
  return {
    id: toText(row['id']),
    account: { number: toInteger(row['account']), id },
    resource: toText(row['resource']),
    amount: toInteger(row['amount']),
    per: toText(row['per']) as RatePeriod,
    startedAtMs: toInteger(row['started_at']),
    state: toText(row['state']) as RateState,
    settledUntilMs: toInteger(row['settled_until']),
    remainder: toInteger(row['remainder']),
    prepaid: toInteger(row['prepaid']),
    charged: toInteger(row['charged']),
    nextAtMs: optional(row['next_at'], toInteger),
    dueAtMs: optional(row['due_at'], toInteger),
  };
}

export const RATE_CHANGES: Columns<RateRecord> = {
  id: ['uuid', ({ id }) => id],
  state: ['text', ({ state }) => state],
  settled_until: ['timestamptz', ({ settledUntilMs }) => settledUntilMs],
  remainder: ['bigint', ({ remainder }) => remainder],
  prepaid: ['bigint', ({ prepaid }) => prepaid],
  charged: ['bigint', ({ charged }) => charged],
  next_at: ['timestamptz', ({ nextAtMs }) => nextAtMs],
  due_at: ['timestamptz', ({ dueAtMs }) => dueAtMs],
};

export const RATE_INSERT: Columns<RateRecord> = {
  ...RATE_CHANGES,
  account: ['bigint', ({ account }) => account.number],
  resource: ['text', ({ resource }) => resource],
  amount: ['bigint', ({ amount }) => amount],
  per: ['text', ({ per }) => per],
  started_at: ['timestamptz', ({ startedAtMs }) => startedAtMs],
};

/** Columns of an allowance `w`. */
export const ALLOWANCE_COLUMNS = `w.id, w.account, w.name, w.amount, w.per, ${milliseconds('w.anchor')} AS anchor, w.time_zone,
  w.carry_over, w.period, ${milliseconds('w.next_at')} AS next_at, w.granted`;

/** @param id - Of the account with this number. */
export function toAllowanceRecord(row: Row, id: string): AllowanceRecord {
  return {
    id: toText(row['id']),
    account: { number: toInteger(row['account']), id },
    name: toText(row['name']),
    amount: toInteger(row['amount']),
    per: toText(row['per']) as AllowancePeriod,
    anchorMs: toInteger(row['anchor']),
    timeZone: toText(row['time_zone']),
    carryOver: toInteger(row['carry_over']),
    period: toInteger(row['period']),
    nextAtMs: optional(row['next_at'], toInteger),
    granted: toInteger(row['granted']),
  };
}

export const ALLOWANCE_CHANGES: Columns<AllowanceRecord> = {
  id: ['uuid', ({ id }) => id],
  amount: ['bigint', ({ amount }) => amount],
  carry_over: ['bigint', ({ carryOver }) => carryOver],
  period: ['bigint', ({ period }) => period],
  next_at: ['timestamptz', ({ nextAtMs }) => nextAtMs],
  granted: ['bigint', ({ granted }) => granted],
};

export const ALLOWANCE_INSERT: Columns<AllowanceRecord> = {
  ...ALLOWANCE_CHANGES,
  account: ['bigint', ({ account }) => account.number],
  name: ['text', ({ name }) => name],
  per: ['text', ({ per }) => per],
  anchor: ['timestamptz', ({ anchorMs }) => anchorMs],
  time_zone: ['text', ({ timeZone }) => timeZone],
};

export const EVENT_INSERT: Columns<EventRecord> = {
  account: ['bigint', ({ account }) => account.number],
  type: ['text', ({ type }) => type],
  body: ['json', ({ body }) => body],
  created_at: ['timestamptz', ({ createdAtMs }) => createdAtMs],
  next_at: ['timestamptz', ({ createdAtMs }) => createdAtMs],
};

/** Columns of an alert `l`. */
export const ALERT_COLUMNS = 'l.account, l.level, l.day, l.lows';

/** @param id - Of the account with this number. */
export function toAlertRecord(row: Row, id: string): AlertRecord {
  return {
    account: { number: toInteger(row['account']), id },
    level: optional(row['level'], toInteger),
    day: toInteger(row['day']),
    lows: toInteger(row['lows']),
  };
}

export const ALERT_WRITE: Columns<AlertRecord> = {
  account: ['bigint', ({ account }) => account.number],
  level: ['bigint', ({ level }) => level],
  day: ['bigint', ({ day }) => day],
  lows: ['bigint', ({ lows }) => lows],
};

export const LOT_ALERT_KEY: Columns<LotAlert> = {
  at: ['timestamptz', ({ atMs }) => atMs],
  account: ['bigint', ({ account }) => account.number],
  version: ['bigint', ({ version }) => version],
  part: ['bigint', ({ part }) => part],
};

/** A journal row with the hold that it names, from {@link journalColumns} and {@link holdColumns}. */
export function toKnownKey(row: Row): KnownKey {
  return { row: toJournalRow(row), hold: row['h_id'] == null ? null : toHoldRecord(row) };
}
