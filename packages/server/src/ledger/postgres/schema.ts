import { CreditsError } from 'realtime-credits/contract';
import { PRIORITY_MAX } from '../rules/lots.ts';
import { RATE_AMOUNT_MAX } from '../rules/rates.ts';
import { SLOT_COUNT, SYSTEM_ISSUED, SYSTEM_SPENT } from '../rules/system-accounts.ts';
import { createAllowanceMigrations } from './allowance-schema.ts';
import { createJournalChecks } from './journal-checks.ts';
import type { Migration } from './migrate.ts';
import { createOutboxMigrations } from './outbox-schema.ts';

/**
 * The tables of one ledger, in a schema of their own.
 *
 * Each migration is one statement with named constraints, because a distributed schema accepts nothing else. The CHECKs
 * are the last line of defence: they hold even where a decision in TypeScript is wrong. (A CHECK that is null passes, so
 * they ask for nulls first.) There are no foreign keys: they
 * would look up again, for every row, what the statement has just locked or inserted. `verify` compares references.
 */

/** Migrations of the ledger are recorded in `<schema>.ledger_migrations`. */
export const LEDGER_NAMESPACE = 'ledger';

/** Tables of the ledger. A schema that has one of them without our record of migrations belongs to somebody else. */
export const LEDGER_TABLES = [
  'accounts',
  'journal',
  'holds',
  'claims',
  'lots',
  'rates',
  'allowances',
  'outbox',
  'alerts',
  'lot_alerts',
  'ledger',
] as const;

const MAX = Number.MAX_SAFE_INTEGER;

const PARCEL = '[0-9]{1,16},[0-9]{1,3}(,([0-9]{1,16}|null)){3}';

/** The stored form of parcels, see `writeParcels`. */
export const PARCELS_PATTERN = `^[[][[]${PARCEL}[]](,[[]${PARCEL}[]])*[]]$`;

/** The stored form of what a row makes of a rate, see `writeRate`. */
export const RATE_PATTERN =
  '^[[]"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"(,[0-9]{1,16}){4}((,[0-9]{1,16}){2},"[a-z]+",".*")?[]]$';

/**
 * Reads the name of a schema.
 * @throws {CreditsError} `invalid_request` — not a lower-case identifier, or reserved by Postgres
 */
export function parseSchema(value: unknown): string {
  if (
    typeof value === 'string' &&
    /^[a-z_][a-z0-9_]{0,62}$/.test(value) &&
    !value.startsWith('pg_') &&
    value !== 'information_schema'
  ) {
    return value;
  }
  throw new CreditsError(
    'invalid_request',
    `schema must be a lower-case identifier of at most 63 characters that Postgres does not reserve: got ${JSON.stringify(value)}.`,
    { details: { field: 'schema' } },
  );
}

/** Makes the migrations of one schema. Released migrations never change: a change is a new migration. */
export function createLedgerMigrations(schema: string): readonly Migration[] {
  const s = `"${schema}"`;
  return [
    {
      name: '001-ledger',
      sql: `CREATE TABLE ${s}.ledger (
  epoch uuid NOT NULL,
  began_at timestamptz NOT NULL DEFAULT now(),
  one_row boolean NOT NULL DEFAULT true,
  CONSTRAINT ledger_pkey PRIMARY KEY (epoch),
  CONSTRAINT ledger_one_row_key UNIQUE (one_row),
  CONSTRAINT ledger_one_row CHECK (one_row)
)`,
    },
    { name: '002-epoch', sql: `INSERT INTO ${s}.ledger (epoch) VALUES (gen_random_uuid())` },
    { name: '003-slots', sql: `CREATE SEQUENCE ${s}.slots` },
    {
      // Half of each page stays free: an account is updated in place.
      name: '004-accounts',
      sql: `CREATE TABLE ${s}.accounts (
  number bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" NOT NULL,
  floor bigint NOT NULL,
  posted bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  CONSTRAINT accounts_pkey PRIMARY KEY (number),
  CONSTRAINT accounts_id_key UNIQUE (id),
  CONSTRAINT accounts_floor CHECK (floor BETWEEN -${MAX} AND 0),
  CONSTRAINT accounts_posted CHECK (posted BETWEEN -${MAX} AND ${MAX}),
  CONSTRAINT accounts_held CHECK (held BETWEEN 0 AND ${MAX}),
  CONSTRAINT accounts_available CHECK (posted - held >= floor),
  CONSTRAINT accounts_version CHECK (version BETWEEN 0 AND ${MAX}),
  CONSTRAINT accounts_hash CHECK (octet_length(hash) = CASE version WHEN 0 THEN 0 ELSE 32 END)
) WITH (fillfactor = 50)`,
    },
    {
      name: '005-system-accounts',
      sql: `INSERT INTO ${s}.accounts (id, floor, created_at)
  SELECT name || '#' || slot, floor, now()
  FROM (VALUES ('${SYSTEM_ISSUED}', -${MAX}), ('${SYSTEM_SPENT}', 0)) AS system(name, floor),
    generate_series(0, ${SLOT_COUNT - 1}) AS slot ORDER BY name, slot`,
    },
    {
      // Fixed-width columns first: no padding between them. An absent column takes one bit.
      name: '006-journal',
      sql: `CREATE TABLE ${s}.journal (
  debit bigint,
  debit_version bigint,
  debit_posted bigint,
  debit_held bigint,
  credit bigint,
  credit_version bigint,
  credit_posted bigint,
  credit_held bigint,
  amount bigint,
  reverses_debit bigint,
  reverses_version bigint,
  hold_remaining bigint,
  hold_expires_at timestamptz,
  created_at timestamptz NOT NULL,
  hold uuid,
  key_digest bytea,
  fingerprint bytea,
  hash bytea,
  kind text NOT NULL,
  actor text NOT NULL,
  key text,
  reason text,
  metadata json,
  CONSTRAINT journal_sides CHECK (CASE
    WHEN kind IN ('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post')
      THEN debit IS NOT NULL AND credit IS NOT NULL AND debit <> credit AND hash IS NOT NULL
    WHEN kind = 'hold' THEN debit IS NOT NULL AND credit IS NULL AND hash IS NOT NULL
    WHEN kind IN ('void', 'expire') THEN debit IS NULL AND credit IS NOT NULL AND hash IS NOT NULL
    WHEN kind IN ('extend', 'unchanged', 'abandoned') THEN debit IS NOT NULL AND credit IS NULL AND hash IS NULL
    ELSE false END),
  CONSTRAINT journal_debit_side CHECK (num_nulls(debit, debit_version, debit_posted, debit_held) IN (0, 4)),
  CONSTRAINT journal_credit_side CHECK (num_nulls(credit, credit_version, credit_posted, credit_held) IN (0, 4)),
  CONSTRAINT journal_amount CHECK (CASE WHEN hash IS NULL THEN amount IS NULL
    ELSE amount IS NOT NULL AND amount BETWEEN 1 AND ${MAX} AND octet_length(hash) = 32 END),
  CONSTRAINT journal_key CHECK (CASE WHEN kind = 'expire' THEN num_nonnulls(key, key_digest, fingerprint) = 0
    ELSE num_nulls(key, key_digest) = 0 AND octet_length(key_digest) = 16
      AND (fingerprint IS NULL) = (kind = 'abandoned') END),
  CONSTRAINT journal_hold CHECK (num_nulls(hold, hold_remaining, hold_expires_at) =
    CASE WHEN kind IN ('hold', 'post', 'void', 'expire', 'extend') THEN 0 ELSE 3 END),
  CONSTRAINT journal_reverses CHECK (num_nulls(reverses_debit, reverses_version) =
    CASE kind WHEN 'reverse' THEN 0 ELSE 2 END)
)`,
    },
    // Rows without a hash change nothing. They note an account as it was, and are no entries of it.
    {
      name: '007-journal-debit',
      sql: `CREATE UNIQUE INDEX journal_debit ON ${s}.journal (debit, debit_version)
  WHERE hash IS NOT NULL AND debit IS NOT NULL`,
    },
    {
      name: '008-journal-credit',
      sql: `CREATE UNIQUE INDEX journal_credit ON ${s}.journal (credit, credit_version)
  WHERE hash IS NOT NULL AND credit IS NOT NULL`,
    },
    {
      name: '009-journal-key',
      sql: `CREATE UNIQUE INDEX journal_key ON ${s}.journal (key_digest)`,
    },
    {
      name: '010-journal-reverses',
      sql: `CREATE UNIQUE INDEX journal_reverses ON ${s}.journal (reverses_debit, reverses_version)
  WHERE reverses_debit IS NOT NULL`,
    },
    {
      name: '011-journal-hold',
      sql: `CREATE INDEX journal_hold ON ${s}.journal (hold) WHERE hold IS NOT NULL`,
    },
    {
      name: '012-journal-notes',
      sql: `CREATE INDEX journal_notes ON ${s}.journal (debit, key_digest) WHERE hash IS NULL`,
    },
    {
      // Without a destination a post moves the credits to the spent credits of the process that posts.
      name: '013-holds',
      sql: `CREATE TABLE ${s}.holds (
  id uuid NOT NULL,
  account bigint NOT NULL,
  destination bigint,
  amount bigint NOT NULL,
  remaining bigint NOT NULL,
  state text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT holds_pkey PRIMARY KEY (id),
  CONSTRAINT holds_destination CHECK (destination <> account),
  CONSTRAINT holds_amount CHECK (amount BETWEEN 1 AND ${MAX}),
  CONSTRAINT holds_remaining CHECK (remaining BETWEEN 0 AND amount),
  CONSTRAINT holds_state CHECK (state IN ('open', 'partly_posted', 'posted', 'voided', 'expired')
    AND (remaining > 0) = (state IN ('open', 'partly_posted')))
)`,
    },
    {
      name: '014-holds-account',
      sql: `CREATE INDEX holds_account ON ${s}.holds (account, expires_at) WHERE remaining > 0`,
    },
    {
      name: '015-holds-expiry',
      sql: `CREATE INDEX holds_expiry ON ${s}.holds (expires_at) WHERE remaining > 0`,
    },
    {
      name: '016-holds-listed',
      sql: `CREATE INDEX holds_listed ON ${s}.holds (account, (CASE WHEN remaining > 0 THEN 'open' ELSE state END), id)`,
    },
    {
      name: '017-holds-listed-all',
      sql: `CREATE INDEX holds_listed_all ON ${s}.holds ((CASE WHEN remaining > 0 THEN 'open' ELSE state END), id)`,
    },
    {
      name: '018-claims',
      sql: `CREATE TABLE ${s}.claims (
  account bigint NOT NULL,
  claim_key text COLLATE "C" NOT NULL,
  key_digest bytea NOT NULL,
  CONSTRAINT claims_pkey PRIMARY KEY (account, claim_key)
)`,
    },
    {
      // The parcels of lots in a row: null in every row of plain credits, which costs them nothing.
      name: '019-journal-lots',
      sql: `ALTER TABLE ${s}.journal ADD COLUMN lots json,
  DROP CONSTRAINT journal_sides, DROP CONSTRAINT journal_key,
  ADD CONSTRAINT journal_sides CHECK (CASE
    WHEN kind IN ('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post', 'breakage')
      THEN debit IS NOT NULL AND credit IS NOT NULL AND debit <> credit AND hash IS NOT NULL
    WHEN kind = 'hold' THEN debit IS NOT NULL AND credit IS NULL AND hash IS NOT NULL
    WHEN kind IN ('void', 'expire') THEN debit IS NULL AND credit IS NOT NULL AND hash IS NOT NULL
    WHEN kind IN ('extend', 'unchanged', 'abandoned') THEN debit IS NOT NULL AND credit IS NULL AND hash IS NULL
    ELSE false END),
  ADD CONSTRAINT journal_key CHECK (CASE WHEN kind IN ('expire', 'breakage')
    THEN num_nonnulls(key, key_digest, fingerprint) = 0
    ELSE num_nulls(key, key_digest) = 0 AND octet_length(key_digest) = 16
      AND (fingerprint IS NULL) = (kind = 'abandoned') END),
  ADD CONSTRAINT journal_lots CHECK (lots IS NULL OR hash IS NOT NULL AND lots::text ~ '${PARCELS_PATTERN}')`,
    },
    {
      name: '020-holds-lots',
      sql: `ALTER TABLE ${s}.holds ADD COLUMN lots json,
  ADD CONSTRAINT holds_lots CHECK (lots IS NULL OR lots::text ~ '${PARCELS_PATTERN}')`,
    },
    {
      name: '021-lots',
      sql: `CREATE TABLE ${s}.lots (
  account bigint NOT NULL,
  version bigint NOT NULL,
  part bigint NOT NULL,
  amount bigint NOT NULL,
  priority bigint NOT NULL,
  free bigint NOT NULL,
  held bigint NOT NULL,
  expires_at timestamptz,
  CONSTRAINT lots_pkey PRIMARY KEY (account, version, part),
  CONSTRAINT lots_part CHECK (part >= 0),
  CONSTRAINT lots_amount CHECK (amount BETWEEN 1 AND ${MAX}),
  CONSTRAINT lots_priority CHECK (priority BETWEEN 0 AND ${PRIORITY_MAX}),
  CONSTRAINT lots_free CHECK (free BETWEEN 0 AND amount),
  CONSTRAINT lots_held CHECK (held BETWEEN 0 AND amount - free)
)`,
    },
    {
      // The spending order: see `compareLots`.
      name: '022-lots-order',
      sql: `CREATE INDEX lots_order ON ${s}.lots (account, priority, expires_at, version, part) WHERE free > 0`,
    },
    {
      name: '023-lots-account-expiry',
      sql: `CREATE INDEX lots_account_expiry ON ${s}.lots (account, expires_at)
  WHERE free > 0 AND expires_at IS NOT NULL`,
    },
    {
      name: '024-lots-expiry',
      sql: `CREATE INDEX lots_expiry ON ${s}.lots (expires_at) WHERE free > 0 AND expires_at IS NOT NULL`,
    },
    {
      // Rows by the account whose lots they name: verification compares lots with them.
      name: '025-journal-lots',
      sql: `CREATE INDEX journal_lots ON ${s}.journal (coalesce(debit, credit)) WHERE lots IS NOT NULL`,
    },
    {
      // What the row makes of a rate: see `writeRate`. Such a row has a credit where it charges something.
      name: '026-journal-rate',
      sql: `ALTER TABLE ${s}.journal ADD COLUMN rate json,
  DROP CONSTRAINT journal_sides, DROP CONSTRAINT journal_key, DROP CONSTRAINT journal_amount,
  ADD CONSTRAINT journal_sides CHECK (CASE
    WHEN kind IN ('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post', 'breakage')
      THEN debit IS NOT NULL AND credit IS NOT NULL AND debit <> credit AND hash IS NOT NULL
    WHEN kind = 'hold' THEN debit IS NOT NULL AND credit IS NULL AND hash IS NOT NULL
    WHEN kind IN ('void', 'expire') THEN debit IS NULL AND credit IS NOT NULL AND hash IS NOT NULL
    WHEN kind IN ('extend', 'unchanged', 'abandoned') THEN debit IS NOT NULL AND credit IS NULL AND hash IS NULL
    WHEN kind IN ('start', 'charge', 'suspend', 'resume', 'stop')
      THEN debit IS NOT NULL AND hash IS NOT NULL AND CASE amount WHEN 0 THEN credit IS NULL
        ELSE credit IS NOT NULL AND credit <> debit END
    ELSE false END),
  ADD CONSTRAINT journal_key CHECK (CASE WHEN kind IN ('expire', 'breakage', 'charge', 'suspend', 'resume')
    THEN num_nonnulls(key, key_digest, fingerprint) = 0
    ELSE num_nulls(key, key_digest) = 0 AND octet_length(key_digest) = 16
      AND (fingerprint IS NULL) = (kind = 'abandoned') END),
  ADD CONSTRAINT journal_amount CHECK (CASE WHEN hash IS NULL THEN amount IS NULL
    ELSE amount IS NOT NULL AND amount BETWEEN CASE WHEN rate IS NULL THEN 1 ELSE 0 END AND ${MAX}
      AND octet_length(hash) = 32 END),
  ADD CONSTRAINT journal_rate CHECK ((rate IS NOT NULL) = (kind IN ('start', 'charge', 'suspend', 'resume', 'stop'))
    AND (rate IS NULL OR rate::text ~ '${RATE_PATTERN}'))`,
    },
    {
      name: '027-rates',
      sql: `CREATE TABLE ${s}.rates (
  id uuid NOT NULL,
  account bigint NOT NULL,
  amount bigint NOT NULL,
  remainder bigint NOT NULL,
  prepaid bigint NOT NULL,
  charged bigint NOT NULL,
  started_at timestamptz NOT NULL,
  settled_until timestamptz NOT NULL,
  next_at timestamptz,
  due_at timestamptz,
  state text NOT NULL,
  per text NOT NULL,
  resource text NOT NULL,
  CONSTRAINT rates_pkey PRIMARY KEY (id),
  CONSTRAINT rates_amount CHECK (amount BETWEEN 1 AND ${RATE_AMOUNT_MAX}),
  CONSTRAINT rates_remainder CHECK (remainder BETWEEN 0 AND ${MAX}),
  CONSTRAINT rates_charged CHECK (charged BETWEEN 0 AND ${MAX} AND prepaid BETWEEN 0 AND charged),
  CONSTRAINT rates_settled CHECK (settled_until >= started_at),
  CONSTRAINT rates_per CHECK (per IN ('hour', 'day', 'week', 'month')),
  CONSTRAINT rates_state CHECK (state IN ('active', 'suspended', 'stopped')
    AND num_nulls(next_at, due_at) = CASE state WHEN 'active' THEN 0 ELSE 2 END)
)`,
    },
    {
      name: '028-rates-account',
      sql: `CREATE INDEX rates_account ON ${s}.rates (account, next_at) WHERE state <> 'stopped'`,
    },
    {
      name: '029-rates-due',
      sql: `CREATE INDEX rates_due ON ${s}.rates (due_at) WHERE due_at IS NOT NULL`,
    },
    {
      name: '030-journal-rate',
      sql: `CREATE INDEX journal_rate ON ${s}.journal ((rate->>0), debit_version) WHERE rate IS NOT NULL`,
    },
    ...createAllowanceMigrations(s),
    ...createOutboxMigrations(s),
    {
      // All transfers, for operators.
      name: '037-journal-time',
      sql: `CREATE INDEX journal_time ON ${s}.journal (created_at) WHERE debit IS NOT NULL AND credit IS NOT NULL`,
    },
    createJournalChecks(s),
  ];
}
