import { expect, test } from 'vitest';
import { GroupedReads } from '../../../src/ledger/postgres/grouped-reads.ts';
import { SnapshotReads } from '../../../src/ledger/postgres/snapshot-reads.ts';

/** Queries that end when the test says so, and what each of them read. */
function openReads(fail: (queries: readonly string[]) => unknown = () => null) {
  const sent: string[][] = [];
  const waiting: (() => void)[] = [];
  const reads = new GroupedReads<string, string>(async (queries) => {
    sent.push([...queries]);
    await new Promise<void>((resolve) => waiting.push(resolve));
    const error = fail(queries);
    if (error !== null) throw error;
    return queries.map((query) => query.toUpperCase());
  });
  return {
    reads,
    sent,
    /** Lets the query that is running end, and returns after the next one was sent. */
    async finish() {
      await nextTurn();
      waiting.shift()?.();
      for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    },
    end: () => waiting.shift()?.(),
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const coded = (code: string): Error => Object.assign(new Error(code), { code });

/** Reads that settle without being waited for. */
async function settleAll(
  { reads, sent, finish }: ReturnType<typeof openReads>,
  queries: readonly string[],
): Promise<string[]> {
  const outcomes: string[] = [];
  const all = queries.map(async (query) => {
    const note = await reads.read(query).catch((error: Error) => error.message);
    outcomes.push(`${query} ${note}`);
  });
  await finish();
  for (let known = 0; known < sent.length;) {
    known = sent.length;
    await finish();
  }
  await Promise.all(all);
  return outcomes.toSorted();
}

test('reads that are asked for at once are one query, and each gets its own result', async () => {
  const opened = openReads();
  expect(await settleAll(opened, ['a', 'b', 'a'])).toEqual(['a A', 'a A', 'b B']);
  expect(opened.sent).toEqual([['a', 'b', 'a']]);
});

test('a read that arrives while a query runs is never part of it: it may have to see a newer commit', async () => {
  const { reads, sent, finish } = openReads();
  const first = reads.read('a');
  await nextTurn();
  const later = [reads.read('a'), reads.read('b')];
  expect(sent).toEqual([['a']]);
  await finish();
  expect(await first).toBe('A');
  expect(sent).toEqual([['a'], ['a', 'b']]);
  await finish();
  expect(await Promise.all(later)).toEqual(['A', 'B']);
});

test('reads that arrive one in each turn of the event loop share queries, of which none waits for ever', async () => {
  const { reads, sent, end, finish } = openReads();
  const all = [reads.read('first')];
  await nextTurn();
  expect(sent).toEqual([['first']]);
  end();
  for (let index = 0; index < 100; index += 1) {
    all.push(reads.read(`q${index}`));
    await nextTurn();
    if (sent.length === 3) break;
    end();
  }
  expect(sent.map(({ length }) => length)).toEqual([1, expect.any(Number), expect.any(Number)]);
  expect(sent[1]?.length).toBeGreaterThan(20);
  for (let turn = 0; turn < 3; turn += 1) await finish();
  expect(await Promise.all(all)).toHaveLength(all.length);
});

test('a thousand reads are five queries', async () => {
  const opened = openReads();
  const queries = Array.from({ length: 1_000 }, (_, index) => `q${index}`);
  expect(await settleAll(opened, queries)).toHaveLength(1_000);
  expect(opened.sent.map(({ length }) => length)).toEqual([200, 200, 200, 200, 200]);
});

test.each(['XX001', '57014'])('a read that fails with %s fails alone', async (code) => {
  const opened = openReads((queries) => (queries.includes('bad') ? coded(code) : null));
  expect(await settleAll(opened, ['a', 'bad', 'b', 'c'])).toEqual(['a A', 'b B', `bad ${code}`, 'c C']);
});

test.each(['ECONNRESET', '57P01', '53300'])('without a database (%s) all reads fail by one query', async (code) => {
  const opened = openReads(() => coded(code));
  expect(await settleAll(opened, ['a', 'b'])).toEqual([`a ${code}`, `b ${code}`]);
  expect(opened.sent).toHaveLength(1);
});

test('a row that makes no sense fails the reader of its account only', async () => {
  const row = { posted: '7', held: '0', version: '1', applied: '', known: '', abandoned: '', expired: 'f' };
  const snapshots = new SnapshotReads('"credits"', { epoch: 'epoch', timeline: 'NULL' }, async () => [
    { ...row, place: '2' },
    { ...row, place: '1', posted: 'much' },
  ]);
  const query = { since: null, operations: [], nowMs: 0 };
  const [bad, good] = await Promise.allSettled(
    ['bad', 'good'].map((account) => snapshots.readSnapshot({ ...query, account })),
  );
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('safe integer') } });
  expect(good).toMatchObject({ status: 'fulfilled', value: { snapshot: { account: 'good', balance: { posted: 7 } } } });
});
