import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/ledger/postgres/database.ts';
import { openEmbeddedDatabase } from '../../support/database.ts';

// Hosts use the embedded pool for their own tables. It must behave as a pool of a server does.

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedDatabase();
  await database.pool.query('CREATE TABLE shelf (id int PRIMARY KEY CHECK (id > 0))');
});
afterAll(() => database.close());

test('a statement that fails does not disturb the next ones', async () => {
  const insert = (id: number) => database.pool.query('INSERT INTO shelf VALUES ($1)', [id]);
  await insert(1);
  await expect(insert(0)).rejects.toMatchObject({ code: '23514' });
  await expect(insert(1)).rejects.toMatchObject({ code: '23505' });
  await expect(database.pool.query('SELEC 1')).rejects.toMatchObject({ code: '42601' });
  const { rows } = await database.pool.query('SELECT $1::int AS number', [7]);
  expect(rows).toEqual([{ number: 7 }]);
});

test('a named statement that failed can be used again', async () => {
  const insert = (id: number) =>
    database.pool.query({ name: 'insert', text: 'INSERT INTO shelf VALUES ($1)', values: [id] });
  await expect(insert(0)).rejects.toMatchObject({ code: '23514' });
  expect((await insert(20)).rowCount).toBe(1);
});

test('a client that is thrown away in a transaction takes the transaction with it', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO shelf VALUES (77)');
  client.release(true);
  const { rowCount } = await database.pool.query('SELECT FROM shelf WHERE id = 77');
  expect(rowCount).toBe(0);
});

test('a transaction that failed can be rolled back, and the client used on', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await expect(client.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
  await client.query('ROLLBACK');
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  client.release();
});

test('values of several megabytes go in and come out', async () => {
  const text = 'ä'.repeat(2_000_000);
  const { rows } = await database.pool.query('SELECT $1::text AS echo, length($1) AS length', [text]);
  expect(rows[0].length).toBe(2_000_000);
  expect(rows[0].echo === text).toBe(true);
});

test('several statements in one text are answered one by one', async () => {
  const answers = (await database.pool.query('SELECT 1 AS a; SELECT 2 AS a')) as unknown as { rows: unknown[] }[];
  expect(answers.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ a: 2 }]]);
});

test('statements take turns with timers', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  for (let count = 0; count < 200; count += 1) await database.pool.query('SELECT 1');
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});

test('many callers share the one connection, each with its own answer', async () => {
  const asked = Array.from({ length: 100 }, (_, number) => number);
  const answers = await Promise.all(asked.map((number) => database.pool.query('SELECT $1::int AS number', [number])));
  expect(answers.map(({ rows }) => rows[0].number)).toEqual(asked);
});
