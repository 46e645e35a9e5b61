import { PERIOD_UNITS } from 'realtime-credits/contract';
import { ALLOWANCE_PATTERN } from '../postgres/allowance-schema.ts';
import { PARCELS_PATTERN, RATE_PATTERN } from '../postgres/schema.ts';
import { ALLOWANCE_COLUMNS } from '../postgres/codecs.ts';
import { createStatement } from '../postgres/statements.ts';

/**
 * The comparisons of a verification, as set-based statements. Each returns what is wrong, and nothing else.
 *
 * A statement looks at one window of the ledger, so other work gets in between, and sees one instant, so commands that run
 * meanwhile look like nothing.
 */
export type VerifyStatements = ReturnType<typeof createVerifyStatements>;

/** Rows of a page of accounts, notes, holds, lots or claims. */
export const PAGE = 5_000;

/** Rates or allowances of a page: each may have thousands of rows. */
export const RATES_PAGE = 100;

/** Joins the fields of the canonical form; stands for a field that is null. */
const SEPARATOR = 'chr(31)';
const NULL = 'chr(30)';

const micros = (column: string): string => `trunc(extract(epoch FROM ${column}) * 1000000)::text`;

export function createVerifyStatements(s: string) {
  /** One of the two rows that can have an account at a version. */
  const rowAt = (column: string, account: string, version: string): string =>
    ['debit', 'credit']
      .map((side) => {
        const value = column.replaceAll('?', side);
        return `SELECT ${value} FROM ${s}.journal WHERE ${side} = ${account} AND ${side}_version = ${version} AND hash IS NOT NULL`;
      })
      .join(' UNION ALL ');
  const head = (account: string, version: string): string =>
    `coalesce((${rowAt(`encode(hash, 'hex')`, account, `${version} - 1`)} LIMIT 1), '')`;
  const accountId = (number: string): string => `(SELECT id FROM ${s}.accounts WHERE number = ${number})`;
  const side = (name: string): string => `coalesce(${accountId(`c.${name}`)}, ${NULL}),
    ${['version', 'posted', 'held'].map((column) => `coalesce(c.${name}_${column}::text, ${NULL})`).join(', ')}`;
  const holdDestination = `(SELECT coalesce(d.id, h.destination::text)
    FROM ${s}.holds h LEFT JOIN ${s}.accounts d ON d.number = h.destination WHERE h.id = c.hold)`;
  /** The same form as `canonicalRow` in rules/hash.ts. */
  const canonical = `concat_ws(${SEPARATOR},
    CASE WHEN c.is_debit THEN c.last_hash WHEN c.debit IS NULL THEN '' ELSE ${head('c.debit', 'c.debit_version')} END,
    CASE WHEN NOT c.is_debit THEN c.last_hash WHEN c.credit IS NULL THEN '' ELSE ${head('c.credit', 'c.credit_version')} END,
    ${side('debit')}, ${side('credit')},
    c.amount::text, c.kind, c.actor, coalesce(c.key, ${NULL}), coalesce(encode(c.fingerprint, 'hex'), ${NULL}), c.reason,
    coalesce(c.metadata::text, ${NULL}), coalesce(c.reverses_debit::text, ${NULL}),
    coalesce(c.reverses_version::text, ${NULL}), coalesce(c.hold::text, ${NULL}),
    CASE c.kind WHEN 'hold' THEN coalesce(${holdDestination}, ${NULL}) ELSE ${NULL} END,
    coalesce(c.hold_remaining::text, ${NULL}), coalesce(${micros('c.hold_expires_at')}, ${NULL}), ${micros('c.created_at')},
    CASE WHEN c.rate IS NULL AND c.allowance IS NULL THEN c.lots::text ELSE coalesce(c.lots::text, ${NULL}) END,
    CASE WHEN c.allowance IS NULL THEN c.rate::text ELSE coalesce(c.rate::text, ${NULL}) END, c.allowance::text)`;
  const digest = (row: string): string =>
    `substr(sha256(convert_to(${row}.actor || ${SEPARATOR} || ${row}.key, 'UTF8')), 1, 16)`;
  /** Parcels of a row; none of what is not in their form, which only a changed row is. */
  const parcels = (row: string): string => `json_array_elements(
    CASE WHEN ${row}.lots::text ~ '${PARCELS_PATTERN}' THEN ${row}.lots ELSE '[]' END)`;
  /** What a row makes of a rate; nothing of what is not in its form. */
  const rate = (row: string): string => `CASE WHEN ${row}.rate::text ~ '${RATE_PATTERN}' THEN ${row}.rate END`;
  /** What a row makes of an allowance; nothing of what is not in its form. */
  const allowance = (row: string): string =>
    `CASE WHEN ${row}.allowance::text ~ '${ALLOWANCE_PATTERN}' THEN ${row}.allowance END`;
  /** The same as `unitsAt` of the contract: of milliseconds, for the rate `r`. */
  const units = (ms: string): string => `CASE r.per WHEN 'month' THEN (
      SELECT (extract(year FROM first) * 12 + extract(month FROM first) - 23641) * ${PERIOD_UNITS.month}
        + (${ms} - extract(epoch FROM first) * 1000)
          * (${PERIOD_UNITS.month} / (extract(epoch FROM first + interval '1 month' - first) * 1000))
      FROM (SELECT date_trunc('month', to_timestamp(${ms} / 1000.0) AT TIME ZONE 'UTC') AS first) m) ELSE ${ms} END`;
  const period = `CASE r.per ${Object.entries(PERIOD_UNITS)
    .map(([per, count]) => `WHEN '${per}' THEN ${count}`)
    .join(' ')} END`;
  const entriesOf = (name: string): string => `SELECT r.account, r.low, ${name === 'debit'} AS is_debit,
      j.${name}_version AS version, j.${name}_posted AS posted, j.${name}_held AS held, j.*
    FROM r CROSS JOIN LATERAL (SELECT * FROM ${s}.journal WHERE ${name} = r.account
      AND ${name}_version BETWEEN r.low - 1 AND r.high AND hash IS NOT NULL OFFSET 0) j`;
  const orphan = (name: string): string => `EXISTS (SELECT FROM ${s}.journal
    WHERE ${name} > a.previous AND ${name} < a.number AND hash IS NOT NULL)`;
  const after = (name: string): string => `(SELECT ${name} AS number FROM ${s}.journal
    WHERE ${name} > $1::bigint AND hash IS NOT NULL ORDER BY ${name}, ${name}_version LIMIT ${PAGE})`;
  const newest = (name: string): string => `(SELECT ${name}_version AS version, ${name}_posted AS posted,
    ${name}_held AS held, hash FROM ${s}.journal WHERE ${name} = a.number AND hash IS NOT NULL
    ORDER BY ${name}_version DESC LIMIT 1)`;
  /** What the rows that name a hold say about it. */
  const holdFacts = `SELECT sum(amount) FILTER (WHERE kind = 'hold') AS amount,
      sum(CASE kind WHEN 'hold' THEN amount WHEN 'extend' THEN 0 ELSE -amount END) AS remaining,
      CASE WHEN sum(CASE kind WHEN 'hold' THEN amount WHEN 'extend' THEN 0 ELSE -amount END) > 0
        THEN CASE WHEN bool_or(kind = 'post') THEN 'partly_posted' ELSE 'open' END
        WHEN bool_or(kind = 'void') THEN 'voided' WHEN bool_or(kind = 'expire') THEN 'expired' ELSE 'posted' END AS state,
      max(actor) FILTER (WHERE kind = 'hold') AS actor, max(reason) FILTER (WHERE kind = 'hold') AS reason,
      max(created_at) FILTER (WHERE kind = 'hold') AS created_at, max(hold_expires_at) AS expires_at,
      max(lots::text) FILTER (WHERE kind = 'hold') AS lots,
      max(debit) FILTER (WHERE kind = 'hold') AS account
    FROM ${s}.journal WHERE hold = h.id`;
  return {
    /** A page of accounts, each with its newest entry and what its open holds reserve. */
    accounts:
      createStatement(`SELECT a.number, a.id, a.floor, a.posted, a.held, a.version, encode(a.hash, 'hex') AS hash,
        coalesce(n.version, 0) AS entry_version, coalesce(n.posted, 0) AS entry_posted, coalesce(n.held, 0) AS entry_held,
        coalesce(encode(n.hash, 'hex'), '') AS entry_hash,
        (SELECT coalesce(sum(remaining), 0) FROM ${s}.holds WHERE account = a.number AND remaining > 0) AS reserved,
        coalesce(l.free, 0) AS lots_free, coalesce(l.held, 0) AS lots_held,
        a.number > a.previous + 1 AND (${orphan('debit')} OR ${orphan('credit')}) AS orphan
      FROM (SELECT *, lag(number, 1, $1::bigint) OVER (ORDER BY number) AS previous FROM ${s}.accounts
        WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint) a
      LEFT JOIN LATERAL (SELECT * FROM (${newest('debit')} UNION ALL ${newest('credit')}) e
        ORDER BY version DESC LIMIT 1) n ON true
      LEFT JOIN LATERAL (SELECT sum(free) AS free, sum(held) AS held FROM ${s}.lots WHERE account = a.number) l ON true
      ORDER BY a.number`),
    /** Entries of accounts that do not exist, among the first ones after the last account. */
    orphans: createStatement(`SELECT 1 AS found FROM (${after('debit')} UNION ALL ${after('credit')}) e
      WHERE ${accountId('e.number')} IS NULL LIMIT 1`),
    /** Entries of version ranges of accounts: what is wrong with each, and how many there are. */
    entries:
      createStatement(`WITH r AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS r(account, low, high)),
      c AS (SELECT e.*, lag(version) OVER w AS last_version, coalesce(lag(posted) OVER w, 0) AS last_posted,
          coalesce(lag(held) OVER w, 0) AS last_held, coalesce(encode(lag(hash) OVER w, 'hex'), '') AS last_hash
        FROM (${entriesOf('debit')} UNION ALL ${entriesOf('credit')}) e WINDOW w AS (PARTITION BY account ORDER BY version)),
      checked AS (SELECT c.*, version <> coalesce(last_version, 0) + 1 AS gap,
          posted - last_posted <> CASE WHEN kind IN ('hold', 'void', 'expire') THEN 0
            WHEN is_debit THEN -amount ELSE amount END OR held - last_held <> CASE WHEN kind = 'hold' THEN amount
            WHEN kind IN ('void', 'expire') OR kind = 'post' AND is_debit THEN -amount ELSE 0 END AS balance,
          (is_debit OR debit IS NULL OR $4::boolean) AND hash <> sha256(convert_to(${canonical}, 'UTF8')) AS hash_differs,
          key_digest IS DISTINCT FROM ${digest('c')} AS digest,
          translate(concat(actor, key, reason, metadata), ${NULL} || ${SEPARATOR}, '') <> concat(actor, key, reason, metadata) AS control,
          kind = 'reverse' AND is_debit AND NOT EXISTS (SELECT FROM ${s}.journal t WHERE t.debit = c.reverses_debit
            AND t.debit_version = c.reverses_version AND t.hash IS NOT NULL AND t.debit = c.credit
            AND t.credit = c.debit AND t.amount = c.amount) AS reversal,
          hold IS NOT NULL AND kind <> 'post' AND NOT EXISTS (SELECT FROM ${s}.holds h WHERE h.id = c.hold
            AND h.account = c.account) AS hold_missing,
          kind = 'start' AND is_debit AND NOT EXISTS (SELECT FROM ${s}.rates r WHERE r.id = (${rate('c')}->>0)::uuid
            AND r.account = c.account) AS rate_missing,
          kind = 'allowance' AND is_debit = (credit IS NULL) AND NOT EXISTS (SELECT FROM ${s}.allowances w
            WHERE w.id = (${allowance('c')}->>0)::uuid AND w.account = c.account) AS allowance_missing,
          lots IS NOT NULL AND NOT is_debit AND kind NOT IN ('void', 'expire') AND EXISTS (SELECT
            FROM ${parcels('c')} WITH ORDINALITY AS p(parcel, place)
            WHERE NOT EXISTS (SELECT FROM ${s}.lots l
              WHERE l.account = c.account AND l.version = c.version AND l.part = p.place - 1))
            AND ${accountId('c.account')} NOT LIKE 'system:%' AS lot_missing
        FROM c WHERE version >= low)
      SELECT count(*) AS entries,
        count(*) FILTER (WHERE debit IS NOT NULL AND credit IS NOT NULL AND (is_debit OR $4::boolean)) AS transfers,
        coalesce(json_agg(json_build_object('account', ${accountId('account')}, 'version', version::text,
          'last', last_version::text, 'kind', kind, 'amount', amount::text, 'posted', posted::text, 'held', held::text,
          'hold', hold, 'key', key, 'gap', gap, 'balance', balance, 'hash', hash_differs, 'digest', digest,
          'control', control, 'reversal', reversal, 'holdMissing', hold_missing, 'lotMissing', lot_missing, 'rateMissing', rate_missing, 'allowanceMissing', allowance_missing) ORDER BY account, version)
          FILTER (WHERE gap OR balance OR hash_differs OR digest OR control OR reversal OR hold_missing OR lot_missing OR rate_missing OR allowance_missing), '[]') AS found
      FROM checked`),
    /** Rows that change nothing have no hash: what they note must be as it was. */
    notes: createStatement(`SELECT n.*, ${accountId('n.debit')} AS id,
        NOT n.is_digest OR NOT n.is_state AS wrong
      FROM (SELECT j.debit, encode(j.key_digest, 'hex') AS key_digest, j.debit_version AS version, j.key,
          j.key_digest = ${digest('j')} AS is_digest,
          CASE j.debit_version WHEN 0 THEN j.debit_posted = 0 AND j.debit_held = 0
            ELSE EXISTS (SELECT FROM (${rowAt('?_posted AS posted, ?_held AS held', 'j.debit', 'j.debit_version')}) e
              WHERE e.posted = j.debit_posted AND e.held = j.debit_held) END AS is_state
        FROM ${s}.journal j WHERE hash IS NULL AND (debit, key_digest) > ($1::bigint, $2::bytea)
          AND ($3::bigint IS NULL OR debit = $3)
        ORDER BY debit, key_digest LIMIT ${PAGE}) n ORDER BY n.debit, n.key_digest`),
    /** Holds, and whether the rows that name each say the same. */
    holds: createStatement(`SELECT h.id AS hold, ${accountId('h.account')} AS id,
        (h.account, h.amount, h.remaining, h.state, h.actor, h.reason, h.created_at, h.expires_at, h.lots::text) IS DISTINCT FROM
          (f.account, f.amount, f.remaining, f.state, f.actor, f.reason, f.created_at, f.expires_at, f.lots) AS wrong,
        h.remaining, h.state, f.remaining AS entry_remaining, f.state AS entry_state
      FROM (SELECT * FROM ${s}.holds WHERE id > $1::uuid
          AND ($2::bigint IS NULL OR account = $2)
        ORDER BY id LIMIT ${PAGE}) h
      CROSS JOIN LATERAL (${holdFacts}) f ORDER BY h.id`),
    /** Lots, and whether the row that opened each and the rows that name it say the same. */
    lots: createStatement(`WITH l AS (SELECT * FROM ${s}.lots WHERE (account, version, part) > ($1::bigint, $2::bigint, $3::bigint)
          AND ($4::bigint IS NULL OR account = $4) ORDER BY account, version, part LIMIT ${PAGE}),
      used AS (SELECT a.account, (p.parcel->>3)::bigint AS version, (p.parcel->>4)::bigint AS part,
          sum(CASE WHEN j.kind = 'post' THEN 0 WHEN j.kind IN ('void', 'expire') THEN 1 ELSE -1 END
            * (p.parcel->>0)::bigint) AS free,
          sum(CASE WHEN j.kind = 'hold' THEN 1 WHEN j.kind IN ('post', 'void', 'expire') THEN -1 ELSE 0 END
            * (p.parcel->>0)::bigint) AS held
        FROM (SELECT DISTINCT account FROM l) a
        CROSS JOIN LATERAL (SELECT * FROM ${s}.journal
          WHERE coalesce(debit, credit) = a.account AND lots IS NOT NULL OFFSET 0) j
        CROSS JOIN LATERAL ${parcels('j')} AS p(parcel)
        GROUP BY 1, 2, 3)
      SELECT l.account, l.version, l.part, ${accountId('l.account')} AS id, l.free, l.held,
        coalesce(o.amount + coalesce(u.free, 0), 0) AS entry_free, coalesce(u.held, 0) AS entry_held,
        (l.amount, l.priority, ${micros('l.expires_at')}, l.free, l.held) IS DISTINCT FROM
          (o.amount, o.priority, o.expires_at, o.amount + coalesce(u.free, 0), coalesce(u.held, 0)) AS wrong
      FROM l LEFT JOIN used u ON u.account = l.account AND u.version = l.version AND u.part = l.part
      LEFT JOIN LATERAL (SELECT (p.parcel->>0)::bigint AS amount, (p.parcel->>1)::bigint AS priority,
          (p.parcel->>2) || '000' AS expires_at
        FROM (SELECT * FROM ${s}.journal WHERE credit = l.account AND credit_version = l.version AND hash IS NOT NULL
          AND kind NOT IN ('void', 'expire') LIMIT 1) j
        CROSS JOIN LATERAL ${parcels('j')} WITH ORDINALITY AS p(parcel, place) WHERE p.place = l.part + 1 LIMIT 1) o ON true
      ORDER BY l.account, l.version, l.part`),
    /** Rates, and whether the rows that name each follow from one another by the definition, and end as it is stored. */
    rates: createStatement(`WITH r AS (SELECT * FROM ${s}.rates WHERE id > $1::uuid
          AND ($2::bigint IS NULL OR account = $2) ORDER BY id LIMIT ${RATES_PAGE}),
      named AS (SELECT r.id, f.*, j.kind, j.amount, j.debit, j.debit_version, ${units('f.until')} AS units,
          ${period} AS period, r.amount AS price
        FROM r CROSS JOIN LATERAL (SELECT * FROM ${s}.journal j WHERE rate IS NOT NULL AND rate->>0 = r.id::text OFFSET 0) j
        CROSS JOIN LATERAL (SELECT (v->>1)::bigint AS until, (v->>2)::bigint AS remainder, (v->>3)::bigint AS prepaid,
          (v->>4)::bigint AS charged, concat_ws(${SEPARATOR}, (v->>5) || '000', v->>6, v->>7, v->>8) AS terms
          FROM (SELECT ${rate('j')} AS v) x) f),
      followed AS (SELECT n.*, lag(kind) OVER w AS last_kind, lag(units) OVER w AS last_units, lag(until) OVER w AS last_until,
          lag(remainder) OVER w AS last_remainder, lag(prepaid) OVER w AS last_prepaid, lag(charged) OVER w AS last_charged,
          lead(kind) OVER w IS NULL AS is_newest
        FROM named n WINDOW w AS (PARTITION BY id ORDER BY debit_version)),
      facts AS (SELECT id, max(debit) FILTER (WHERE is_newest) AS account, max(until) FILTER (WHERE is_newest) AS until,
          max(remainder) FILTER (WHERE is_newest) AS remainder, max(prepaid) FILTER (WHERE is_newest) AS prepaid,
          max(charged) FILTER (WHERE is_newest) AS charged, max(CASE kind WHEN 'stop' THEN 'stopped'
            WHEN 'suspend' THEN 'suspended' ELSE 'active' END) FILTER (WHERE is_newest) AS state,
          max(terms) FILTER (WHERE kind = 'start') AS terms,
          min(debit_version) FILTER (WHERE NOT coalesce(
            CASE WHEN kind = 'start' THEN last_kind IS NULL AND remainder = 0 AND prepaid = amount AND charged = amount
              WHEN last_kind = 'suspend' THEN kind IN ('resume', 'stop') AND amount = 0 AND charged = last_charged
                AND prepaid = last_prepaid AND remainder = last_remainder
              ELSE last_kind <> 'stop' AND until >= last_until AND charged = last_charged + amount AND last_remainder
                + price * (units - last_units) = (amount + last_prepaid - prepaid)::numeric * period + remainder END,
            false)) AS version
        FROM followed GROUP BY id)
      SELECT r.id AS rate, ${accountId('r.account')} AS id, f.version,
        (r.account, r.settled_until, r.remainder, r.prepaid, r.charged, r.state,
          concat_ws(${SEPARATOR}, ${micros('r.started_at')}, r.amount, r.per, r.resource)) IS DISTINCT FROM (f.account,
          to_timestamp(f.until / 1000.0), f.remainder, f.prepaid, f.charged, f.state, f.terms) AS wrong
      FROM r LEFT JOIN facts f ON f.id = r.id ORDER BY r.id`),
    /** Allowances, each with its rows in their order, to be compared by the rules. */
    allowances: createStatement(`SELECT ${ALLOWANCE_COLUMNS}, ${accountId('w.account')} AS account_id,
        date_trunc('milliseconds', w.anchor) <> w.anchor
          OR date_trunc('milliseconds', w.next_at) IS DISTINCT FROM w.next_at AS is_finer,
        (SELECT json_agg(json_build_object('kind', j.kind, 'amount', j.amount, 'version', j.version,
            'allowance', (${allowance('j')})::text) ORDER BY j.version) FROM (
          SELECT kind, amount, allowance, coalesce(credit, debit) AS owner,
            CASE WHEN credit IS NULL THEN debit_version ELSE credit_version END AS version
          FROM ${s}.journal WHERE allowance IS NOT NULL AND allowance->>0 = w.id::text OFFSET 0) j
          WHERE j.owner = w.account)::text AS rows
      FROM ${s}.allowances w WHERE w.id > $1::uuid AND ($2::bigint IS NULL OR w.account = $2)
      ORDER BY w.id LIMIT ${RATES_PAGE}`),
    /** Claims, and whether the key that each names exists and is about its account. */
    claims: createStatement(`SELECT c.account, c.claim_key, ${accountId('c.account')} AS id,
        NOT EXISTS (SELECT FROM ${s}.journal j WHERE j.key_digest = c.key_digest AND c.account IN (j.debit, j.credit)) AS wrong
      FROM (SELECT * FROM ${s}.claims WHERE (account, claim_key) > ($1::bigint, $2)
          AND ($3::bigint IS NULL OR account = $3)
        ORDER BY account, claim_key LIMIT ${PAGE}) c ORDER BY c.account, c.claim_key`),
    number: createStatement(`SELECT number FROM ${s}.accounts WHERE id = $1`),
    sum: createStatement(`SELECT coalesce(sum(posted), 0) AS posted FROM ${s}.accounts`),
    /** The hashes of accounts at versions; null where there is no such entry. */
    hashes: createStatement(`SELECT (${rowAt(`encode(hash, 'hex')`, 'a.number', 'h.version')} LIMIT 1) AS hash
      FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS h(id, version, position)
      LEFT JOIN ${s}.accounts a ON a.id = h.id ORDER BY h.position`),
  };
}
