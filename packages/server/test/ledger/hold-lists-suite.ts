import { expect, test } from 'vitest';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** How long holds last, and which there are. */
export function testHoldLists(bench: Bench): void {
  async function hold(account: string, amount: number, expiresAfterMs = 60_000): Promise<string> {
    const receipt = await bench.ledger.hold({ ...by(account), account, amount, expiresAfterMs });
    return receipt.hold?.id ?? '';
  }

  const instant = (afterMs: number): string => new Date(bench.time.nowMs + afterMs).toISOString();

  test('an extended hold ends so long from now, and the balance and its version stay', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30, 10_000);
    bench.time.nowMs += 9_000;
    const receipt = await bench.ledger.extend({ ...by(account), hold: id, expiresAfterMs: 20_000 });
    expect(receipt).toMatchObject({ account, version: 2, balance: { posted: 100, held: 30 }, transfer: null });
    expect(receipt.hold).toMatchObject({ id, remaining: 30, state: 'open', expiresAt: instant(20_000) });
    bench.time.nowMs += 19_999;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 2, balance: { held: 30 } });
    bench.time.nowMs += 1;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 3, balance: { held: 0 } });
    expect((await bench.ledger.verify(account)).differences).toEqual([]);
  });

  test('an extension never brings the end of a hold closer', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30, 60_000);
    const receipt = await bench.ledger.extend({ ...by(account), hold: id, expiresAfterMs: 1_000 });
    expect(receipt.hold?.expiresAt).toBe(instant(60_000));
  });

  test('a partly posted hold can be extended, and stays partly posted', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30, 10_000);
    await bench.ledger.post({ ...by(account), hold: id, amount: 10 });
    const { hold: extended } = await bench.ledger.extend({ ...by(account), hold: id, expiresAfterMs: 20_000 });
    expect(extended).toMatchObject({ state: 'partly_posted', remaining: 20, expiresAt: instant(20_000) });
  });

  test('a hold that is posted, voided or expired cannot be extended', async () => {
    const account = await openAccount(bench, 100);
    const posted = await hold(account, 10);
    await bench.ledger.post({ ...by(account), hold: posted });
    const voided = await hold(account, 10);
    await bench.ledger.void({ ...by(account), hold: voided });
    const expired = await hold(account, 10, 5_000);
    bench.time.nowMs += 5_000;
    for (const [id, state] of [
      [posted, 'posted'],
      [voided, 'voided'],
      [expired, 'expired'],
    ] as const) {
      const command = { ...by(account), hold: id, expiresAfterMs: 60_000 };
      const error = await refusal(bench.ledger.extend(command), 'hold_already_resolved');
      expect(error.details).toEqual({ state });
    }
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 90, held: 0, available: 90 });
  });

  test.each([[999], [30 * 24 * 3_600_000 + 1], [0], [1_000.5], ['1000'], [undefined]])(
    'an extension by %s ms is refused',
    async (value) => {
      const account = await openAccount(bench, 10);
      const id = await hold(account, 1);
      const command = { ...by(account), hold: id, expiresAfterMs: value as number };
      const error = await refusal(bench.ledger.extend(command), 'invalid_request');
      expect(error.details).toEqual({ field: 'expiresAfterMs' });
      await refusal(bench.ledger.extend({ ...command, expiresAfterMs: 5_000, hold: 'nothing' }), 'hold_not_found');
    },
  );

  test('a repeated extension extends once, and every first answer is given again as it was', async () => {
    const account = await openAccount(bench, 100);
    const opening = { ...by(account), account, amount: 30, expiresAfterMs: 10_000 };
    const opened = await bench.ledger.hold(opening);
    const extension = { ...by(account), hold: opened.hold?.id ?? '', expiresAfterMs: 20_000 };
    const extended = await bench.ledger.extend(extension);
    bench.time.nowMs += 5_000;
    expect(await bench.ledger.extend(extension)).toEqual({ ...extended, replayed: true });
    expect(await bench.ledger.hold(opening)).toEqual({ ...opened, replayed: true });
    expect((await bench.ledger.findHold(extension.hold)).expiresAt).toBe(extended.hold?.expiresAt);
    await refusal(bench.ledger.extend({ ...extension, expiresAfterMs: 20_001 }), 'idempotency_key_reused');
  });

  test('holds are listed by state, newest first, with the account as it was at that instant', async () => {
    const account = await openAccount(bench, 100);
    const expired = await hold(account, 1, 1_000);
    bench.time.nowMs += 1_000;
    const open = await hold(account, 2);
    bench.time.nowMs += 1;
    const partly = await hold(account, 4);
    await bench.ledger.post({ ...by(account), hold: partly, amount: 3 });
    const posted = await hold(account, 8);
    await bench.ledger.post({ ...by(account), hold: posted });
    const voided = await hold(account, 16);
    await bench.ledger.void({ ...by(account), hold: voided });
    const listed = async (state: 'open' | 'posted' | 'voided' | 'expired') =>
      (await bench.ledger.holds(account, { state })).holds.map(({ id }) => id);
    expect(await listed('open')).toEqual([partly, open]);
    expect(await listed('expired')).toEqual([expired]);
    expect(await listed('posted')).toEqual([posted]);
    expect(await listed('voided')).toEqual([voided]);
    const page = await bench.ledger.holds(account);
    expect(page.holds[0]).toEqual(await bench.ledger.findHold(partly));
    expect(page.next).toBeNull();
    expect(page.snapshot).toEqual(await bench.ledger.snapshot(account));
    expect(page.snapshot.balance.held).toBe(3);
  });

  test('a list is read in pages, to its end and without repetition', async () => {
    const account = await openAccount(bench, 100);
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      bench.time.nowMs += 1; // ids of one millisecond have no order
      made.push(await hold(account, 1));
    }
    const read: string[] = [];
    const next: (string | null)[] = [];
    let before: string | null | undefined;
    while (before !== null) {
      const page = await bench.ledger.holds(account, { limit: 2, ...(before === undefined ? {} : { before }) });
      read.push(...page.holds.map(({ id }) => id));
      before = page.next;
      next.push(before);
    }
    expect(read).toEqual(made.toReversed());
    expect(next).toEqual([made[3], made[1], null]);
  });

  test('an account without holds has an empty list', async () => {
    const account = await openAccount(bench, 7);
    expect(await bench.ledger.holds(account)).toMatchObject({ holds: [], next: null, snapshot: { version: 1 } });
    await refusal(bench.ledger.holds(fresh('nobody')), 'account_not_found');
  });

  test.each([
    ['state', { state: 'partly_posted' }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 101 }],
    ['before', { before: '' }],
    ['before', { before: 'nothing' }],
  ])('a list of holds with a bad %s is refused: %o', async (field, part) => {
    const account = await openAccount(bench);
    const lists = [() => bench.ledger.holds(account, part as never), () => bench.ledger.allHolds(part as never)];
    for (const list of lists) expect((await refusal(list(), 'invalid_request')).details).toEqual({ field });
  });

  test('an operator lists the holds of all accounts, and what is past its instant as expired', async () => {
    const [first, second] = [await openAccount(bench, 10), await openAccount(bench, 10)];
    const expiring = await hold(first, 1, 5_000);
    bench.time.nowMs += 5_000;
    const open = await hold(second, 2);
    const { holds } = await bench.ledger.allHolds({ limit: 1 });
    expect(holds.map(({ id }) => id)).toEqual([open]);
    const expired = await bench.ledger.allHolds({ state: 'expired', limit: 1 });
    expect(expired.holds.map(({ id }) => id)).toEqual([expiring]);
    expect(expired.next).toBe(expiring);
    expect((await bench.ledger.versions([first])).get(first)).toBe(3);
  });

  test('lists of holds are ranges of an index', async () => {
    const client = await bench.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT * FROM credits_holds WHERE account = 'a'
           AND (CASE WHEN remaining > 0 THEN 'open' ELSE state END) = 'open' ORDER BY id DESC LIMIT 25`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Index Scan Backward using credits_holds_listed');
      expect(plan).not.toContain('Sort');
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });
}
