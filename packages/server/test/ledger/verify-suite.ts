import { expect, test } from 'vitest';
import type { VerifyProgress } from '../../src/ledger/ledger.ts';
import { by, openAccount, refusal, type DatabaseBench } from '../support/ledger.ts';

/** Verification finds what was changed without the ledger. The database itself refuses most of it. */
export function testVerify(bench: DatabaseBench): void {
  /** A new account with a grant, a spend and an open hold. */
  async function openWithHistory(): Promise<string> {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 30 });
    await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 3_600_000 });
    return account;
  }

  function change(statement: string, ...values: unknown[]): Promise<unknown> {
    return bench.database.pool.query(statement, values);
  }

  const NUMBER = '(SELECT number FROM credits.accounts WHERE id = $1)';

  /** Changes rows, verifies the account and everything, and changes the rows back. */
  async function tamper(account: string, statement: string, undo: string): Promise<string[]> {
    await change(statement, account);
    const { ok, differences } = await bench.ledger.verify({ account });
    const all = await bench.ledger.verify();
    await change(undo, account);
    expect({ ok, all: all.ok }).toEqual({ ok: false, all: false });
    expect(await bench.ledger.verify({ account })).toMatchObject({ ok: true, differences: [] });
    return differences.map(({ message }) => message);
  }

  test('an unchanged ledger has no differences, and the report counts what it compared', async () => {
    const account = await openWithHistory();
    expect(await bench.ledger.verify({ account })).toEqual({
      ok: true,
      accounts: 1,
      entries: 3,
      transfers: 2,
      differences: [],
      checkedAt: new Date(bench.time.nowMs).toISOString(),
    });
    const all = await bench.ledger.verify();
    expect(all).toMatchObject({ ok: true, differences: [] });
    const { rows } = await bench.database.pool.query<{ entries: number; transfers: number }>(
      `SELECT count(debit)::int + count(credit)::int AS entries, count(*) FILTER (WHERE debit + credit > 0)::int AS transfers
       FROM credits.journal WHERE hash IS NOT NULL`,
    );
    expect(all).toMatchObject(rows[0] ?? {});
  });

  test('an account that does not exist has nothing to verify', async () => {
    expect(await bench.ledger.verify({ account: 'nobody' })).toMatchObject({ ok: true, accounts: 0, entries: 0 });
  });

  test('a raised balance is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      'UPDATE credits.accounts SET posted = posted + 5 WHERE id = $1',
      'UPDATE credits.accounts SET posted = posted - 5 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: posted is 75, its newest entry says 70.`]);
  });

  test('a version that was set back is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      'UPDATE credits.accounts SET version = version - 1 WHERE id = $1',
      'UPDATE credits.accounts SET version = version + 1 WHERE id = $1',
    );
    expect(messages).toEqual([`Account ${account}: version is 2, its newest entry says 3.`]);
  });

  test('an entry that was removed is found, also from the middle', async () => {
    const account = await openWithHistory();
    await change(
      `CREATE TABLE removed AS SELECT * FROM credits.journal WHERE debit = ${NUMBER} AND debit_version = 2`,
      account,
    );
    const messages = await tamper(
      account,
      `DELETE FROM credits.journal WHERE debit = ${NUMBER} AND debit_version = 2`,
      `INSERT INTO credits.journal SELECT * FROM removed WHERE debit = ${NUMBER}`,
    );
    await change('DROP TABLE removed');
    expect(messages).toEqual([`Account ${account} version 3: it follows version 1, so entries are missing or moved.`]);
  });

  test('an amount that was changed together with the balance after it is found', async () => {
    const account = await openWithHistory();
    const by1 = (
      sign: string,
    ) => `UPDATE credits.journal SET amount = amount ${sign} 1, debit_posted = debit_posted - (0 ${sign} 1)
      WHERE debit = ${NUMBER} AND debit_version = 2`;
    const messages = await tamper(account, by1('+'), by1('-'));
    expect(messages).toContain(
      `Account ${account} version 2: its hash does not match its row and the hashes before it.`,
    );
  });

  test('an amount that was changed everywhere, so all sums agree, is found by the hashes', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by('system:shop'), account, amount: 30 });
    const by5 = (sign: number) => [
      `UPDATE credits.journal SET amount = amount + ${sign * 5}, debit_posted = debit_posted - ${sign * 5},
         credit_posted = credit_posted + ${sign * 5} WHERE debit = ${NUMBER} AND debit_version = 2`,
      `UPDATE credits.accounts SET posted = posted - ${sign * 5} WHERE id = $1`,
      `UPDATE credits.accounts SET posted = posted + ${sign * 5}
       WHERE number = (SELECT credit FROM credits.journal WHERE debit = ${NUMBER} AND debit_version = 2)`,
    ];
    for (const statement of by5(1)) await change(statement, account);
    const { differences } = await bench.ledger.verify();
    for (const statement of by5(-1)) await change(statement, account);
    expect(differences).toMatchObject([{ account, version: 2 }]);
    expect(differences[0]?.message).toContain('its hash does not match');
    expect(await bench.ledger.verify()).toMatchObject({ ok: true });
  });

  test('entries that changed places are found', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    const swap = async () => {
      for (const [from, to] of [
        [2, 900],
        [3, 2],
        [900, 3],
      ]) {
        await change(
          `UPDATE credits.journal SET debit_version = ${to} WHERE debit = ${NUMBER} AND debit_version = ${from}`,
          account,
        );
      }
    };
    await swap();
    const { differences } = await bench.ledger.verify({ account });
    await swap();
    expect(differences.map(({ version }) => version)).toEqual(expect.arrayContaining([2, 3]));
    expect(await bench.ledger.verify({ account })).toMatchObject({ ok: true });
  });

  test('a key that was renamed, so its command could be repeated, is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      `UPDATE credits.journal SET key_digest = set_byte(key_digest, 0, get_byte(key_digest, 0) # 1)
       WHERE debit = ${NUMBER} AND debit_version = 2`,
      `UPDATE credits.journal SET key_digest = set_byte(key_digest, 0, get_byte(key_digest, 0) # 1)
       WHERE debit = ${NUMBER} AND debit_version = 2`,
    );
    expect(messages).toEqual([expect.stringContaining('version 2: its digest does not match its actor and key')]);
  });

  test('a hold with more remaining than its entries say is found', async () => {
    const account = await openWithHistory();
    const messages = await tamper(
      account,
      `UPDATE credits.holds SET remaining = 15, state = 'partly_posted' WHERE account = ${NUMBER}`,
      `UPDATE credits.holds SET remaining = 20, state = 'open' WHERE account = ${NUMBER}`,
    );
    expect(messages).toEqual([
      `Account ${account}: held is 20, its open holds reserve 15.`,
      expect.stringMatching(/hold \S+ is partly_posted with 15 remaining, its entries say open with 20 remaining\./),
    ]);
  });

  test('a hold that was made up without an entry is found', async () => {
    const account = await openAccount(bench, 100);
    const id = '00000000-0000-7000-8000-000000000002';
    await change(
      `INSERT INTO credits.holds (id, account, amount, remaining, state, actor, reason, expires_at, created_at)
       VALUES ('${id}', ${NUMBER}, 5, 0, 'voided', $1, 'Made up', now(), now())`,
      account,
    );
    const { differences } = await bench.ledger.verify();
    await change('DELETE FROM credits.holds WHERE id = $1', id);
    expect(differences.map(({ message }) => message)).toEqual([
      expect.stringContaining(`Account ${account}: hold ${id}`),
    ]);
  });

  test('a claim that names no key of its account is found', async () => {
    const account = await openAccount(bench);
    await bench.ledger.grant({ ...by('system:daily'), account, amount: 5, claimKey: 'daily:1' });
    const messages = await tamper(
      account,
      `UPDATE credits.claims SET key_digest = set_byte(key_digest, 0, get_byte(key_digest, 0) # 1) WHERE account = ${NUMBER}`,
      `UPDATE credits.claims SET key_digest = set_byte(key_digest, 0, get_byte(key_digest, 0) # 1) WHERE account = ${NUMBER}`,
    );
    expect(messages).toEqual([`Account ${account}: claim "daily:1" names no key of this account.`]);
  });

  test('an account that was removed is found by its entries and by the sum', async () => {
    // Not the newest account, so its entries lie between those of others.
    const account = await openWithHistory();
    await openAccount(bench, 1);
    await change('CREATE TABLE lost_account AS SELECT * FROM credits.accounts WHERE id = $1', account);
    await change('DELETE FROM credits.accounts WHERE id = $1', account);
    const { differences } = await bench.ledger.verify();
    await change('INSERT INTO credits.accounts OVERRIDING SYSTEM VALUE SELECT * FROM lost_account');
    await change('DROP TABLE lost_account');
    const messages = differences.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining('There are entries of an account that does not exist'));
    expect(messages).toContain('The balances of all accounts sum to -70, they must sum to 0.');
    expect(await bench.ledger.verify()).toMatchObject({ ok: true });
  });

  test('entries of an account that does not exist are found, also after the last account', async () => {
    await change(
      `INSERT INTO credits.journal (debit, debit_version, debit_posted, debit_held, credit, credit_version, credit_posted,
         credit_held, amount, kind, actor, key, key_digest, fingerprint, reason, created_at, hash)
       VALUES (900001, 1, 5, 0, 900002, 1, 5, 0, 5, 'transfer', 'x', 'made-up', substr(sha256('m'), 1, 16),
         substr(sha256('m'), 1, 16), 'Made up', now(), sha256('m'))`,
    );
    const { differences } = await bench.ledger.verify();
    await change(`DELETE FROM credits.journal WHERE key = 'made-up'`);
    expect(differences).toMatchObject([{ message: 'There are entries of an account that does not exist.' }]);
  });

  test('heads that were stored elsewhere match an unchanged ledger, and find a history that was rewritten', async () => {
    const account = await openWithHistory();
    const { heads } = await bench.ledger.heads();
    const head = heads.find((each) => each.account === account);
    if (head === undefined) throw new Error('The account has no head.');
    expect(head.version).toBe(3);
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    expect((await bench.ledger.verify({ heads: heads.slice(-1_000) })).differences).toEqual([]);
    const forged = { ...head, hash: 'f'.repeat(64) };
    expect((await bench.ledger.verify({ account, heads: [forged] })).differences).toMatchObject([
      { account, version: 3, message: expect.stringContaining('history was changed') },
    ]);
    const gone = { ...head, version: 9 };
    expect((await bench.ledger.verify({ account, heads: [gone] })).differences).toMatchObject([
      { account, version: 9, message: expect.stringContaining('it is gone') },
    ]);
    await refusal(bench.ledger.verify({ heads: [{ ...head, hash: 'short' }] }), 'invalid_request');
    await refusal(bench.ledger.verify({ heads: [{ ...head, version: 0 }] }), 'invalid_request');
  });

  test('the newest entries, cut off with everything that refers to them, are found by a head only', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 30 });
    const { heads } = await bench.ledger.heads({ limit: 1_000 });
    const head = heads.find((each) => each.account === account);
    if (head === undefined) throw new Error('The account has no head.');
    // In one transaction, because both accounts are set back.
    const client = await bench.database.pool.connect();
    await client.query('BEGIN');
    await client.query(`CREATE TEMPORARY TABLE cut ON COMMIT DROP AS SELECT * FROM credits.journal
      WHERE debit = (SELECT number FROM credits.accounts WHERE id = '${account}') AND debit_version = 2`);
    await client.query(`DELETE FROM credits.journal j USING cut WHERE j.key_digest = cut.key_digest`);
    await client.query(`UPDATE credits.accounts a SET posted = a.posted + CASE a.number WHEN cut.debit THEN 30 ELSE -30 END,
        version = a.version - 1, hash = coalesce((SELECT hash FROM credits.journal
          WHERE (debit = a.number AND debit_version = a.version - 1 OR credit = a.number AND credit_version = a.version - 1)
            AND hash IS NOT NULL), '')
      FROM cut WHERE a.number IN (cut.debit, cut.credit)`);
    await client.query('COMMIT');
    client.release();
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
    expect((await bench.ledger.verify({ account, heads: [head] })).differences).toMatchObject([
      { account, version: 2, message: expect.stringContaining('it is gone') },
    ]);
    expect(await bench.ledger.verify()).toMatchObject({ ok: true });
  });

  test('heads are read in pages, in order, each account once', async () => {
    await openWithHistory();
    const ids: string[] = [];
    for (let after: string | null = 'user'; after !== null;) {
      const page = await bench.ledger.heads({ after, limit: 7 });
      ids.push(...page.heads.map(({ account }) => account));
      after = page.next;
    }
    const { heads } = await bench.ledger.heads();
    expect(ids).toEqual(heads.map(({ account }) => account).filter((id) => id > 'user'));
    await refusal(bench.ledger.heads({ limit: 1_001 }), 'invalid_request');
  });

  test('verification reports how far it came', async () => {
    const progress: VerifyProgress[] = [];
    const report = await bench.ledger.verify({ onProgress: (step) => progress.push({ ...step }) });
    expect(progress.at(-1)).toEqual({ accounts: report.accounts, entries: report.entries });
  });

  test('verification while commands are running finds nothing wrong', async () => {
    const account = await openAccount(bench, 1_000);
    const spends = Array.from({ length: 300 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
    const holds = Array.from({ length: 50 }, () =>
      bench.ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 60_000 }),
    );
    const reports = [bench.ledger.verify({ account }), bench.ledger.verify(), bench.ledger.verify()];
    expect((await Promise.all(reports)).flatMap(({ differences }) => differences)).toEqual([]);
    await Promise.all([...spends, ...holds]);
    expect(await bench.ledger.verify({ account })).toMatchObject({ ok: true, entries: 351 });
  });

  test.each([
    ['an overdraft', 'UPDATE credits.accounts SET posted = -1, held = 0 WHERE id = $1'],
    ['more held than posted', 'UPDATE credits.accounts SET held = posted + 1 WHERE id = $1'],
    ['a balance beyond 2^53−1', 'UPDATE credits.accounts SET posted = 9007199254740992 WHERE id = $1'],
    ['an account without a hash', `UPDATE credits.accounts SET hash = '' WHERE id = $1`],
    [
      'an entry with half a hash',
      `UPDATE credits.journal SET hash = 'half' WHERE debit = ${NUMBER} AND debit_version = 2`,
    ],
    [
      'two entries at one version',
      `UPDATE credits.journal SET debit_version = 2 WHERE debit = ${NUMBER} AND debit_version = 3`,
    ],
    [
      'a transfer to its source',
      `UPDATE credits.journal SET credit = debit WHERE debit = ${NUMBER} AND debit_version = 2`,
    ],
    [
      'a transfer without a destination',
      `UPDATE credits.journal SET credit = NULL WHERE debit = ${NUMBER} AND debit_version = 2`,
    ],
    ['an amount of nothing', `UPDATE credits.journal SET amount = 0 WHERE debit = ${NUMBER} AND debit_version = 2`],
    [
      'an entry without its key',
      `UPDATE credits.journal SET key_digest = NULL WHERE debit = ${NUMBER} AND debit_version = 2`,
    ],
    ['an open hold of nothing', `UPDATE credits.holds SET remaining = 0 WHERE account = ${NUMBER}`],
  ])('the database itself refuses %s', async (_what, statement) => {
    const account = await openWithHistory();
    await expect(bench.database.pool.query(statement, [account])).rejects.toMatchObject({ code: /^23(514|505)$/ });
    expect((await bench.ledger.verify({ account })).ok).toBe(true);
  });
}
