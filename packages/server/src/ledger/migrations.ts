import { chainEntries } from './chain-migration.ts';
import type { Migration } from './migrate.ts';

/**
 * The ledger's schema, step by step. Its CHECKs are the last line: they hold even where a decision in TypeScript is
 * wrong. References between tables are kept by the one write statement and compared by `verify`; foreign keys would look
 * up once more, for every row, what the statement has just locked or inserted.
 */
export const LEDGER_MIGRATIONS: readonly Migration[] = [
  {
    name: '001-ledger',
    sql: `
CREATE TABLE credits_lives (
  epoch uuid PRIMARY KEY,
  began_at timestamptz NOT NULL DEFAULT now(),
  only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one)
);
INSERT INTO credits_lives (epoch) VALUES (gen_random_uuid());

-- Room on each page: an account is updated in place for as long as it lives.
CREATE TABLE credits_accounts (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_.:-]{1,128}$'),
  floor bigint NOT NULL CHECK (floor BETWEEN -9007199254740991 AND 0),
  posted bigint NOT NULL DEFAULT 0 CHECK (posted BETWEEN -9007199254740991 AND 9007199254740991),
  held bigint NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND 9007199254740991),
  version bigint NOT NULL DEFAULT 0 CHECK (version BETWEEN 0 AND 9007199254740991),
  created_at timestamptz NOT NULL,
  CONSTRAINT credits_accounts_available CHECK (posted - held >= floor)
) WITH (fillfactor = 50);
INSERT INTO credits_accounts (id, floor, created_at) VALUES
  ('house:issued', -9007199254740991, now()), ('house:spent', 0, now());

CREATE TABLE credits_transfers (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('grant', 'spend', 'transfer', 'adjust', 'reverse', 'post')),
  source text COLLATE "C" NOT NULL,
  destination text COLLATE "C" NOT NULL CHECK (destination <> source),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  actor text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  metadata json NOT NULL,
  reverses uuid CHECK ((reverses IS NOT NULL) = (kind = 'reverse')),
  hold uuid CHECK ((hold IS NOT NULL) = (kind = 'post')),
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX credits_transfers_reverses ON credits_transfers (reverses) WHERE reverses IS NOT NULL;

CREATE TABLE credits_entries (
  account text COLLATE "C" NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  kind text NOT NULL CHECK (kind IN ('transfer', 'hold', 'post', 'void', 'expire')),
  direction text NOT NULL CHECK (direction = CASE WHEN kind IN ('hold', 'post') THEN 'debit'
    WHEN kind IN ('void', 'expire') THEN 'credit' ELSE direction END AND direction IN ('debit', 'credit')),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  posted_before bigint NOT NULL,
  held_before bigint NOT NULL,
  posted_after bigint NOT NULL CHECK (posted_after - posted_before =
    CASE WHEN kind = 'transfer' AND direction = 'credit' THEN amount WHEN kind IN ('transfer', 'post') THEN -amount ELSE 0 END),
  held_after bigint NOT NULL CHECK (held_after >= 0 AND held_after - held_before =
    CASE kind WHEN 'transfer' THEN 0 WHEN 'hold' THEN amount ELSE -amount END),
  transfer uuid CHECK ((transfer IS NOT NULL) = (kind IN ('transfer', 'post'))),
  hold uuid CHECK (hold IS NOT NULL OR kind = 'transfer'),
  -- The key of the command, where the account itself asked for it: what frames name as applied.
  operation text COLLATE "C",
  -- Of hold changes only; an entry with a transfer says these by it.
  actor text COLLATE "C" CHECK ((actor IS NULL) = (transfer IS NOT NULL)),
  reason text CHECK ((reason IS NULL) = (transfer IS NOT NULL)),
  metadata json,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account, version)
);

CREATE TABLE credits_holds (
  id uuid PRIMARY KEY,
  account text COLLATE "C" NOT NULL,
  destination text COLLATE "C" NOT NULL CHECK (destination <> account),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND amount),
  state text NOT NULL CHECK (state IN ('open', 'partly_posted', 'posted', 'voided', 'expired')),
  actor text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK ((remaining > 0) = (state IN ('open', 'partly_posted')))
);
CREATE INDEX credits_holds_account ON credits_holds (account, expires_at) WHERE remaining > 0;
CREATE INDEX credits_holds_expiry ON credits_holds (expires_at) WHERE remaining > 0;

-- One row for each key, for ever: what the command answered, or, without a fingerprint, that it never may apply.
CREATE TABLE credits_operations (
  actor text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C",
  account text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  posted bigint NOT NULL,
  held bigint NOT NULL,
  transfer uuid,
  hold uuid,
  hold_remaining bigint CHECK ((hold_remaining IS NULL) = (hold IS NULL)),
  hold_state text CHECK ((hold_state IS NULL) = (hold IS NULL)),
  once text COLLATE "C",
  created_at timestamptz NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE UNIQUE INDEX credits_operations_once ON credits_operations (account, once) WHERE once IS NOT NULL;
`,
  },
  {
    name: '002-hold-extension',
    sql: `
-- An answer that is given again tells the hold as it was then, and holds now change their end.
ALTER TABLE credits_operations ADD COLUMN hold_expires_at timestamptz;
UPDATE credits_operations o SET hold_expires_at = h.expires_at FROM credits_holds h WHERE h.id = o.hold;
ALTER TABLE credits_operations ADD CHECK ((hold_expires_at IS NULL) = (hold IS NULL));

-- Lists of holds are ranges of these: of one account, and of all.
CREATE INDEX credits_holds_listed ON credits_holds (account, (CASE WHEN remaining > 0 THEN 'open' ELSE state END), id);
CREATE INDEX credits_holds_listed_all ON credits_holds ((CASE WHEN remaining > 0 THEN 'open' ELSE state END), id);
`,
  },
  {
    name: '003-chain',
    sql: `
-- A transfer names its two entries, so that each is found from the other without an index.
ALTER TABLE credits_transfers ADD COLUMN source_version bigint NOT NULL DEFAULT 0,
  ADD COLUMN destination_version bigint NOT NULL DEFAULT 0;
UPDATE credits_transfers t SET source_version = s.version, destination_version = d.version
  FROM credits_entries s, credits_entries d WHERE s.transfer = t.id AND s.direction = 'debit'
    AND d.transfer = t.id AND d.direction = 'credit';
ALTER TABLE credits_transfers ALTER source_version DROP DEFAULT, ALTER destination_version DROP DEFAULT;

ALTER TABLE credits_entries ADD COLUMN hash bytea;
-- The hash of the newest entry, so that the next one needs no read of its own. Nothing before the first.
ALTER TABLE credits_accounts ADD COLUMN hash bytea NOT NULL DEFAULT '' CHECK (octet_length(hash) IN (0, 32));

-- All entries of a hold: what its row must say.
CREATE INDEX credits_entries_hold ON credits_entries (hold) WHERE hold IS NOT NULL AND kind <> 'transfer';
`,
    fill: chainEntries,
  },
  {
    name: '004-chained',
    sql: `
ALTER TABLE credits_entries ALTER hash SET NOT NULL, ADD CHECK (octet_length(hash) = 32);

-- How far verification found everything in order. Never a source of truth: without it everything is checked again.
CREATE TABLE credits_checkpoints (
  account text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  hash bytea NOT NULL,
  posted bigint NOT NULL,
  held bigint NOT NULL,
  transfers bigint NOT NULL,
  checked_at timestamptz NOT NULL
) WITH (fillfactor = 70);
`,
  },
  {
    name: '005-account-ids',
    sql: `
-- A CHECK of the column is made again at every change of a balance, and this one costs five times the change. That of a
-- domain is made when an id is written.
CREATE DOMAIN credits_account_id AS text COLLATE "C" CHECK (VALUE ~ '^[A-Za-z0-9_.:-]{1,128}$');
ALTER TABLE credits_accounts DROP CONSTRAINT credits_accounts_id_check, ALTER id TYPE credits_account_id;
`,
  },
];
