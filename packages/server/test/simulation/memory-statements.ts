/**
 * What each of the ledger's statements reads, by its name or, where it has none, by how it begins. Rows have every column
 * that the tables have, so that a column more in a statement is there already.
 */
import { APPLIED_SPAN_MAX } from 'realtime-credits/contract';
import { LEDGER_MIGRATIONS } from '../../src/ledger/migrations.ts';
import { addAccount, entriesOf, integer, sqlError, text, type Cell, type Row, type Tables } from './memory-tables.ts';
import { VERIFICATION } from './memory-verify.ts';

type Answer = (tables: Tables, values: readonly unknown[]) => readonly Row[];

const list = (value: unknown): string[] => value as string[];
const instant = (value: unknown): number => new Date(value as string | Date).getTime();
const at = (value: Cell | undefined): number => (value instanceof Date ? value.getTime() : Number.NaN);

function found<Item>(item: Item | undefined): Item[] {
  return item === undefined ? [] : [item];
}

function prefix(letter: string, row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, cell]) => [`${letter}_${column}`, cell]));
}

const NO_TRANSFER: Row = { t_id: null };
const NO_HOLD: Row = { h_id: null };

function transferOf(tables: Tables, id: Cell | undefined): Row | undefined {
  return typeof id === 'string' ? tables.transfers.get(id) : undefined;
}

function joinOperation(tables: Tables, operation: Row): Row {
  const transfer = transferOf(tables, operation['transfer']);
  const hold = tables.holds.get(text(operation['hold']));
  return {
    ...operation,
    ...(transfer === undefined ? NO_TRANSFER : prefix('t', transfer)),
    ...(hold === undefined ? NO_HOLD : prefix('h', hold)),
  };
}

function isExpired(hold: Row, nowMs: number): boolean {
  return integer(hold['remaining']) > 0 && at(hold['expires_at']) <= nowMs;
}

/** `open`, or how it ended: what lists of holds are asked for by. */
function listed(hold: Row, state: unknown, before: unknown): boolean {
  const is = integer(hold['remaining']) > 0 ? 'open' : hold['state'];
  return is === state && (before === null || text(hold['id']) < String(before));
}

function listHolds(tables: Tables, state: unknown, before: unknown, limit: unknown, account?: unknown): Row[] {
  return [...tables.holds.values()]
    .filter((hold) => account === undefined || hold['account'] === account)
    .filter((hold) => listed(hold, state, before))
    .toSorted((one, other) => (text(one['id']) < text(other['id']) ? 1 : -1))
    .slice(0, Number(limit))
    .map((hold) => prefix('h', hold));
}

export const NAMED: Record<string, Answer> = {
  credits_lock: (tables, [ids]) =>
    list(ids)
      .toSorted()
      .flatMap((id) => found(tables.accounts.get(id))),
  credits_operations: (tables, [actors, keys]) =>
    list(actors).flatMap((actor, index) =>
      found(tables.operations.get(`${actor} ${list(keys)[index]}`)).map((row) => joinOperation(tables, row)),
    ),
  credits_holds: (tables, [ids, accounts, now]) => [
    ...list(ids).flatMap((id) => found(tables.holds.get(id)).map((hold) => prefix('h', hold))),
    ...[...tables.holds.values()]
      .filter((hold) => list(accounts).includes(text(hold['account'])) && isExpired(hold, instant(now)))
      .filter((hold) => !list(ids).includes(text(hold['id'])))
      .map((hold) => prefix('h', hold)),
  ],
  credits_claims: (tables, [facts, accounts]) =>
    list(facts).flatMap((once) =>
      list(accounts).flatMap((account) =>
        found(tables.claims.get(`${account} ${once}`)).map((row) => ({
          ...row,
          reference: row['transfer'] ?? row['hold'] ?? row['key'] ?? null,
        })),
      ),
    ),
  credits_transfers: (tables, [ids]) =>
    list(ids).flatMap((id) => found(tables.transfers.get(id)).map((row) => prefix('t', row))),
  credits_reversed: (tables, [ids]) => list(ids).flatMap((id) => found(tables.reversals.get(id))),
  credits_hold_accounts: (tables, [ids]) => list(ids).flatMap((id) => found(tables.holds.get(id))),
  credits_versions: (tables, [ids]) => list(ids).flatMap((id) => found(tables.accounts.get(id))),
  credits_expired: (tables, [now, limit]) => {
    const accounts = new Set<string>();
    for (const hold of tables.holds.values()) if (isExpired(hold, instant(now))) accounts.add(text(hold['account']));
    return [...accounts].slice(0, Number(limit)).map((account) => ({ account }));
  },
  credits_next_end: (tables) =>
    [...tables.holds.values()]
      .filter((hold) => integer(hold['remaining']) > 0)
      .toSorted((one, other) => at(one['expires_at']) - at(other['expires_at']))
      .slice(0, 1),
  credits_snapshot: (tables, [id, since, keys, now]) => {
    const account = tables.accounts.get(String(id));
    if (account === undefined) return [];
    const version = integer(account['version']);
    const after = Math.max(Number(since), version - APPLIED_SPAN_MAX);
    const applied = entriesOf(tables, String(id)).slice(after, version);
    const asked = list(keys).flatMap((key) => found(tables.operations.get(`${String(id)} ${key}`)));
    const known = asked.filter((row) => row['fingerprint'] !== null).map((row) => row['key'] ?? null);
    const abandoned = asked.filter((row) => row['fingerprint'] === null).map((row) => row['key'] ?? null);
    const expired = [...tables.holds.values()].some((hold) => hold['account'] === id && isExpired(hold, instant(now)));
    const operations = applied.flatMap((entry) => entry['operation'] ?? []);
    return [{ ...account, applied: operations, known, abandoned, expired }];
  },
  credits_history: (tables, [id, before, limit]) =>
    entriesOf(tables, String(id))
      .slice(0, Math.max(0, Number(before) - 1))
      .toReversed()
      .slice(0, Number(limit))
      .map((entry) => {
        const transfer = transferOf(tables, entry['transfer']);
        const isSource = entry['account'] === transfer?.['source'];
        const said = transfer ?? entry;
        return {
          ...entry,
          transfer_kind: transfer?.['kind'] ?? null,
          counterparty: (isSource ? transfer?.['destination'] : transfer?.['source']) ?? null,
          actor: said['actor'] ?? null,
          reason: said['reason'] ?? null,
          metadata: said['metadata'] ?? null,
        };
      }),
};

/** Statements without a name: how they begin. */
const BEGINNINGS: [string, Answer][] = [
  ['SELECT epoch FROM credits_lives', (tables) => [{ epoch: tables.epoch }]],
  [
    'SELECT 1 / (random() * 0)::int',
    () => {
      throw sqlError('22012', 'division by zero');
    },
  ],
  ['SELECT pg_advisory_xact_lock', () => []],
  ['SELECT to_regclass($1) IS NOT NULL AS known', (tables) => [{ known: tables.migrations.length > 0 }]],
  ['CREATE TABLE credits_migrations', () => []],
  ['SELECT name, checksum FROM credits_migrations', (tables) => tables.migrations],
  [
    'INSERT INTO credits_migrations',
    (tables, [position, name, checksum]) => {
      tables.migrations[Number(position)] = { name: String(name), checksum: String(checksum) };
      return [];
    },
  ],
  [
    'INSERT INTO credits_accounts (id, floor, created_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING',
    (tables, [id, createdAt]) => {
      addAccount(tables, String(id), '0', new Date(createdAt as string));
      return [];
    },
  ],
  ['SELECT t.id AS t_id', (tables, [id]) => found(tables.transfers.get(String(id))).map((row) => prefix('t', row))],
  [
    'SELECT a.posted, a.held, a.version,\n    EXISTS',
    (tables, [id, state, before, limit, now]) => {
      const account = tables.accounts.get(String(id));
      if (account === undefined) return [];
      const expired = [...tables.holds.values()].some(
        (hold) => hold['account'] === id && isExpired(hold, instant(now)),
      );
      const holds = listHolds(tables, state, before, limit, id);
      return (holds.length === 0 ? [NO_HOLD] : holds).map((hold) => ({ ...account, ...hold, expired }));
    },
  ],
  [
    'SELECT h.id AS h_id',
    (tables, [id, before, limit]) =>
      limit === undefined
        ? found(tables.holds.get(String(id))).map((row) => prefix('h', row))
        : listHolds(tables, id, before, limit),
  ],
  [
    'WITH RECURSIVE search',
    (tables, [id, until]) => {
      if (!tables.accounts.has(String(id))) return [{ version: null }];
      const older = entriesOf(tables, String(id)).filter((entry) => at(entry['created_at']) <= instant(until));
      return [{ version: String(older.length) }];
    },
  ],
  [
    'SELECT posted_after, held_after FROM credits_entries',
    (tables, [id, version]) => found(entriesOf(tables, String(id))[Number(version) - 1]),
  ],
  [
    'SELECT\n    -coalesce(sum(posted)',
    (tables) => {
      const users = [...tables.accounts.values()].filter((account) => !text(account['id']).startsWith('house:'));
      const sum = (column: string): string => String(users.reduce((total, row) => total + integer(row[column]), 0));
      const house = (id: string): number => integer(tables.accounts.get(id)?.['posted']);
      return [
        {
          issued: String(-house('house:issued') || 0),
          spent: String(house('house:spent')),
          circulating: sum('posted'),
          held: sum('held'),
          accounts: String(users.length),
        },
      ];
    },
  ],
  ...VERIFICATION,
  ...LEDGER_MIGRATIONS.map(({ sql }): [string, Answer] => [sql, () => []]),
];

/** Finds what answers a statement; throws for one that nobody has taught this database. */
export function findStatement(name: string | null, statement: string): Answer {
  const answer = name === null ? undefined : NAMED[name];
  if (answer !== undefined) return answer;
  const known = BEGINNINGS.find(([beginning]) => statement.startsWith(beginning));
  if (known !== undefined) return known[1];
  throw new Error(`The memory database does not know the statement ${name ?? ''}: ${statement.slice(0, 120)}`);
}
