import { PARCELS_PATTERN } from '../postgres/schema.ts';
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
    c.lots::text)`;
  const digest = (row: string): string =>
    `substr(sha256(convert_to(${row}.actor || ${SEPARATOR} || ${row}.key, 'UTF8')), 1, 16)`;
  /** Parcels of a row; none of what is not in their form, which only a changed row is. */
  const parcels = (row: string): string => `json_array_elements(
    CASE WHEN ${row}.lots::text ~ '${PARCELS_PATTERN}' THEN ${row}.lots ELSE '[]' END)`;
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
          'control', control, 'reversal', reversal, 'holdMissing', hold_missing, 'lotMissing', lot_missing) ORDER BY account, version)
          FILTER (WHERE gap OR balance OR hash_differs OR digest OR control OR reversal OR hold_missing OR lot_missing), '[]') AS found
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
