import type { ClientBase } from 'pg';
import { expect, test } from 'vitest';
import { commitInParts } from '../../src/ledger/batch-parts.ts';
import type { AccountState, BatchState } from '../../src/ledger/batch-state.ts';
import type { MoveIntent } from '../../src/ledger/intent.ts';

// What parts do beside what any batch does, on a client that answers when it is told to. On a server: batch-parts.pg.test.ts.

function createState(...accounts: Partial<AccountState>[]): BatchState {
  const nothing = { floor: 0, posted: 1_000, held: 0, version: 1, versionBefore: 1, hash: '' };
  return {
    accounts: new Map(accounts.map((account) => [account.id ?? '', { id: '', ...nothing, ...account }])),
    operations: new Map(),
    holds: new Map(),
    transfers: new Map(),
    reversed: new Set(),
    claims: new Map(),
  };
}

function move(source: string, key: number): MoveIntent {
  const base = { actor: source, key: `key:${key}`, fingerprint: '', reason: 'A test', metadata: {}, once: null };
  return { ...base, kind: 'transfer', account: source, source, destination: 'user:sink', amount: 1 };
}

/** A client that pipelines, and answers nothing until it is told to. */
function createClient(): { client: ClientBase; sent: string[]; answer: () => void } {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  const query = (statement: string | { name: string }) => {
    sent.push(typeof statement === 'string' ? statement : statement.name);
    return new Promise((resolve) => waiting.push(() => resolve({ command: 'COMMIT', rows: [] })));
  };
  const answer = () => waiting.splice(0).forEach((next) => next());
  return { client: { pipeline: true, query } as unknown as ClientBase, sent, answer };
}

const options = { nowMs: Date.parse('2026-11-22T12:00:00.000Z'), notify: null };

test('the rows of the first part are on their way before the second is decided, and balances change with the second', async () => {
  const { client, sent, answer } = createClient();
  const state = createState({ id: 'user:one' }, { id: 'user:sink' });
  const intents = Array.from({ length: 130 }, (_, key) => move('user:one', key));
  const committed = commitInParts(client, intents, { ...options, state });
  expect(sent).toEqual(['credits_write_p3p4p5', 'credits_write_p0p3p4p5', 'COMMIT']);
  answer();
  const { outcomes, accounts } = await committed;
  expect(outcomes).toHaveLength(130);
  expect(accounts).toEqual(['user:one', 'user:sink']);
});

test('a batch of less than 128, and one on a connection that does not pipeline, is written whole', async () => {
  for (const [length, pipeline] of [
    [127, true],
    [200, false],
  ] as const) {
    const { client, sent, answer } = createClient();
    Object.assign(client, { pipeline });
    const state = createState({ id: 'user:one' }, { id: 'user:sink' });
    const intents = Array.from({ length }, (_, key) => move('user:one', key));
    const committed = commitInParts(client, intents, { ...options, state });
    expect(sent[0]).toBe('credits_write_p0p3p4p5');
    answer();
    await expect.poll(() => sent, { interval: 1 }).toEqual(['credits_write_p0p3p4p5', 'COMMIT']);
    answer();
    expect((await committed).outcomes).toHaveLength(length);
  }
});

test('a bug that shows after a part was sent is heard when the part has been answered', async () => {
  const { client, sent, answer } = createClient();
  const state = createState({ id: 'user:one' }, { id: 'user:broken', held: -5 }, { id: 'user:sink' });
  const intents = Array.from({ length: 128 }, (_, key) => move(key < 64 ? 'user:one' : 'user:broken', key));
  let heard: unknown = null;
  const committed = commitInParts(client, intents, { ...options, state }).catch((error: unknown) => {
    heard = error;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect({ sent, heard }).toEqual({ sent: ['credits_write_p3p4p5'], heard: null });
  answer();
  await committed;
  expect(String(heard)).toContain('would hold less than nothing');
});

test('a batch in which nothing changes is rolled back', async () => {
  const { client, sent, answer } = createClient();
  const intents = Array.from({ length: 128 }, (_, key) => move('user:unknown', key));
  const committed = commitInParts(client, intents, { ...options, state: createState() });
  expect(sent).toEqual(['ROLLBACK']);
  answer();
  const { outcomes, accounts } = await committed;
  expect(outcomes.every((outcome) => 'error' in outcome && outcome.error.code === 'account_not_found')).toBe(true);
  expect(accounts).toEqual([]);
});
