import assert from 'node:assert/strict';
import type { ClientBase } from 'pg';
import type { BatchChanges, BatchState } from './batch-state.ts';
import type { ChainHash } from './chain.ts';
import { roundTrip } from './round-trip.ts';

/**
 * The second round trip of a batch: one statement that writes everything, the hint, and the commit.
 *
 * One statement, in which each table is written once, from arrays: two updates of one table in a single statement wait
 * for each other, and one statement per row costs a round trip per row.
 */

const NOTIFY = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload';

type Cell = string | number | null;

interface Table {
  /** Column → type. */
  columns: Record<string, string>;
  rows: Record<string, Cell>[];
}

/** What a statement wants of one table: `unnest($1::uuid[], …) AS u(id, …)`, and the arrays for it. */
function unnest(table: Table, values: (Cell[] | number)[]): string {
  const columns = Object.keys(table.columns);
  const arrays = columns.map((column) => {
    values.push(table.rows.map((row) => row[column] ?? null));
    return `$${values.length}::${table.columns[column]}[]`;
  });
  return `unnest(${arrays.join(', ')}) AS u(${columns.join(', ')})`;
}

function insert(name: string, table: Table, values: (Cell[] | number)[]): string {
  const columns = Object.keys(table.columns).join(', ');
  return `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${unnest(table, values)} RETURNING 1`;
}

/** Writes the changes, tells other processes which accounts they touch, and ends the transaction. Throws when any of it failed. */
export async function writeBatch(
  client: ClientBase,
  batch: {
    changes: BatchChanges;
    state: BatchState;
    now: string;
    notify: { channel: string; payloads: string[] } | null;
    /** What ends the transaction, or the part of the host's that it is. */
    end: 'COMMIT' | 'RELEASE SAVEPOINT credits_command';
  },
): Promise<void> {
  const { changes, state, now, notify, end } = batch;
  const tables = toTables(changes, state, now);
  const values: (Cell[] | number)[] = [];
  // Ends in a division by zero where it wrote other rows than were decided: the commit is on its way already, and only a
  // failure of the statement itself can still turn it into a rollback.
  const text = `WITH
    a AS (UPDATE credits_accounts SET posted = u.posted, held = u.held, version = u.version,
        hash = u.hash
      FROM ${unnest(tables.accounts, values)}
      WHERE credits_accounts.id = u.id AND credits_accounts.version = u.version_before RETURNING 1),
    c AS (UPDATE credits_holds SET remaining = u.remaining, state = u.state, expires_at = u.expires_at
      FROM ${unnest(tables.holdsChanged, values)} WHERE credits_holds.id = u.id RETURNING 1),
    h AS (${insert('credits_holds', tables.holds, values)}),
    t AS (${insert('credits_transfers', tables.transfers, values)}),
    e AS (${insert('credits_entries', tables.entries, values)}),
    o AS (${insert('credits_operations', tables.operations, values)})
    SELECT 1 / (${['a', 'c', 'h', 't', 'e', 'o'].map((part) => `(SELECT count(*) FROM ${part})`).join(' + ')}
      = $${values.length + 1}::bigint)::int AS complete`;
  values.push(Object.values(tables).reduce((sum, { rows }) => sum + rows.length, 0));
  const [, , ended] = await roundTrip(client, [
    () => client.query({ name: 'credits_write', text, values }),
    notify === null
      ? null
      : () => client.query({ name: 'credits_notify', text: NOTIFY, values: [notify.channel, notify.payloads] }),
    () => client.query(end),
  ]);
  // The COMMIT of a transaction that failed answers ROLLBACK, and is not an error.
  assert.equal(ended.command, end.split(' ')[0], 'The batch was not committed.');
}

function toTables(changes: BatchChanges, state: BatchState, now: string) {
  const text = 'text';
  const bigint = 'bigint';
  return {
    accounts: {
      columns: { id: text, posted: bigint, held: bigint, version: bigint, hash: 'bytea', version_before: bigint },
      rows: [...changes.accounts].flatMap((id) => {
        const account = state.accounts.get(id);
        if (account === undefined) return [];
        const { posted, held, version, hash, versionBefore } = account;
        return [{ id, posted, held, version, hash: toBytea(hash), version_before: versionBefore }];
      }),
    },
    holdsChanged: {
      columns: { id: 'uuid', remaining: bigint, state: text, expires_at: 'timestamptz' },
      rows: [...changes.holdsChanged.values()].map((hold) => ({
        id: hold.id,
        remaining: hold.remaining,
        state: hold.state,
        expires_at: hold.expiresAt,
      })),
    },
    holds: {
      columns: {
        id: 'uuid',
        account: text,
        destination: text,
        amount: bigint,
        remaining: bigint,
        state: text,
        actor: text,
        reason: text,
        expires_at: 'timestamptz',
        created_at: 'timestamptz',
      },
      rows: changes.holdsOpened.map(({ expiresAt, createdAt, ...hold }) => ({
        ...hold,
        expires_at: expiresAt,
        created_at: createdAt,
      })),
    },
    transfers: {
      columns: {
        id: 'uuid',
        kind: text,
        source: text,
        source_version: bigint,
        destination: text,
        destination_version: bigint,
        amount: bigint,
        actor: text,
        reason: text,
        metadata: 'json',
        reverses: 'uuid',
        hold: 'uuid',
        created_at: 'timestamptz',
      },
      rows: changes.transfers.map(({ createdAt, metadata, sourceVersion, destinationVersion, ...transfer }) => ({
        ...transfer,
        source_version: sourceVersion,
        destination_version: destinationVersion,
        metadata: JSON.stringify(metadata),
        created_at: createdAt,
      })),
    },
    entries: {
      columns: {
        account: text,
        version: bigint,
        kind: text,
        direction: text,
        amount: bigint,
        posted_before: bigint,
        held_before: bigint,
        posted_after: bigint,
        held_after: bigint,
        transfer: 'uuid',
        hold: 'uuid',
        operation: text,
        actor: text,
        reason: text,
        metadata: 'json',
        created_at: 'timestamptz',
        hash: 'bytea',
      },
      rows: changes.entries.map(({ postedBefore, heldBefore, postedAfter, heldAfter, metadata, hash, ...entry }) => ({
        ...entry,
        posted_before: postedBefore,
        held_before: heldBefore,
        posted_after: postedAfter,
        held_after: heldAfter,
        metadata: metadata === null ? null : JSON.stringify(metadata),
        created_at: now,
        hash: toBytea(hash),
      })),
    },
    operations: {
      columns: {
        actor: text,
        key: text,
        fingerprint: text,
        account: text,
        version: bigint,
        posted: bigint,
        held: bigint,
        transfer: 'uuid',
        hold: 'uuid',
        hold_remaining: bigint,
        hold_state: text,
        hold_expires_at: 'timestamptz',
        once: text,
        created_at: 'timestamptz',
      },
      rows: changes.operations.map(({ holdRemaining, holdState, holdExpiresAt, ...operation }) => ({
        ...operation,
        hold_remaining: holdRemaining,
        hold_state: holdState,
        hold_expires_at: holdExpiresAt,
        created_at: now,
      })),
    },
  } satisfies Record<string, Table>;
}

function toBytea(hash: ChainHash): string {
  return `\\x${hash}`;
}
