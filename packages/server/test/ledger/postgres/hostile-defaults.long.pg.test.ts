import { createBench } from '../../support/ledger.ts';
import { createHostilePool, replaceParsers, toDatabase } from '../../support/hostile-defaults.ts';
import { testBehaviour } from '../behaviour-suite.ts';

// That the settings are those of the session is shown in `hostile-defaults.pg.test.ts`.
replaceParsers();
testBehaviour(
  createBench(async () => {
    const { pool, drop } = await createHostilePool();
    return { database: toDatabase(pool), drop };
  }),
);
