import { openDatabase, type Database } from 'realtime-credits-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPostgresDatabase, type PostgresDatabase } from '../../../../packages/server/test/support/database.ts';
// Declares by what name the run's Postgres server is found.
import '../../../../packages/server/test/support/postgres-server.ts';
import { createLinkSeal } from '../../server/mail/link-seal.ts';
import { createMailer, type MessageOutcome } from '../../server/mail/mailer.ts';
import type { Message } from '../../server/mail/messages.ts';
import { createOutbox, LEASE_MS, type Outbox } from '../../server/mail/outbox.ts';
import { openTestDashboard } from './support/dashboard.ts';

// Several instances send what waits in one table.

let postgres: PostgresDatabase;
let databases: Database[];
const clock = { at: Date.now() };
let delivered: string[] = [];

beforeAll(async () => {
  postgres = await createPostgresDatabase();
  databases = [await openDatabase({ url: postgres.url }), await openDatabase({ url: postgres.url })];
  // Makes the tables.
  const dashboard = await openTestDashboard({ database: at(0) });
  await dashboard.end();
});
beforeEach(() => {
  delivered = [];
});
afterAll(async () => {
  for (const database of databases ?? []) await database.close();
  await postgres?.drop();
});

function at(index: number): Database {
  const database = databases[index];
  if (database === undefined) throw new Error(`There is no database ${index}.`);
  return database;
}

interface Instance {
  sweep(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
  outcomes: MessageOutcome[];
  warnings: unknown[];
}

const SEAL = createLinkSeal('only-for-tests');

function openInstance(index: number, options: { isRefused?: boolean; change?: Partial<Outbox> } = {}): Instance {
  const outcomes: MessageOutcome[] = [];
  const warnings: unknown[] = [];
  const { sweep, close } = createMailer({
    async deliver({ to }) {
      if (options.isRefused === true) throw new Error('451 Later');
      delivered.push(to);
    },
    outbox: { ...createOutbox(at(index).pool, () => clock.at, SEAL), ...options.change },
    store: 'memory',
    now: () => clock.at,
    count: (outcome) => outcomes.push(outcome),
    onWarning: (message) => warnings.push(message),
  });
  return { sweep, close, outcomes, warnings };
}

/** Sweeps once with each of them. */
async function sweepOnce(...instances: Instance[]): Promise<void> {
  await Promise.all(instances.map(({ sweep }) => sweep()));
  await Promise.all(instances.map(({ close }) => close()));
}

async function add(to: string, kind: Message['kind'] = 'verify'): Promise<void> {
  const link = 'https://panel.example/verify#token';
  await createOutbox(at(0).pool, () => clock.at, SEAL).add({ kind, userId: 'u', to, link });
}

async function readTries(): Promise<number[]> {
  const { rows } = await at(0).pool.query<{ tries: number }>(`SELECT tries FROM dashboard_outbox ORDER BY id`);
  return rows.map(({ tries }) => tries);
}

test('mail: two instances that sweep at once send each message once', async () => {
  const recipients = Array.from({ length: 120 }, (_, index) => `person${String(index).padStart(3, '0')}@example.test`);
  for (const to of recipients) await add(to);
  clock.at += LEASE_MS;
  const instances = Array.from({ length: 8 }, (_, index) => openInstance(index % 2));
  await sweepOnce(...instances);
  expect(delivered.toSorted()).toEqual(recipients);
  expect(await readTries()).toEqual([]);
  expect(instances.flatMap(({ warnings }) => warnings)).toEqual([]);
});

test('mail: a process that dies after sending and before saying that it did: once more, after its lease', async () => {
  await add('twice@example.test');
  clock.at += LEASE_MS;
  const dies = openInstance(0, { change: { remove: () => Promise.reject(new Error('gone')) } });
  await sweepOnce(dies);
  expect(delivered).toEqual(['twice@example.test']);
  clock.at += LEASE_MS - 1;
  await sweepOnce(openInstance(1));
  expect(delivered).toHaveLength(1);
  clock.at += 1;
  await sweepOnce(openInstance(0), openInstance(1));
  expect(delivered).toEqual(['twice@example.test', 'twice@example.test']);
  expect(await readTries()).toEqual([]);
});

test('mail: instances count failures together, and one of them gives up, once', async () => {
  await add('never@example.test', 'reset');
  clock.at += LEASE_MS;
  const outcomes: MessageOutcome[] = [];
  let tries = 0;
  while ((await readTries()).length > 0 && tries < 20) {
    const instances = [openInstance(0, { isRefused: true }), openInstance(1, { isRefused: true })];
    await sweepOnce(...instances);
    outcomes.push(...instances.flatMap((instance) => instance.outcomes));
    tries += 1;
    const [failed = tries] = await readTries();
    expect(failed).toBe(tries);
    const { rows } = await at(0).pool.query<{ due: Date }>(`SELECT next_try_at AS due FROM dashboard_outbox`);
    clock.at = rows[0]?.due.getTime() ?? clock.at;
  }
  expect(outcomes).toEqual(['failed']);
  expect(tries).toBeGreaterThan(3);
  const { rows } = await at(0).pool.query(`SELECT recipient, link, failed FROM dashboard_messages`);
  expect(rows).toEqual([{ recipient: 'never@example.test', link: null, failed: true }]);
});
