import type { Migration } from './migrate.ts';

/** @param s - The quoted schema. */
export function createOutboxMigrations(s: string): readonly Migration[] {
  return [
    {
      // `next_at` of a pending row is when it may be claimed; of another one, when its delivery was decided.
      name: '034-outbox',
      sql: `CREATE TABLE ${s}.outbox (
  position bigint GENERATED ALWAYS AS IDENTITY,
  account bigint NOT NULL,
  attempts bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  first_at timestamptz,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  state text NOT NULL DEFAULT 'pending',
  type text NOT NULL,
  error text,
  body json NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY (position),
  CONSTRAINT outbox_id_key UNIQUE (id),
  CONSTRAINT outbox_due_key UNIQUE (state, next_at, position),
  CONSTRAINT outbox_account_key UNIQUE (account, state, position),
  CONSTRAINT outbox_state CHECK (state IN ('pending', 'delivered', 'failed'))
)`,
    },
    {
      // The lowest threshold that an account has crossed: see `Events`. Accounts that never crossed one have no row.
      name: '035-alerts',
      sql: `CREATE TABLE ${s}.alerts (
  account bigint NOT NULL,
  level bigint,
  day bigint NOT NULL,
  lows bigint NOT NULL,
  CONSTRAINT alerts_pkey PRIMARY KEY (account),
  CONSTRAINT alerts_level CHECK (level BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}),
  CONSTRAINT alerts_lows CHECK (lows >= 0)
)`,
    },
    {
      name: '036-lot-alerts',
      sql: `CREATE TABLE ${s}.lot_alerts (
  at timestamptz NOT NULL,
  account bigint NOT NULL,
  version bigint NOT NULL,
  part bigint NOT NULL,
  CONSTRAINT lot_alerts_pkey PRIMARY KEY (at, account, version, part)
)`,
    },
  ];
}
