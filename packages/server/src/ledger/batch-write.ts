import assert from 'node:assert/strict';
import type { ClientBase } from 'pg';
import { toArrayParameter, type ArrayParameter, type ArrayType, type Cell } from './array-parameter.ts';
import type { BatchChanges, BatchState } from './batch-state.ts';
import type { ChainHash } from './chain.ts';
import { roundTrip } from './round-trip.ts';

/**
 * The second round trip of a batch: one statement that writes everything, the hint, and the commit. Of a large batch, rows
 * that are decided may be sent ahead of it, each part by a statement of the same form.
 *
 * One statement, in which each table is written once, from arrays: two updates of one table in a single statement wait
 * for each other, and one statement per row costs a round trip per row.
 */

const NOTIFY = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload';

/** One table of the write: what to add or to change, column by column. */
interface Table {
  count: number;
  columns: { name: string; type: ArrayType; parameter: ArrayParameter }[];
}

function toTable<Row>(
  rows: readonly Row[],
  columns: Record<string, readonly [type: ArrayType, cell: (row: Row) => Cell]>,
): Table {
  return {
    count: rows.length,
    columns: Object.entries(columns).map(([name, [type, cell]]) => ({
      name,
      type,
      parameter: toArrayParameter(type, rows.map(cell)),
    })),
  };
}

/** What a statement wants of one table: `unnest($1::uuid[], …) AS u(id, …)`, and the arrays for it. */
function unnest({ columns }: Table, values: (ArrayParameter | number)[]): string {
  const arrays = columns.map(({ type, parameter }) => `$${values.push(parameter)}::${type}[]`);
  return `unnest(${arrays.join(', ')}) AS u(${columns.map(({ name }) => name).join(', ')})`;
}

function insert(name: string, table: Table, values: (ArrayParameter | number)[]): string {
  const columns = table.columns.map((column) => column.name).join(', ');
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
  const write = toWrite(toTables(changes, state, now));
  const [, , ended] = await roundTrip(client, [
    write === null ? null : () => client.query(write),
    notify === null
      ? null
      : () => client.query({ name: 'credits_notify', text: NOTIFY, values: [notify.channel, notify.payloads] }),
    () => client.query(end),
  ]);
  // The COMMIT of a transaction that failed answers ROLLBACK, and is not an error.
  assert.equal(ended.command, end.split(' ')[0], 'The batch was not committed.');
}

/**
 * Sends the rows of a part of a batch, without waiting and without ending anything: balances change once, with the last
 * part. Whoever calls waits for it before the client goes back; what failed here fails the transaction's end as well.
 */
export async function writeAhead(
  client: ClientBase,
  { changes, state, now }: { changes: BatchChanges; state: BatchState; now: string },
): Promise<void> {
  const write = toWrite(toTables({ ...changes, accounts: new Set() }, state, now));
  if (write !== null) await client.query(write);
}

/** The one statement that writes all tables; null where there is nothing to write. */
function toWrite(tables: ReturnType<typeof toTables>) {
  const values: (ArrayParameter | number)[] = [];
  const write: Record<keyof typeof tables, (table: Table) => string> = {
    accounts: (
      table,
    ) => `UPDATE credits_accounts SET posted = u.posted, held = u.held, version = u.version, hash = u.hash
      FROM ${unnest(table, values)}
      WHERE credits_accounts.id = u.id AND credits_accounts.version = u.version_before RETURNING 1`,
    holdsChanged: (
      table,
    ) => `UPDATE credits_holds SET remaining = u.remaining, state = u.state, expires_at = u.expires_at
      FROM ${unnest(table, values)} WHERE credits_holds.id = u.id RETURNING 1`,
    holds: (table) => insert('credits_holds', table, values),
    transfers: (table) => insert('credits_transfers', table, values),
    entries: (table) => insert('credits_entries', table, values),
    operations: (table) => insert('credits_operations', table, values),
  };
  const parts: { name: string; sql: string }[] = [];
  let rows = 0;
  for (const [index, part] of PARTS.entries()) {
    if (tables[part].count === 0) continue; // touching a table for nothing is what a lone command would pay most for
    rows += tables[part].count;
    parts.push({ name: `p${index}`, sql: write[part](tables[part]) });
  }
  if (rows === 0) return null;
  // Ends in a division by zero where it wrote other rows than were decided: the commit is on its way already, and only a
  // failure of the statement itself can still turn it into a rollback.
  const text = `WITH ${parts.map(({ name, sql }) => `${name} AS (${sql})`).join(', ')}
    SELECT 1 / (${parts.map(({ name }) => `(SELECT count(*) FROM ${name})`).join(' + ')}
      = $${values.push(rows)}::bigint)::int AS complete`;
  return { name: `credits_write_${parts.map((part) => part.name).join('')}`, text, values };
}

const PARTS = ['accounts', 'holdsChanged', 'holds', 'transfers', 'entries', 'operations'] as const;

function toTables(changes: BatchChanges, state: BatchState, now: string) {
  const accounts = [...changes.accounts].flatMap((id) => state.accounts.get(id) ?? []);
  return {
    accounts: toTable(accounts, {
      id: ['text', (account) => account.id],
      posted: ['bigint', (account) => account.posted],
      held: ['bigint', (account) => account.held],
      version: ['bigint', (account) => account.version],
      hash: ['bytea', (account) => toBytea(account.hash)],
      version_before: ['bigint', (account) => account.versionBefore],
    }),
    holdsChanged: toTable([...changes.holdsChanged.values()], {
      id: ['uuid', (hold) => hold.id],
      remaining: ['bigint', (hold) => hold.remaining],
      state: ['text', (hold) => hold.state],
      expires_at: ['timestamptz', (hold) => hold.expiresAt],
    }),
    holds: toTable(changes.holdsOpened, {
      id: ['uuid', (hold) => hold.id],
      account: ['text', (hold) => hold.account],
      destination: ['text', (hold) => hold.destination],
      amount: ['bigint', (hold) => hold.amount],
      remaining: ['bigint', (hold) => hold.remaining],
      state: ['text', (hold) => hold.state],
      actor: ['text', (hold) => hold.actor],
      reason: ['text', (hold) => hold.reason],
      expires_at: ['timestamptz', (hold) => hold.expiresAt],
      created_at: ['timestamptz', (hold) => hold.createdAt],
    }),
    transfers: toTable(changes.transfers, {
      id: ['uuid', (transfer) => transfer.id],
      kind: ['text', (transfer) => transfer.kind],
      source: ['text', (transfer) => transfer.source],
      source_version: ['bigint', (transfer) => transfer.sourceVersion],
      destination: ['text', (transfer) => transfer.destination],
      destination_version: ['bigint', (transfer) => transfer.destinationVersion],
      amount: ['bigint', (transfer) => transfer.amount],
      actor: ['text', (transfer) => transfer.actor],
      reason: ['text', (transfer) => transfer.reason],
      metadata: ['json', (transfer) => transfer.metadata],
      reverses: ['uuid', (transfer) => transfer.reverses],
      hold: ['uuid', (transfer) => transfer.hold],
      created_at: ['timestamptz', () => now],
    }),
    entries: toTable(changes.entries, {
      account: ['text', (entry) => entry.account],
      version: ['bigint', (entry) => entry.version],
      kind: ['text', (entry) => entry.kind],
      direction: ['text', (entry) => entry.direction],
      amount: ['bigint', (entry) => entry.amount],
      posted_before: ['bigint', (entry) => entry.postedBefore],
      held_before: ['bigint', (entry) => entry.heldBefore],
      posted_after: ['bigint', (entry) => entry.postedAfter],
      held_after: ['bigint', (entry) => entry.heldAfter],
      transfer: ['uuid', (entry) => entry.transfer],
      hold: ['uuid', (entry) => entry.hold],
      operation: ['text', (entry) => entry.operation],
      actor: ['text', (entry) => entry.actor],
      reason: ['text', (entry) => entry.reason],
      metadata: ['json', (entry) => entry.metadata],
      created_at: ['timestamptz', () => now],
      hash: ['bytea', (entry) => toBytea(entry.hash)],
    }),
    operations: toTable(changes.operations, {
      actor: ['text', (operation) => operation.actor],
      key: ['text', (operation) => operation.key],
      fingerprint: ['text', (operation) => operation.fingerprint],
      account: ['text', (operation) => operation.account],
      version: ['bigint', (operation) => operation.version],
      posted: ['bigint', (operation) => operation.posted],
      held: ['bigint', (operation) => operation.held],
      transfer: ['uuid', (operation) => operation.transfer],
      hold: ['uuid', (operation) => operation.hold],
      hold_remaining: ['bigint', (operation) => operation.holdRemaining],
      hold_state: ['text', (operation) => operation.holdState],
      hold_expires_at: ['timestamptz', (operation) => operation.holdExpiresAt],
      once: ['text', (operation) => operation.once],
      created_at: ['timestamptz', () => now],
    }),
  };
}

function toBytea(hash: ChainHash): string {
  return `\\x${hash}`;
}
