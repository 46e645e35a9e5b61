import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { openDatabase, type Database, type SqlPool } from '../../../src/ledger/postgres/database.ts';
import { createPostgresDatabase } from '../../support/database.ts';
import { by, refusal } from '../../support/ledger.ts';

// A real failover is `npm run failover`. Here the server says that it writes another timeline than it does.

let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const created = await createPostgresDatabase();
  drop = created.drop;
  database = await openDatabase({ url: created.url });
});

afterAll(async () => {
  await database.close();
  await drop();
});

/** The same pool, whose statements find a number in place of the timeline. */
function withTimeline(pool: SqlPool, current: () => number): SqlPool {
  const replace = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(inner, property) {
        const value: unknown = Reflect.get(inner, property, inner);
        if (typeof value !== 'function') return value;
        if (property !== 'query' && property !== 'connect') return value.bind(inner) as unknown;
        return async (...values: unknown[]) => {
          const result = (await value.apply(inner, values)) as { rows?: { timeline?: string }[] };
          for (const row of result.rows ?? []) {
            if (typeof row.timeline === 'string') row.timeline = row.timeline.replace(/\w{8}$/, `0000000${current()}`);
          }
          return property === 'connect' ? replace(result) : result;
        };
      },
    });
  return replace(pool);
}

test('an old primary that returns is refused for commands and reads, and nothing is written', async () => {
  let timeline = 2;
  const pool = withTimeline(database.pool, () => timeline);
  const ledger = await createLedger({ database: { ...database, pool }, expirySweepMs: 3_600_000 });
  const grant = { ...by('system:test'), account: 'user', amount: 5 };
  await ledger.grant(grant);
  timeline = 1;
  const refused = [
    await refusal(ledger.grant({ ...by('system:test'), account: 'user', amount: 7 }), 'unavailable'),
    await refusal(ledger.balance('user'), 'unavailable'),
    await refusal(ledger.history('user'), 'unavailable'),
    await refusal(ledger.holds('user'), 'unavailable'),
    await refusal(ledger.lots('user'), 'unavailable'),
    await refusal(ledger.rates('user'), 'unavailable'),
  ];
  for (const { message } of refused) expect(message).toContain('old primary: it writes timeline 1, and timeline 2');
  const { rows } = await database.pool.query('SELECT amount FROM credits.journal WHERE key IS NOT NULL');
  expect(rows).toEqual([{ amount: '5' }]);
  timeline = 3;
  expect(await ledger.grant(grant)).toMatchObject({ replayed: true });
  expect(await ledger.balance('user')).toMatchObject({ balance: { available: 5 } });
  await ledger.close();
});
