import type { Migration } from 'realtime-credits-server';

/**
 * The dashboard's own tables, beside the ledger's and better-auth's. Applied in order; a released one never changes.
 *
 * No table here holds a balance. What is owed to a user is a row of `dashboard_payouts` until the ledger has paid it.
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
  once text,
  reason text NOT NULL,
  facts jsonb NOT NULL,
  state text NOT NULL DEFAULT 'recorded' CHECK (state IN ('recorded', 'paid', 'refused')),
  refusal text,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, operation_id)
);
CREATE INDEX dashboard_payouts_open ON dashboard_payouts (recorded_at) WHERE state = 'recorded';

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
  status text NOT NULL CHECK (status IN ('reserving', 'provisioning', 'running', 'failed', 'deleting', 'deleted')),
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
  WHERE status IN ('reserving', 'provisioning', 'deleting') OR recheck_until IS NOT NULL;
`,
  },
  {
    name: '002-servers-reserved-at-once',
    sql: `
-- A row and its hold commit together now. What was caught between the two goes; its hold, if any, ends by itself.
DELETE FROM dashboard_servers WHERE status = 'reserving';
ALTER TABLE dashboard_servers DROP CONSTRAINT dashboard_servers_status_check,
  ADD CHECK (status IN ('provisioning', 'running', 'failed', 'deleting', 'deleted'));
DROP INDEX dashboard_servers_unfinished;
CREATE INDEX dashboard_servers_unfinished ON dashboard_servers (leased_until)
  WHERE status IN ('provisioning', 'deleting') OR recheck_until IS NOT NULL;
`,
  },
];
