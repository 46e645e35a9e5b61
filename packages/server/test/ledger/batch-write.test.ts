import type { ClientBase } from 'pg';
import { expect, test } from 'vitest';
import { writeBatch } from '../../src/ledger/batch-write.ts';

const nothing: Parameters<typeof writeBatch>[1] = {
  changes: {
    transfers: [],
    entries: [],
    operations: [],
    holdsOpened: [],
    holdsChanged: new Map(),
    accounts: new Set(),
  },
  state: {
    accounts: new Map(),
    operations: new Map(),
    holds: new Map(),
    transfers: new Map(),
    reversed: new Set(),
    claims: new Map(),
  },
  now: '2026-11-22T12:00:00.000Z',
  notify: null,
  end: 'COMMIT',
};

/** Answers every statement, and the end of the transaction with this. */
function createClient(ended: string): ClientBase {
  const query = async (statement: unknown) => ({ command: statement === 'COMMIT' ? ended : 'SELECT', rows: [] });
  return { query } as unknown as ClientBase;
}

test('a COMMIT that answers ROLLBACK has committed nothing, and nobody hears that it has', async () => {
  await expect(writeBatch(createClient('COMMIT'), nothing)).resolves.toBeUndefined();
  await expect(writeBatch(createClient('ROLLBACK'), nothing)).rejects.toThrow('The batch was not committed.');
});
