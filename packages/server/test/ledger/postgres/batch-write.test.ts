import { expect, test } from 'vitest';
import { writeBatch, WriteStatements } from '../../../src/ledger/postgres/batch-write.ts';
import type { SqlClient } from '../../../src/ledger/postgres/database.ts';
import { createStatement, Statements } from '../../../src/ledger/postgres/statements.ts';
import type { BatchChanges } from '../../../src/ledger/rules/state.ts';

const claim = { account: { id: 'user', number: 65 }, claimKey: 'daily', keyDigest: '00'.repeat(16) };
const changes: BatchChanges = {
  rows: [],
  accounts: new Set(),
  holdsOpened: new Set(),
  holdsChanged: new Set(),
  claims: [claim],
  lotsOpened: new Set(),
  lotsChanged: new Set(),
  ratesOpened: new Set(),
  ratesChanged: new Set(),
  allowancesOpened: new Set(),
  allowancesChanged: new Set(),
  events: [],
  alerts: new Set(),
  lotAlertsOpened: [],
  lotAlertsDone: [],
};

/** Writes with a client that answers the end of the transaction with a word. */
function write(ended: string): Promise<void> {
  const client: SqlClient = {
    query: async ({ text }) => ({ command: text === 'COMMIT' ? ended : 'SELECT', rows: [] }),
  };
  const statements = new Statements(() => undefined);
  const end = createStatement('COMMIT');
  return writeBatch({ client, statements, write: new WriteStatements('"credits"'), end }, changes, null);
}

test('a COMMIT that returns ROLLBACK has committed nothing, and is not acknowledged', async () => {
  await expect(write('COMMIT')).resolves.toBeUndefined();
  await expect(write('ROLLBACK')).rejects.toThrow('The batch was not committed.');
});
