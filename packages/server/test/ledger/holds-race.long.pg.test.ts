import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { createBench } from '../support/ledger.ts';
import { testHoldRaces } from './holds-race.ts';

testHoldRaces(
  createBench(async () => {
    const { url, drop } = await createPostgresDatabase();
    return { database: await openDatabase({ url }), drop };
  }),
  { runs: 150 },
);
