import { expect, test } from 'vitest';
import type { VerifyOptions, VerifyProgress, VerifyReport } from '../../src/ledger/ledger.ts';
import { by, openAccount, refusal, type Bench } from '../support/ledger.ts';
import { openWithHistory } from './verify-suite.ts';

/** Runs that go on where the last one ended, in pieces, beside other work; and heads that were written down elsewhere. */
export function testVerifyRuns(bench: Bench): void {
  function change(statement: string, ...values: unknown[]): Promise<unknown> {
    return bench.database.pool.query(statement, values);
  }

  test('the newest entries cut off with everything that refers to them are found by what was verified before', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 0);
    await bench.ledger.transfer({ ...by('system:test'), source: account, destination: other, amount: 60 });
    await bench.ledger.verify();
    const cut = async (keep: string) => {
      await change(
        `CREATE TABLE IF NOT EXISTS ${keep} AS SELECT * FROM credits_entries WHERE account = ANY($1) AND version = CASE account WHEN $2 THEN 2 ELSE 1 END`,
        [account, other],
        account,
      );
      await change(
        `CREATE TABLE ${keep}_t AS SELECT * FROM credits_transfers WHERE id IN (SELECT transfer FROM ${keep})`,
      );
      await change(`DELETE FROM credits_transfers WHERE id IN (SELECT transfer FROM ${keep})`);
      await change(
        `DELETE FROM credits_entries e USING ${keep} k WHERE e.account = k.account AND e.version = k.version`,
      );
      await change(
        `UPDATE credits_accounts a SET posted = k.posted_before, version = a.version - 1, hash = coalesce(
           (SELECT e.hash FROM credits_entries e WHERE e.account = a.id AND e.version = a.version - 1), '')
         FROM ${keep} k WHERE a.id = k.account`,
      );
    };
    const restore = async (keep: string) => {
      await change(`INSERT INTO credits_transfers SELECT * FROM ${keep}_t`);
      await change(`INSERT INTO credits_entries SELECT * FROM ${keep}`);
      await change(
        `UPDATE credits_accounts a SET posted = k.posted_after, version = k.version, hash = k.hash
         FROM ${keep} k WHERE a.id = k.account`,
      );
    };
    const { heads } = await bench.ledger.heads({ limit: 1_000 });
    await cut('cut');
    const report = await bench.ledger.verify();
    const again = await bench.ledger.verify({ full: true });
    await change('DELETE FROM credits_checkpoints WHERE account = ANY($1)', [account, other]);
    const forgotten = await bench.ledger.verify({ full: true });
    const anchored = await bench.ledger.verify({ heads: heads.filter((head) => head.account === account) });
    await restore('cut');
    expect(report.differences.map(({ message }) => message)).toEqual([
      `Account ${account}: version is 1, it was 2 when it was verified before: entries are gone.`,
      `Account ${other}: version is 0, it was 1 when it was verified before: entries are gone.`,
    ]);
    expect(again.differences).toHaveLength(2);
    // Who also changes the checkpoints is found by what stands outside the database only.
    expect(forgotten.ok).toBe(true);
    expect(anchored.differences.map(({ message }) => message)).toEqual([
      expect.stringContaining(`Account ${account}: version 2 is gone, its hash was written down as`),
    ]);
    expect(await bench.ledger.verify({ full: true })).toMatchObject({ ok: true });
  });

  test('a verification that cannot note how far it came says so, and still answers', async () => {
    const account = await openWithHistory(bench);
    await change(`ALTER TABLE credits_checkpoints ADD CONSTRAINT no_notes CHECK (account <> '${account}')`);
    const report = await bench.ledger.verify(account);
    await change('ALTER TABLE credits_checkpoints DROP CONSTRAINT no_notes');
    expect(report).toMatchObject({ ok: true, compared: 3 });
    expect(bench.warnings).toContain('A verification could not note how far it came: the next one begins earlier.');
    expect(await bench.ledger.verify(account)).toMatchObject({ compared: 3 });
  });

  test('a run begins where the last one found everything in order, and a full run begins at the beginning', async () => {
    const account = await openWithHistory(bench);
    const compared = async (options: VerifyOptions = {}): Promise<number> =>
      (await bench.ledger.verify({ account, ...options })).compared;
    expect(await compared()).toBe(3);
    expect(await compared()).toBe(0);
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    // The entry that was the newest is looked at again: what comes after it builds on it.
    expect(await compared()).toBe(2);
    expect(await compared({ full: true })).toBe(4);
    expect(await bench.ledger.verify(account)).toMatchObject({ entries: 4, compared: 0, transfers: 3 });
  });

  test('a difference is named by every run until it is gone', async () => {
    const account = await openWithHistory(bench);
    await bench.ledger.verify(account);
    const reason = `UPDATE credits_transfers SET reason = $2 WHERE source = $1`;
    await change(reason, account, 'Another');
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true, compared: 0 }); // it was in order before
    const found: VerifyReport = await bench.ledger.verify({ account, full: true });
    expect(found.differences.map(({ version }) => version)).toEqual([2]);
    expect((await bench.ledger.verify(account)).differences).toEqual(found.differences);
    await change(reason, account, 'A test');
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true, compared: 3 });
  });

  test('history that was written anew from its beginning is found by what was verified before', async () => {
    const account = await openWithHistory(bench);
    await bench.ledger.verify(account);
    const flip =
      'UPDATE credits_entries SET hash = set_byte(hash, 0, get_byte(hash, 0) # 255) WHERE account = $1 AND version = 3';
    const flipHead = 'UPDATE credits_accounts SET hash = set_byte(hash, 0, get_byte(hash, 0) # 255) WHERE id = $1';
    await change(flip, account);
    await change(flipHead, account);
    const messages = (await bench.ledger.verify(account)).differences.map(({ message }) => message);
    await change(flip, account);
    await change(flipHead, account);
    expect(messages[0]).toContain('when it was verified before');
    expect(messages[0]).toContain('history was written anew');
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true });
  });

  test('heads that were written down agree with an honest ledger, and name what was written anew', async () => {
    const account = await openWithHistory(bench);
    const { heads } = await bench.ledger.heads();
    const head = heads.find((each) => each.account === account);
    if (head === undefined) throw new Error('The account has no head.');
    expect(head.version).toBe(3);
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    expect((await bench.ledger.verify({ heads })).differences).toEqual([]);
    const forged = { ...head, hash: 'f'.repeat(64) };
    expect((await bench.ledger.verify({ account, heads: [forged] })).differences).toMatchObject([
      { account, version: 3, column: 'credits_entries.hash' },
    ]);
    await refusal(bench.ledger.verify({ heads: [{ ...head, hash: 'short' }] }), 'invalid_request');
    await refusal(bench.ledger.verify({ heads: [{ ...head, version: 0 }] }), 'invalid_request');
  });

  test('heads are read in pages, in order, each account once', async () => {
    await openWithHistory(bench);
    const ids: string[] = [];
    for (let after: string | null = 'house:'; after !== null;) {
      const page = await bench.ledger.heads({ after, limit: 7 });
      ids.push(...page.heads.map(({ account }) => account));
      after = page.next;
    }
    const { heads } = await bench.ledger.heads();
    expect(ids).toEqual(heads.map(({ account }) => account).filter((id) => id > 'house:'));
    await refusal(bench.ledger.heads({ limit: 1_001 }), 'invalid_request');
  });

  test('a long history is compared in pieces, and tells how far it came', async () => {
    const account = await openAccount(bench, 5_000);
    await Promise.all(Array.from({ length: 1_200 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 })));
    const heard: VerifyProgress[] = [];
    const report = await bench.ledger.verify({ account, onProgress: (progress) => heard.push({ ...progress }) });
    expect(report).toMatchObject({ ok: true, entries: 1_201, compared: 1_201 });
    expect(heard.map(({ entries }) => entries)).toEqual([500, 1_000, 1_201, 1_201]);
  });

  test('verification while commands come in finds nothing wrong', async () => {
    const account = await openAccount(bench, 1_000);
    const spends = Array.from({ length: 300 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
    const reports = [bench.ledger.verify(account), bench.ledger.verify({ account, full: true }), bench.ledger.verify()];
    expect((await Promise.all(reports)).flatMap(({ differences }) => differences)).toEqual([]);
    await Promise.all(spends);
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true, entries: 301 });
  });
}
