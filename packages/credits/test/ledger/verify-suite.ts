import { expect, test } from 'vitest';
import { by, openAccount, type Bench } from '../support/ledger.ts';

/** Verification finds what was changed behind the ledger's back; the database itself refuses most of it. */
export function testVerify(bench: Bench): void {
  async function openWithHistory(): Promise<string> {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 30 });
    await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 3_600_000 });
    return account;
  }

  /** Changes rows behind the ledger's back, verifies, and changes them back. */
  async function tamper(account: string, change: string, undo: string): Promise<string[]> {
    await bench.database.pool.query(change, [account]);
    const { ok, differences } = await bench.ledger.verify(account);
    const all = await bench.ledger.verify();
    await bench.database.pool.query(undo, [account]);
    expect({ ok, all: all.ok }).toEqual({ ok: false, all: false });
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true, differences: [] });
    return differences.map(({ message }) => message);
  }

  test('an honest ledger has no differences, and the report counts what it compared', async () => {
    const account = await openWithHistory();
    const report = await bench.ledger.verify(account);
    expect(report).toEqual({
      ok: true,
      accounts: 1,
      entries: 3,
      transfers: 2,
      differences: [],
      checkedAt: new Date(bench.time.nowMs).toISOString(),
    });
    expect(await bench.ledger.verify()).toMatchObject({ ok: true, differences: [] });
  });

  test('a balance that was raised is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      'UPDATE credits_accounts SET posted = posted + 5 WHERE id = $1',
      'UPDATE credits_accounts SET posted = posted - 5 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: balance is posted 75 held 20, its entries say posted 70 held 20.`]);
  });

  test('a version that was set back is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      'UPDATE credits_accounts SET version = version - 1 WHERE id = $1',
      'UPDATE credits_accounts SET version = version + 1 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: version is 2, its entries say 3.`]);
  });

  test('an entry that vanished is found, also from the middle', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      `UPDATE credits_entries SET account = 'elsewhere' WHERE account = $1 AND version = 2`,
      `UPDATE credits_entries SET account = $1 WHERE account = 'elsewhere' AND version = 2`,
    );
    expect(messages).toContain(`Account ${account}: version 3 stands at position 2: a version is missing or repeated.`);
    expect(messages.some((message) => message.includes('has 0 entries'))).toBe(true);
  });

  test('an amount that was changed in one entry is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      'UPDATE credits_entries SET amount = 31, posted_after = posted_after - 1 WHERE account = $1 AND version = 2',
      'UPDATE credits_entries SET amount = 30, posted_after = posted_after + 1 WHERE account = $1 AND version = 2',
    );
    expect(messages.some((message) => message.includes('does not agree with transfer'))).toBe(true);
    expect(messages.some((message) => message.includes('version 3 begins with posted 70'))).toBe(true);
  });

  test('a hold that vanished is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      `UPDATE credits_holds SET account = 'elsewhere' WHERE account = $1`,
      `UPDATE credits_holds SET account = $1 WHERE account = 'elsewhere'`,
    );
    expect(messages).toEqual([`Account ${account}: held is 20, its open holds say 0.`]);
  });

  test.each([
    ['an overdraft', 'UPDATE credits_accounts SET posted = -1, held = 0 WHERE id = $1'],
    ['more held than posted', 'UPDATE credits_accounts SET held = posted + 1 WHERE id = $1'],
    ['a balance beyond 2^53−1', 'UPDATE credits_accounts SET posted = 9007199254740992 WHERE id = $1'],
    [
      'an entry that does not add up',
      'UPDATE credits_entries SET posted_after = posted_after + 1 WHERE account = $1 AND version = 2',
    ],
    ['two entries at one version', 'UPDATE credits_entries SET version = 1 WHERE account = $1 AND version = 2'],
    ['a transfer to its source', 'UPDATE credits_transfers SET destination = source WHERE source = $1'],
    ['an amount of nothing', 'UPDATE credits_transfers SET amount = 0 WHERE source = $1'],
    ['an open hold of nothing', 'UPDATE credits_holds SET remaining = 0 WHERE account = $1'],
  ])('the database itself refuses %s', async (_what, statement) => {
    const account = await openWithHistory();
    await expect(bench.database.pool.query(statement, [account])).rejects.toMatchObject({ code: /^23(514|505)$/ });
    expect((await bench.ledger.verify(account)).ok).toBe(true);
  });
}
