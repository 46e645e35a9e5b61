import { describe, expect, test, vi } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../../src/ledger/postgres/database.ts';
import { by, createBench, openAccount } from '../../support/ledger.ts';
import { hasPgBouncer } from '../../support/pgbouncer.ts';
import { createPooledDatabase } from '../../support/pooled-database.ts';
import { testCommands } from '../commands-suite.ts';
import { testHolds } from '../holds-suite.ts';

// Behind a pooler in transaction mode a prepared statement may be lost between two transactions, and LISTEN delivers
// nothing.

const note = hasPgBouncer ? '' : ' (skipped: it is not installed, apt-get install pgbouncer)';

describe.skipIf(!hasPgBouncer)(`behind PgBouncer in transaction mode${note}`, () => {
  let direct = '';
  let pooled = '';
  const bench = createBench(async () => {
    const created = await createPooledDatabase();
    ({ direct, pooled } = created);
    return { database: await openDatabase({ url: pooled, listenUrl: direct }), drop: created.drop };
  });

  // The rest of the behaviour is in `pgbouncer.long.pg.test.ts`.
  testCommands(bench);
  testHolds(bench);

  test('A2: prepared statements are switched off with one warning, and no command fails', async () => {
    const database = await openDatabase({ url: pooled, listenUrl: direct });
    const warnings: string[] = [];
    const ledger = await createLedger({ database, onWarning: (message) => warnings.push(message) });
    const account = await openAccount({ ledger }, 100);
    // Many at once, so statements of one client run on several connections of the server.
    const reads = Array.from({ length: 60 }, () => ledger.balance(account));
    const spends = Array.from({ length: 60 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
    const holds = Array.from({ length: 10 }, () =>
      ledger.transaction(({ ledger: joined }) =>
        joined.hold({ ...by(account), account, amount: 1, expiresAfterMs: 60_000 }),
      ),
    );
    await Promise.all([...reads, ...spends, ...holds]);
    expect(await ledger.balance(account)).toMatchObject({ balance: { posted: 40, held: 10 } });
    expect(warnings.filter((warning) => warning.includes('Prepared statements'))).toHaveLength(1);
    await ledger.close();
    await database.close();
  });

  test('A2: notifications arrive by the direct URL, and without one the ledger knows that they do not', async () => {
    const account = await openAccount(bench, 100);
    const notified: string[] = [];
    const [direct1, pooledOnly] = [
      await openDatabase({ url: pooled, listenUrl: direct }),
      await openDatabase({ url: pooled }),
    ];
    const [listening, blind] = [
      await createLedger({ database: direct1 }),
      await createLedger({ database: pooledOnly }),
    ];
    listening.onChange((accounts) => notified.push(...accounts));
    blind.onChange(() => undefined);
    await vi.waitFor(() => expect(listening.notificationGeneration).not.toBeNull(), { timeout: 20_000 });
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    await vi.waitFor(() => expect(notified).toContain(account), { timeout: 20_000 });
    expect(blind.notificationGeneration).toBeNull();
    for (const ledger of [listening, blind]) await ledger.close();
    for (const database of [direct1, pooledOnly]) await database.close();
  });
});
