import { describe } from 'vitest';
import { openDatabase } from '../../../src/ledger/postgres/database.ts';
import { createBench } from '../../support/ledger.ts';
import { hasPgBouncer } from '../../support/pgbouncer.ts';
import { createPooledDatabase } from '../../support/pooled-database.ts';
import { testBehaviour } from '../behaviour-suite.ts';

describe.skipIf(!hasPgBouncer)('behind PgBouncer in transaction mode, the whole behaviour', () => {
  testBehaviour(
    createBench(async () => {
      const { direct, pooled, drop } = await createPooledDatabase();
      return { database: await openDatabase({ url: pooled, listenUrl: direct }), drop };
    }),
  );
});
