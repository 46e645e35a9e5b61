import type { Migration } from 'realtime-credits-server';

/**
 * The dashboard's own tables, beside the ledger's and better-auth's. Applied in order; a released one never changes.
 *
 * No table here holds a balance.
 */
export const DASHBOARD_MIGRATIONS: readonly Migration[] = [
  {
    name: '001-dashboard',
    sql: `
CREATE TABLE dashboard_settings (
  key text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE dashboard_profiles (
  user_id text PRIMARY KEY,
  first_name text NOT NULL DEFAULT '',
  last_name text NOT NULL DEFAULT '',
  referral_code text NOT NULL UNIQUE
);

CREATE TABLE dashboard_payouts (
  user_id text NOT NULL,
  operation_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('daily', 'referral')),
  amount bigint NOT NULL CHECK (amount > 0),
  facts jsonb NOT NULL,
  paid_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, operation_id)
);

CREATE TABLE dashboard_daily_claims (
  user_id text NOT NULL,
  day text NOT NULL,
  streak integer NOT NULL CHECK (streak > 0),
  amount bigint NOT NULL CHECK (amount > 0),
  operation_id text NOT NULL,
  claimed_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, day)
);

CREATE TABLE dashboard_referral_clicks (
  referrer_id text NOT NULL,
  visitor text NOT NULL,
  day text NOT NULL,
  reward bigint NOT NULL CHECK (reward >= 0),
  claimed_by text,
  PRIMARY KEY (referrer_id, visitor)
);

CREATE TABLE dashboard_referral_signups (
  referred_id text PRIMARY KEY,
  referrer_id text NOT NULL,
  email_key text NOT NULL UNIQUE,
  reward bigint NOT NULL CHECK (reward >= 0),
  created_at timestamptz NOT NULL,
  qualified_at timestamptz,
  claimed_by text
);
CREATE INDEX dashboard_referral_signups_by_referrer ON dashboard_referral_signups (referrer_id, created_at);

CREATE TABLE dashboard_servers (
  id bigserial PRIMARY KEY,
  user_id text NOT NULL,
  operation_id text NOT NULL,
  request jsonb NOT NULL,
  external_id text NOT NULL UNIQUE,
  plan_cost bigint NOT NULL CHECK (plan_cost >= 0),
  setup_fee bigint NOT NULL CHECK (setup_fee >= 0),
  status text NOT NULL CHECK (status IN ('provisioning', 'running', 'failed', 'deleting', 'deleted')),
  hold_id text,
  panel_id bigint,
  failure text,
  removed_by text,
  leased_until timestamptz NOT NULL,
  recheck_until timestamptz,
  created_at timestamptz NOT NULL,
  UNIQUE (user_id, operation_id)
);
CREATE INDEX dashboard_servers_unfinished ON dashboard_servers (leased_until)
  WHERE status IN ('provisioning', 'deleting') OR recheck_until IS NOT NULL;
`,
  },
  {
    name: '002-rate-limits',
    // Not worth the disk: after a crash everybody starts at 0.
    sql: `
CREATE UNLOGGED TABLE dashboard_rate_limits (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
CREATE INDEX dashboard_rate_limits_by_expiry ON dashboard_rate_limits (expire);
`,
  },
  {
    name: '003-administration',
    sql: `
CREATE TABLE dashboard_audit (
  id bigserial PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  kind text NOT NULL,
  target text NOT NULL,
  amount bigint,
  details jsonb NOT NULL,
  reason text NOT NULL,
  address text NOT NULL,
  operation_id text NOT NULL,
  UNIQUE (actor, operation_id, kind)
);
CREATE INDEX dashboard_audit_by_actor ON dashboard_audit (actor, at);

CREATE FUNCTION dashboard_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of dashboard_audit are never changed or deleted.';
END $$;
CREATE TRIGGER dashboard_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dashboard_audit
  FOR EACH STATEMENT EXECUTE FUNCTION dashboard_refuse_audit_change();

CREATE TABLE dashboard_approvals (
  id bigserial PRIMARY KEY,
  admin_id text NOT NULL,
  operation_id text NOT NULL,
  target_id text NOT NULL,
  change jsonb NOT NULL,
  amount bigint NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  UNIQUE (admin_id, operation_id),
  CHECK (status <> 'approved' OR decided_by <> admin_id)
);
CREATE INDEX dashboard_approvals_waiting ON dashboard_approvals (id) WHERE status = 'waiting';
`,
  },
  {
    name: '004-signups',
    sql: `
CREATE TABLE dashboard_signups (
  user_id text PRIMARY KEY,
  address_key text,
  mailbox_key text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX dashboard_signups_by_mailbox ON dashboard_signups (mailbox_key);
CREATE INDEX dashboard_signups_by_address ON dashboard_signups (address_key, created_at);
`,
  },
  {
    name: '005-messages',
    sql: `
CREATE TABLE dashboard_messages (
  id bigserial PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  user_id text NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  link text
);
`,
  },
  {
    name: '006-codes',
    sql: `
CREATE TABLE dashboard_codes (
  id bigserial PRIMARY KEY,
  code text NOT NULL UNIQUE,
  amount bigint NOT NULL CHECK (amount > 0),
  uses integer NOT NULL DEFAULT 0,
  uses_max integer NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  note text NOT NULL,
  stopped boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  operation_id text NOT NULL,
  UNIQUE (created_by, operation_id),
  CHECK (uses BETWEEN 0 AND uses_max),
  CHECK (ends_at > starts_at)
);

CREATE TABLE dashboard_redemptions (
  code text NOT NULL REFERENCES dashboard_codes (code),
  user_id text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  redeemed_at timestamptz NOT NULL,
  PRIMARY KEY (code, user_id)
);
CREATE INDEX dashboard_redemptions_by_time ON dashboard_redemptions (code, redeemed_at);

ALTER TABLE dashboard_payouts DROP CONSTRAINT dashboard_payouts_kind_check;
ALTER TABLE dashboard_payouts ADD CHECK (kind IN ('daily', 'referral', 'code'));
CREATE INDEX dashboard_audit_by_target ON dashboard_audit (target, id);
`,
  },
  {
    name: '007-servers-by-the-hour',
    sql: `
ALTER TABLE dashboard_servers
  ADD COLUMN per_hour bigint CHECK (per_hour > 0),
  ADD COLUMN powered boolean NOT NULL DEFAULT true,
  ADD COLUMN rate_id text,
  ADD COLUMN rate_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN suspended boolean NOT NULL DEFAULT false;
CREATE INDEX dashboard_servers_charged ON dashboard_servers (user_id) WHERE status = 'running' AND rate_id IS NOT NULL;
CREATE INDEX dashboard_servers_by_rates ON dashboard_servers USING gin (rate_ids);
`,
  },
  {
    name: '008-outbox',
    sql: `
CREATE TABLE dashboard_outbox (
  id bigserial PRIMARY KEY,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  user_id text NOT NULL,
  recipient text NOT NULL,
  link text,
  tries integer NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL
);
CREATE INDEX dashboard_outbox_due ON dashboard_outbox (next_try_at);

ALTER TABLE dashboard_messages ADD COLUMN failed boolean NOT NULL DEFAULT false;
`,
  },
  {
    name: '009-balance-messages',
    sql: `
CREATE TABLE dashboard_handled_events (
  event_id text PRIMARY KEY,
  at timestamptz NOT NULL
);
CREATE INDEX dashboard_handled_events_by_time ON dashboard_handled_events (at);

ALTER TABLE dashboard_outbox ADD COLUMN details jsonb;
ALTER TABLE dashboard_profiles ADD COLUMN balance_messages boolean NOT NULL DEFAULT true;
`,
  },
  {
    name: '010-user-names',
    sql: `
CREATE TABLE dashboard_past_names (
  name text PRIMARY KEY,
  user_id text NOT NULL,
  left_at timestamptz NOT NULL
);
CREATE INDEX dashboard_past_names_by_user ON dashboard_past_names (user_id);

ALTER TABLE dashboard_profiles ADD COLUMN named_at timestamptz;
`,
  },
  {
    name: '011-referral-funnel',
    sql: `
CREATE INDEX dashboard_referral_clicks_by_day ON dashboard_referral_clicks (day);
CREATE INDEX dashboard_referral_signups_by_time ON dashboard_referral_signups (created_at);
`,
  },
  {
    name: '012-languages',
    sql: `ALTER TABLE dashboard_profiles ADD COLUMN locale text;`,
  },
];
