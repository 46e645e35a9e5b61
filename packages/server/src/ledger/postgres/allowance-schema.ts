import { ALLOWANCE_AMOUNT_MAX } from '../rules/allowances.ts';
import type { Migration } from './migrate.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** The stored form of what a row makes of an allowance, see `writeAllowance`. */
export const ALLOWANCE_PATTERN =
  '^[[]"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",(-1|[0-9]{1,16}),([0-9]{1,16}|null),[0-9]{1,16}' +
  '(,[0-9]{1,16},"[a-z]+",[0-9]{1,16},"[A-Za-z0-9_+/-]+",[0-9]{1,16},".*")?[]]$';

/** @param s - The quoted schema. */
export function createAllowanceMigrations(s: string): readonly Migration[] {
  return [
    {
      // What the row makes of an allowance: see `writeAllowance`. Such a row has both sides where it grants something.
      name: '031-journal-allowance',
      sql: `ALTER TABLE ${s}.journal ADD COLUMN allowance json,
  DROP CONSTRAINT journal_sides, DROP CONSTRAINT journal_key, DROP CONSTRAINT journal_amount,
  ADD CONSTRAINT journal_sides CHECK (CASE
    WHEN kind IN ('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post', 'breakage')
      THEN debit IS NOT NULL AND credit IS NOT NULL AND debit <> credit AND hash IS NOT NULL
    WHEN kind = 'hold' THEN debit IS NOT NULL AND credit IS NULL AND hash IS NOT NULL
    WHEN kind IN ('void', 'expire') THEN debit IS NULL AND credit IS NOT NULL AND hash IS NOT NULL
    WHEN kind IN ('extend', 'unchanged', 'abandoned') THEN debit IS NOT NULL AND credit IS NULL AND hash IS NULL
    WHEN kind IN ('start', 'charge', 'suspend', 'resume', 'stop', 'allowance', 'refill')
      THEN debit IS NOT NULL AND hash IS NOT NULL AND CASE amount WHEN 0 THEN credit IS NULL
        ELSE credit IS NOT NULL AND credit <> debit END
    ELSE false END),
  ADD CONSTRAINT journal_key CHECK (CASE WHEN kind IN ('expire', 'breakage', 'charge', 'suspend', 'resume', 'refill')
    THEN num_nonnulls(key, key_digest, fingerprint) = 0
    ELSE num_nulls(key, key_digest) = 0 AND octet_length(key_digest) = 16
      AND (fingerprint IS NULL) = (kind = 'abandoned') END),
  ADD CONSTRAINT journal_amount CHECK (CASE WHEN hash IS NULL THEN amount IS NULL
    ELSE amount IS NOT NULL AND amount BETWEEN CASE num_nonnulls(rate, allowance) WHEN 0 THEN 1 ELSE 0 END AND ${MAX}
      AND octet_length(hash) = 32 END),
  ADD CONSTRAINT journal_allowance CHECK ((allowance IS NOT NULL) = (kind IN ('allowance', 'refill'))
    AND (allowance IS NULL OR allowance::text ~ '${ALLOWANCE_PATTERN}'))`,
    },
    {
      // The unique constraints find those of an account that are not stopped, and those that are due.
      name: '032-allowances',
      sql: `CREATE TABLE ${s}.allowances (
  id uuid NOT NULL,
  account bigint NOT NULL,
  amount bigint NOT NULL,
  carry_over bigint NOT NULL,
  period bigint NOT NULL,
  granted bigint NOT NULL,
  anchor timestamptz NOT NULL,
  next_at timestamptz,
  per text NOT NULL,
  time_zone text NOT NULL,
  name text NOT NULL,
  CONSTRAINT allowances_pkey PRIMARY KEY (id),
  CONSTRAINT allowances_account UNIQUE (account, next_at, id),
  CONSTRAINT allowances_due UNIQUE (next_at, account, id),
  CONSTRAINT allowances_amount CHECK (amount BETWEEN 1 AND ${ALLOWANCE_AMOUNT_MAX}),
  CONSTRAINT allowances_carry_over CHECK (carry_over BETWEEN 0 AND amount),
  CONSTRAINT allowances_period CHECK (period BETWEEN -1 AND ${MAX}),
  CONSTRAINT allowances_granted CHECK (granted BETWEEN 0 AND ${MAX}),
  CONSTRAINT allowances_per CHECK (per IN ('day', 'week', 'month'))
)`,
    },
    {
      // Each period is granted once, whatever decides it. Commands have keys, refills have none.
      name: '033-journal-allowance',
      sql: `CREATE UNIQUE INDEX journal_allowance ON ${s}.journal
  ((allowance->>0), (allowance->>1), (coalesce(key_digest, ''))) WHERE allowance IS NOT NULL`,
    },
  ];
}
