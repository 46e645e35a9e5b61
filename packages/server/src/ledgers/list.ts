import { createHash, randomUUID } from 'node:crypto';
import { CreditsError } from 'realtime-credits/contract';
import type { SqlClient, SqlPool } from '../ledger/postgres/database.ts';
import type { Row } from '../ledger/postgres/codecs.ts';
import { migrate, type Migration } from '../ledger/postgres/migrate.ts';
import { parseSchema } from '../ledger/postgres/schema.ts';
import { createStatement, sendUnnamed } from '../ledger/postgres/statements.ts';
import { CLEARING, type Member } from './member.ts';

/**
 * The list of ledgers, in a schema of its own: which schemas, in which order. It only ever grows at its end. Each schema
 * names in turn the list that it belongs to, so two lists cannot share a ledger.
 */

/** The list as it is stored. */
interface StoredList {
  id: string;
  schemas: string[];
}

function createListMigrations(directory: string): readonly Migration[] {
  const s = `"${directory}"`;
  return [
    {
      name: '001-list',
      sql: `CREATE TABLE ${s}.list (
  id uuid NOT NULL,
  epoch uuid NOT NULL,
  hash text NOT NULL,
  one_row boolean NOT NULL DEFAULT true,
  CONSTRAINT list_pkey PRIMARY KEY (id),
  CONSTRAINT list_one_row_key UNIQUE (one_row),
  CONSTRAINT list_one_row CHECK (one_row)
)`,
    },
    {
      name: '002-ledgers',
      sql: `CREATE TABLE ${s}.ledgers (
  position integer NOT NULL,
  schema text NOT NULL,
  epoch uuid NOT NULL,
  joined_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ledgers_pkey PRIMARY KEY (position),
  CONSTRAINT ledgers_schema_key UNIQUE (schema)
)`,
    },
    {
      // Versions of an account are those of its ledger plus `base`: what it reached elsewhere before it came here.
      name: '003-placements',
      sql: `CREATE TABLE ${s}.placements (
  account text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  after bigint NOT NULL DEFAULT 0,
  base bigint NOT NULL DEFAULT 0,
  earlier json NOT NULL DEFAULT '[]',
  CONSTRAINT placements_pkey PRIMARY KEY (account)
)`,
    },
    {
      name: '004-placements-moved',
      sql: `CREATE INDEX placements_moved ON ${s}.placements (account) WHERE earlier::text <> '[]'`,
    },
  ];
}

function createMembershipMigrations(schema: string): readonly Migration[] {
  return [
    {
      name: '001-membership',
      sql: `CREATE TABLE "${schema}".membership (list uuid NOT NULL, CONSTRAINT membership_pkey PRIMARY KEY (list))`,
    },
  ];
}

/**
 * Compares the schemas that are asked for with the stored list, and changes nothing.
 *
 * @returns the schemas to open
 * @throws {CreditsError} `invalid_request` — see {@link refuse}
 */
export async function checkList(
  client: SqlClient | SqlPool,
  directory: string,
  asked: readonly string[] | undefined,
): Promise<string[]> {
  const stored = await readList(client, directory);
  const schemas = asked?.map(parseSchema) ?? stored?.schemas ?? [];
  if (schemas.length === 0) refuse(`There is no list of ledgers in the schema "${directory}": name their schemas.`);
  if (new Set([...schemas, directory]).size !== schemas.length + 1) {
    refuse(`The schemas of ledgers, and "${directory}", must differ: got ${schemas.join(', ')}.`);
  }
  const known = stored?.schemas ?? [];
  if (known.some((schema, position) => schemas[position] !== schema)) {
    refuse(
      `The list of ledgers is ${known.join(', ')}, and got ${schemas.join(', ')}: a list keeps its order, and grows at its end only.`,
    );
  }
  for (const [position, schema] of schemas.entries()) {
    const list = await readMembership(client, schema);
    const expected = position < known.length ? stored?.id : null;
    if (list === expected || (list !== null && list === stored?.id)) continue;
    refuse(
      list === null
        ? `The schema "${schema}" is not the ledger that joined the list in "${directory}": was it made again?`
        : `The schema "${schema}" belongs to another list of ledgers than the one in "${directory}".`,
    );
  }
  return schemas;
}

/**
 * Makes the list, or adds the members that are new to it. Accounts that these have already stay with them. Returns the
 * epoch of all ledgers together: a ledger that was restored from a backup gives them a new one.
 *
 * @throws {CreditsError} `invalid_request` — another process changed the list meanwhile, or a new member has an account
 * that another ledger has
 */
export async function joinList(pool: SqlPool, directory: string, members: readonly Member[]): Promise<string> {
  const tables = ['list', 'ledgers', 'placements'];
  const namespace = 'ledgers';
  await migrate(pool, { schema: directory, namespace, tables, migrations: createListMigrations(directory) });
  for (const { schema } of members) {
    await migrate(pool, { schema, namespace, tables: ['membership'], migrations: createMembershipMigrations(schema) });
  }
  const s = `"${directory}"`;
  const [first] = members;
  if (first === undefined) throw new Error('A list has at least one ledger.');
  return first.ledger.transaction(async ({ client: joined }) => {
    const client = joined as unknown as SqlClient;
    await run(client, `SELECT pg_advisory_xact_lock(hashtextextended('realtime-credits:ledgers', 0))`);
    const schemas = members.map(({ schema }) => schema);
    await checkList(client, directory, schemas);
    let list = await readList(client, directory);
    if (list === null) {
      list = { id: randomUUID(), schemas: [] };
      await run(client, `INSERT INTO ${s}.list (id, epoch, hash) VALUES ($1, gen_random_uuid(), '')`, [list.id]);
    }
    for (const member of members.slice(list.schemas.length)) await addMember(client, s, list.id, member);
    const hash = hashOf({ ...list, schemas });
    await run(client, `UPDATE ${s}.list SET hash = $1 WHERE hash <> $1`, [hash]);
    for (const { position, ledger } of members) {
      const [renewed] = await run(
        client,
        `UPDATE ${s}.ledgers SET epoch = $2 WHERE position = $1 AND epoch <> $2 RETURNING epoch`,
        [String(position), ledger.epoch],
      );
      if (renewed !== undefined) await run(client, `UPDATE ${s}.list SET epoch = gen_random_uuid()`);
    }
    const [row] = await run(client, `SELECT epoch FROM ${s}.list`);
    return row?.['epoch'] ?? '';
  });
}

async function addMember(client: SqlClient, s: string, list: string, { position, schema, ledger }: Member) {
  await run(client, `INSERT INTO "${schema}".membership (list) VALUES ($1)`, [list]);
  const at = [String(position), schema, ledger.epoch];
  await run(client, `INSERT INTO ${s}.ledgers (position, schema, epoch) VALUES ($1, $2, $3)`, at);
  const own = `FROM "${schema}".accounts a WHERE a.id NOT LIKE 'system:%' AND a.id <> '${CLEARING}'`;
  const [twice] = await run(
    client,
    `SELECT a.id ${own} AND EXISTS (SELECT 1 FROM ${s}.placements p WHERE p.account = a.id) LIMIT 1`,
  );
  if (twice !== undefined) {
    refuse(`The schema "${schema}" has the account ${twice['id']}, and so has another ledger of the list.`);
  }
  await run(client, `INSERT INTO ${s}.placements (account, position) SELECT a.id, $1::integer ${own}`, [
    String(position),
  ]);
}

async function readList(client: SqlClient | SqlPool, directory: string): Promise<StoredList | null> {
  const s = `"${parseSchema(directory)}"`;
  const [exists] = await run(client, `SELECT to_regclass($1) AS found`, [`${s}.list`]);
  if (exists?.['found'] == null) return null;
  const [list] = await run(client, `SELECT id, hash FROM ${s}.list`);
  if (list === undefined) return null;
  const rows = await run(client, `SELECT schema FROM ${s}.ledgers ORDER BY position`);
  const stored = { id: list['id'] ?? '', schemas: rows.map((row) => row['schema'] ?? '') };
  if (hashOf(stored) === list['hash']) return stored;
  return refuse(`The list of ledgers in the schema "${directory}" does not match its hash: it was changed by hand.`);
}

async function readMembership(client: SqlClient | SqlPool, schema: string): Promise<string | null> {
  const [exists] = await run(client, `SELECT to_regclass($1) AS found`, [`"${schema}".membership`]);
  if (exists?.['found'] == null) return null;
  return (await run(client, `SELECT list FROM "${schema}".membership`))[0]?.['list'] ?? null;
}

function hashOf({ id, schemas }: StoredList): string {
  return createHash('sha256')
    .update(JSON.stringify([id, ...schemas]))
    .digest('hex');
}

function refuse(message: string): never {
  throw new CreditsError('invalid_request', message, { details: { field: 'schemas' } });
}

/** Sends one statement outside of the ledgers' own. */
export async function run(client: SqlClient | SqlPool, text: string, values: readonly (string | null)[] = []) {
  return (await sendUnnamed(client, createStatement(text), values)).rows as Row[];
}
