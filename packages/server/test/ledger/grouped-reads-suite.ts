import { expect, test } from 'vitest';
import { formatEventId } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openTestHandler } from '../support/handler.ts';
import { by, openAccount, type DatabaseBench } from '../support/ledger.ts';
import { recordQueries } from '../support/record-queries.ts';

const STREAMS = 1_000;

/** What reads that are asked for at the same time cost, and that each gets what it asked for. */
export function testGroupedReads(bench: DatabaseBench): void {
  /** A second ledger on the database, and the queries for snapshots that it sends. */
  async function openRecorded() {
    const sent: string[] = [];
    const note = ({ text }: { text: string }): void => {
      if (text.includes('ORDINALITY')) sent.push(text);
    };
    const pool = recordQueries(bench.database.pool, note);
    return { ledger: await createLedger({ database: { ...bench.database, pool }, expirySweepMs: 3_600_000 }), sent };
  }

  test('a thousand streams that open at once are a few queries, and each begins with its own balance', async () => {
    const { ledger, sent } = await openRecorded();
    const host = openTestHandler(ledger);
    const accounts = Array.from({ length: STREAMS }, (_, index) => `storm-${index}`);
    await Promise.all(accounts.map((account, index) => ledger.grant({ ...by(account), account, amount: index + 1 })));
    sent.length = 0;
    const readers = await Promise.all(accounts.map((account) => host.signIn(account).follow()));
    const first = await Promise.all(readers.map((reader) => reader.snapshot()));
    expect(first.map(({ account, balance }) => [account, balance.available])).toEqual(
      accounts.map((account, index) => [account, index + 1]),
    );
    expect(sent.length).toBeLessThanOrEqual(10);
    await Promise.all(readers.map((reader) => reader.leave()));
    // They return, each with the version that it has: what they missed is listed for each of them.
    const missed = await Promise.all(accounts.map((account) => ledger.spend({ ...by(account), account, amount: 1 })));
    expect(missed).toHaveLength(STREAMS);
    sent.length = 0;
    const returned = await Promise.all(first.map((known) => host.signIn(known.account).follow(formatEventId(known))));
    const second = await Promise.all(returned.map((reader) => reader.snapshot()));
    expect(second.every(({ version, from, applied }) => version === 2 && from === 1 && applied.length === 1)).toBe(
      true,
    );
    expect(new Set(second.flatMap(({ applied }) => applied)).size).toBe(STREAMS);
    expect(sent.length).toBeLessThanOrEqual(10);
    await Promise.all(returned.map((reader) => reader.leave()));
    await ledger.close();
  });

  test('reads of one query differ in accounts, versions and operations', async () => {
    const account = await openAccount(bench, 100);
    const spends = [1, 2, 3].map((amount) => ({ ...by(account), account, amount }));
    for (const spend of spends) await bench.ledger.spend(spend);
    const [first, second, third] = spends.map(({ idempotencyKey }) => idempotencyKey);
    const { ledger, sent } = await openRecorded();
    const snapshots = await Promise.all([
      ledger.snapshot(account),
      ledger.snapshot(account, { since: 2 }),
      ledger.snapshot('nobody-yet', { since: 0, operations: [first ?? ''] }),
      ledger.snapshot(account, { operations: [first ?? '', 'unknown'] }),
    ]);
    expect(snapshots.map(({ version, from, applied }) => ({ version, from, applied }))).toEqual([
      { version: 4, from: 4, applied: [] },
      { version: 4, from: 2, applied: [second, third] },
      { version: 0, from: 0, applied: [] },
      { version: 4, from: 4, applied: [first] },
    ]);
    expect(sent).toHaveLength(1);
    await ledger.close();
  });

  test('under load a read sees every commit that was acknowledged before it', async () => {
    const { ledger } = await openRecorded();
    const accounts = await Promise.all(Array.from({ length: 20 }, () => openAccount(bench)));
    const check = async (account: string): Promise<void> => {
      for (let version = 1; version <= 20; version += 1) {
        await bench.ledger.grant({ ...by(account), account, amount: 1 });
        expect(await ledger.balance(account)).toMatchObject({ version, balance: { available: version } });
      }
    };
    await Promise.all(accounts.map(check));
    await ledger.close();
  });
}
