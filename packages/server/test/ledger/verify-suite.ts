import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/ledger/ledger.ts';
import { by, openAccount, type Bench } from '../support/ledger.ts';

/** A new account with a grant, a spend and an open hold. */
export async function openWithHistory(bench: Bench): Promise<string> {
  const account = await openAccount(bench, 100);
  await bench.ledger.spend({ ...by(account), account, amount: 30 });
  await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 3_600_000 });
  return account;
}

/** Verification finds what was changed behind the ledger's back; the database itself refuses most of it. */
export function testVerify(bench: Bench): void {
  function change(statement: string, ...values: unknown[]): Promise<unknown> {
    return bench.database.pool.query(statement, values);
  }

  /** Changes rows behind the ledger's back, verifies, and changes them back. */
  async function tamper(account: string, statement: string, undo: string): Promise<string[]> {
    await change(statement, account);
    const { ok, differences } = await bench.ledger.verify(account);
    const all = await bench.ledger.verify({ full: true });
    await change(undo, account);
    expect({ ok, all: all.ok }).toEqual({ ok: false, all: false });
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true, differences: [] });
    return differences.map(({ message }) => message);
  }

  test('an honest ledger has no differences, and the report counts what it compared', async () => {
    const account = await openWithHistory(bench);
    const report = await bench.ledger.verify(account);
    expect(report).toEqual({
      ok: true,
      full: false,
      accounts: 1,
      entries: 3,
      compared: 3,
      transfers: 2,
      differences: [],
      checkedAt: new Date(bench.time.nowMs).toISOString(),
    });
    expect(await bench.ledger.verify({ full: true })).toMatchObject({ ok: true, full: true, differences: [] });
  });

  test('a balance that was raised is found', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      'UPDATE credits_accounts SET posted = posted + 5 WHERE id = $1',
      'UPDATE credits_accounts SET posted = posted - 5 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: balance is posted 75 held 20, its entries say posted 70 held 20.`]);
  });

  test('a version that was set back is found', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      'UPDATE credits_accounts SET version = version - 1 WHERE id = $1',
      'UPDATE credits_accounts SET version = version + 1 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: version is 2, its entries say 3.`]);
  });

  test('an entry that vanished is found, also from the middle', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      `UPDATE credits_entries SET account = 'elsewhere' WHERE account = $1 AND version = 2`,
      `UPDATE credits_entries SET account = $1 WHERE account = 'elsewhere' AND version = 2`,
    );
    expect(messages).toEqual([`Account ${account}: version 2 is missing: the next entry is version 3.`]);
  });

  test('an amount that was changed in one entry, with the balance after it, is found with what it was', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      'UPDATE credits_entries SET amount = 31, posted_after = posted_after - 1 WHERE account = $1 AND version = 2',
      'UPDATE credits_entries SET amount = 30, posted_after = posted_after + 1 WHERE account = $1 AND version = 2',
    );
    expect(messages).toEqual([
      `Account ${account}: version 2: credits_entries.amount is 31, it was written as 30.`,
      `Account ${account}: version 2: credits_entries.posted_after is 69, it was written as 70.`,
    ]);
  });

  test('an amount that was changed wherever it stands, so that all sums agree, is found by the hashes', async () => {
    const account = await openAccount(bench, 100);
    const spend = await bench.ledger.spend({ ...by('system:shop'), account, amount: 30 });
    const difference = [
      ['UPDATE credits_transfers SET amount = amount + $2 WHERE id = $1', spend.transfer?.id, 5],
      [
        `UPDATE credits_entries SET amount = amount + $2, posted_after = posted_after - $2
         WHERE account = $1 AND version = 2`,
        account,
        5,
      ],
      ['UPDATE credits_accounts SET posted = posted - $2 WHERE id = $1', account, 5],
    ] as const;
    for (const [statement, id, by5] of difference) await change(statement, id, by5);
    const { differences } = await bench.ledger.verify(account);
    for (const [statement, id, by5] of difference) await change(statement, id, -by5);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ account, version: 2, column: null });
    expect(differences[0]?.message).toContain('what they say makes the hash');
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true });
  });

  test('two entries that changed places are found', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    const swap = `UPDATE credits_entries SET version = CASE version WHEN 900 THEN 3 WHEN 3 THEN 2 ELSE 900 END
      WHERE account = $1 AND version IN (2, 3, 900)`;
    const swapAll = async () => {
      await change(`UPDATE credits_entries SET version = 900 WHERE account = $1 AND version = 2`, account);
      await change(`UPDATE credits_entries SET version = 2 WHERE account = $1 AND version = 3`, account);
      await change(swap.replace('IN (2, 3, 900)', '= 900'), account);
    };
    await swapAll();
    const { differences } = await bench.ledger.verify(account);
    await swapAll();
    expect(differences.map(({ version }) => version)).toEqual(expect.arrayContaining([2, 3]));
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true });
  });

  test('a hash that was changed is told from an entry that was changed', async () => {
    const account = await openWithHistory(bench);
    const [message, ...others] = await tamper(
      account,
      'UPDATE credits_entries SET hash = set_byte(hash, 7, get_byte(hash, 7) # 1) WHERE account = $1 AND version = 2',
      'UPDATE credits_entries SET hash = set_byte(hash, 7, get_byte(hash, 7) # 1) WHERE account = $1 AND version = 2',
    );
    expect(message).toMatch(/version 2: its hash is [0-9a-f]{64}, it was written as [0-9a-f]{64}/);
    expect(others).toEqual([]);
  });

  test('a key that vanished, so that its command could be repeated, is found', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      `UPDATE credits_operations SET actor = 'elsewhere:' || actor WHERE actor = $1`,
      `UPDATE credits_operations SET actor = $1 WHERE actor = 'elsewhere:' || $1`,
    );
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain('no answer is kept under its key');
  });

  test('a hold that vanished is found', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      `UPDATE credits_holds SET account = 'elsewhere' WHERE account = $1`,
      `UPDATE credits_holds SET account = $1 WHERE account = 'elsewhere'`,
    );
    expect(messages).toEqual([
      `Account ${account}: version 3: credits_holds.account is elsewhere, it was written as ${account}.`,
      `Account ${account}: held is 20, its open holds say 0.`,
    ]);
  });

  test('what remains of a hold is compared with what happened to it', async () => {
    const account = await openWithHistory(bench);
    const messages = await tamper(
      account,
      `UPDATE credits_holds SET remaining = 5, state = 'partly_posted' WHERE account = $1`,
      `UPDATE credits_holds SET remaining = 20, state = 'open' WHERE account = $1`,
    );
    expect(messages).toContainEqual(expect.stringContaining('remaining is 5, its entries say 20'));
    expect(messages).toContainEqual(expect.stringContaining('state is partly_posted, its entries say open'));
    expect(messages).toContainEqual(expect.stringContaining('held is 20, its open holds say 5'));
  });

  test('the newest entry cut off with its account set back is found by the other side, without any checkpoint', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 0);
    await bench.ledger.transfer({ ...by('system:test'), source: account, destination: other, amount: 60 });
    await change('CREATE TABLE one_cut AS SELECT * FROM credits_entries WHERE account = $1 AND version = 1', other);
    const before = `UPDATE credits_accounts SET posted = 0, version = 0, hash = '' WHERE id = $1`;
    await change('DELETE FROM credits_entries WHERE account = $1', other);
    await change(before, other);
    const { differences } = await bench.ledger.verify(account);
    await change('INSERT INTO credits_entries SELECT * FROM one_cut');
    await change(
      `UPDATE credits_accounts SET posted = 60, version = 1, hash = (SELECT hash FROM one_cut) WHERE id = $1`,
      other,
    );
    expect(differences.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        new RegExp(`version 2: the other entry of its transfer \\S+, version 1 of ${other}, is missing`),
      ),
    ]);
    expect(await bench.ledger.verify(account)).toMatchObject({ ok: true });
  });

  test('a transfer that was made up without entries is found by a full run', async () => {
    const account = await openAccount(bench, 100);
    const id = '00000000-0000-7000-8000-000000000001';
    await change(
      `INSERT INTO credits_transfers (id, kind, source, source_version, destination, destination_version, amount, actor, reason, metadata, created_at)
       VALUES ($1, 'spend', $2, 2, 'house:spent', 1, 5, $2, 'Made up', '{}', now())`,
      id,
      account,
    );
    const { differences } = await bench.ledger.verify({ full: true });
    await change('DELETE FROM credits_transfers WHERE id = $1', id);
    expect(differences.map((difference) => difference.account)).toEqual([account, 'house:spent']);
    expect(differences[0]?.message).toContain(`transfer ${id} has no entry on this side`);
  });

  test('a hold that was made up without an entry is found by a full run', async () => {
    const account = await openAccount(bench, 100);
    const id = '00000000-0000-7000-8000-000000000002';
    await change(
      `INSERT INTO credits_holds (id, account, destination, amount, remaining, state, actor, reason, expires_at, created_at)
       VALUES ($1, $2, 'house:spent', 5, 0, 'voided', $2, 'Made up', now(), now())`,
      id,
      account,
    );
    const { differences } = await bench.ledger.verify({ full: true });
    await change('DELETE FROM credits_holds WHERE id = $1', id);
    expect(differences.map(({ message }) => message)).toEqual([
      `Account ${account}: hold ${id} has no entry that opened it.`,
    ]);
  });

  test('an account that vanished is found by its entries, and by what was verified before', async () => {
    const account = await openWithHistory(bench);
    await bench.ledger.verify(account);
    await change('CREATE TABLE lost_account AS SELECT * FROM credits_accounts WHERE id = $1', account);
    await change('DELETE FROM credits_accounts WHERE id = $1', account);
    const quick = await bench.ledger.verify();
    const full = await bench.ledger.verify({ full: true });
    await change('INSERT INTO credits_accounts SELECT * FROM lost_account');
    await change('DROP TABLE lost_account');
    const found = (report: VerifyReport) => report.differences.map(({ message }) => message);
    expect(found(quick)).toContain(`Account ${account}: was verified before and does not exist any more.`);
    expect(found(full)).toContain(`Account ${account}: has entries but does not exist.`);
    expect(found(full)).toContain('In total the balances of all accounts sum to -70 where they must sum to 0.');
    expect(await bench.ledger.verify({ full: true })).toMatchObject({ ok: true });
  });

  test.each([
    ['an overdraft', 'UPDATE credits_accounts SET posted = -1, held = 0 WHERE id = $1'],
    ['more held than posted', 'UPDATE credits_accounts SET held = posted + 1 WHERE id = $1'],
    ['a balance beyond 2^53−1', 'UPDATE credits_accounts SET posted = 9007199254740992 WHERE id = $1'],
    [
      'an entry that does not add up',
      'UPDATE credits_entries SET posted_after = posted_after + 1 WHERE account = $1 AND version = 2',
    ],
    ['an entry without a hash', `UPDATE credits_entries SET hash = '' WHERE account = $1 AND version = 2`],
    ['two entries at one version', 'UPDATE credits_entries SET version = 1 WHERE account = $1 AND version = 2'],
    ['a transfer to its source', 'UPDATE credits_transfers SET destination = source WHERE source = $1'],
    ['an amount of nothing', 'UPDATE credits_transfers SET amount = 0 WHERE source = $1'],
    ['an open hold of nothing', 'UPDATE credits_holds SET remaining = 0 WHERE account = $1'],
  ])('the database itself refuses %s', async (_what, statement) => {
    const account = await openWithHistory(bench);
    await expect(bench.database.pool.query(statement, [account])).rejects.toMatchObject({ code: /^23(514|505)$/ });
    expect((await bench.ledger.verify(account)).ok).toBe(true);
  });
}
