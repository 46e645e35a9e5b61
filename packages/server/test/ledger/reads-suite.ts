import { expect, test } from 'vitest';
import { APPLIED_SPAN_MAX } from 'realtime-credits/contract';
import { by, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** Snapshots, history, the past, sums and hints. */
export function testReads(bench: Bench): void {
  test('a snapshot names the own operations after a version, and no others', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 100);
    const first = { ...by(account), account, amount: 1 };
    const second = { ...by(account), account, amount: 2 };
    await bench.ledger.spend(first);
    await bench.ledger.grant({ ...by('system:bonus'), account, amount: 7 });
    await bench.ledger.transfer({ ...by(other), source: other, destination: account, amount: 5 });
    await bench.ledger.spend(second);
    const snapshot = await bench.ledger.snapshot(account, { since: 1 });
    expect(snapshot).toMatchObject({ version: 5, from: 1, applied: [first.idempotencyKey, second.idempotencyKey] });
    const later = await bench.ledger.snapshot(account, { since: 2 });
    expect(later).toMatchObject({ from: 2, applied: [second.idempotencyKey] });
    expect(later).not.toHaveProperty('rejected');
  });

  test('an operation that credits its own actor from another account is in their frames', async () => {
    const account = await openAccount(bench);
    const other = await openAccount(bench, 10);
    const command = { ...by(account), source: other, destination: account, amount: 4 };
    await bench.ledger.transfer(command);
    expect((await bench.ledger.snapshot(account, { since: 0 })).applied).toEqual([command.idempotencyKey]);
    expect((await bench.ledger.snapshot(other, { since: 0 })).applied).toEqual([]);
  });

  test('a snapshot without a version names nothing, and is complete from where it stands', async () => {
    const account = await openAccount(bench, 10);
    expect(await bench.ledger.snapshot(account)).toMatchObject({ version: 1, from: 1, applied: [] });
  });

  test('a snapshot since a version that is still to come starts where the account stands', async () => {
    const account = await openAccount(bench, 10);
    expect(await bench.ledger.snapshot(account, { since: 99 })).toMatchObject({ version: 1, from: 1, applied: [] });
  });

  test('an operation that is asked for by id is named whatever its version', async () => {
    const account = await openAccount(bench, 10);
    const command = { ...by(account), account, amount: 1 };
    await bench.ledger.spend(command);
    const operations = [command.idempotencyKey, 'never-seen'];
    const snapshot = await bench.ledger.snapshot(account, { operations });
    expect(snapshot).toMatchObject({ from: 2, applied: [command.idempotencyKey] });
    expect(snapshot).not.toHaveProperty('rejected');
  });

  test('where the list of operations would be too long, the snapshot is complete from later on', async () => {
    const account = await openAccount(bench, APPLIED_SPAN_MAX + 10);
    const spends = Array.from({ length: APPLIED_SPAN_MAX + 5 }, () =>
      bench.ledger.spend({ ...by(account), account, amount: 1 }),
    );
    await Promise.all(spends);
    const snapshot = await bench.ledger.snapshot(account, { since: 0 });
    expect(snapshot.from).toBe(snapshot.version - APPLIED_SPAN_MAX);
    expect(snapshot.applied).toHaveLength(APPLIED_SPAN_MAX);
  });

  test('versions of many accounts are one question, and unknown ones are left out', async () => {
    const account = await openAccount(bench, 10);
    const versions = await bench.ledger.versions([account, 'nobody-at-all']);
    expect(versions).toEqual(new Map([[account, 1]]));
  });

  test('history is read in pages, newest first, each entry beginning where the one before ended', async () => {
    const account = await openAccount(bench, 100);
    for (let amount = 1; amount <= 6; amount += 1) await bench.ledger.spend({ ...by(account), account, amount });
    const pages = [];
    let before: number | null = 8;
    while (before !== null) {
      const page = await bench.ledger.history(account, { before, limit: 3 });
      pages.push(page.entries.map(({ version }) => version));
      before = page.next;
    }
    expect(pages).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const { entries, snapshot } = await bench.ledger.history(account);
    for (const [index, entry] of entries.entries()) {
      expect(entry.before).toEqual(entries[index + 1]?.after ?? { posted: 0, held: 0, available: 0 });
    }
    expect(entries[0]?.after).toEqual(snapshot.balance);
  });

  test('an entry says what moved, with whom, why and by whom', async () => {
    const source = await openAccount(bench, 100);
    const destination = await openAccount(bench);
    const command = { ...by(source), source, destination, amount: 40, reason: 'Lunch', metadata: { table: 4 } };
    const { transfer } = await bench.ledger.transfer(command);
    const shared = {
      kind: 'transfer',
      verb: 'transfer',
      amount: 40,
      transfer: transfer.id,
      hold: null,
      actor: source,
    };
    const said = { reason: 'Lunch', metadata: { table: 4 }, createdAt: transfer.createdAt };
    const [debit] = (await bench.ledger.history(source)).entries;
    expect(debit).toEqual({
      ...shared,
      ...said,
      account: source,
      version: 2,
      direction: 'debit',
      before: { posted: 100, held: 0, available: 100 },
      after: { posted: 60, held: 0, available: 60 },
      counterparty: destination,
    });
    const [credit] = (await bench.ledger.history(destination)).entries;
    expect(credit).toMatchObject({
      ...shared,
      ...said,
      direction: 'credit',
      counterparty: source,
      after: { available: 40 },
    });
  });

  test('entries of a hold say its verbs', async () => {
    const account = await openAccount(bench, 100);
    const held = await bench.ledger.hold({ ...by(account), account, amount: 30, expiresAfterMs: 60_000 });
    const hold = held.hold.id;
    await bench.ledger.post({ ...by(account), hold, amount: 10 });
    await bench.ledger.void({ ...by(account), hold, reason: 'Not needed' });
    const { entries } = await bench.ledger.history(account, { limit: 3 });
    expect(entries).toMatchObject([
      { verb: 'void', kind: 'void', direction: 'credit', amount: 20, hold, reason: 'Not needed', counterparty: null },
      { verb: 'post', kind: 'post', direction: 'debit', amount: 10, hold, counterparty: 'system:spent' },
      { verb: 'hold', kind: 'hold', direction: 'debit', amount: 30, hold, counterparty: null, actor: account },
    ]);
  });

  test.each([[0], [101], [-1], [1.5], ['10']])('a history page of %s entries is refused', async (limit) => {
    const account = await openAccount(bench);
    await refusal(bench.ledger.history(account, { limit: limit as number }), 'invalid_request');
  });

  test('the balance of the past is found by version', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 30 });
    expect(await bench.ledger.balanceAt(account, { version: 0 })).toMatchObject({ balance: { available: 0 } });
    expect(await bench.ledger.balanceAt(account, { version: 1 })).toMatchObject({
      balance: { available: 100 },
      version: 1,
    });
    expect(await bench.ledger.balanceAt(account, { version: 2 })).toMatchObject({ balance: { available: 70 } });
    await refusal(bench.ledger.balanceAt(account, { version: 3 }), 'invalid_request');
  });

  test('the balance of the past is found by instant', async () => {
    const account = await openAccount(bench);
    const instants: string[] = [];
    for (let count = 1; count <= 9; count += 1) {
      bench.time.nowMs += 1_000;
      await bench.ledger.grant({ ...by('system:test'), account, amount: 1 });
      instants.push(new Date(bench.time.nowMs).toISOString());
    }
    for (const [index, instant] of instants.entries()) {
      const at = await bench.ledger.balanceAt(account, { instant });
      expect(at).toEqual({ balance: { posted: index + 1, held: 0, available: index + 1 }, version: index + 1 });
      const earlier = new Date(Date.parse(instant) - 1).toISOString();
      expect((await bench.ledger.balanceAt(account, { instant: earlier })).version).toBe(index);
    }
    expect((await bench.ledger.balanceAt(account, { instant: '2999-01-01T00:00:00Z' })).version).toBe(9);
    await refusal(bench.ledger.balanceAt(account, { instant: 'yesterday' }), 'invalid_request');
  });

  test('what was issued is what was spent, what expired, and what users have', async () => {
    const before = await bench.ledger.circulation();
    const account = await openAccount(bench, 100);
    await bench.ledger.spend({ ...by(account), account, amount: 30 });
    await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 60_000 });
    const after = await bench.ledger.circulation();
    expect(after).toEqual({
      issued: before.issued + 100,
      spent: before.spent + 30,
      expired: before.expired,
      circulating: before.circulating + 70,
      held: before.held + 20,
      accounts: before.accounts + 1,
    });
    expect(after.issued - after.spent - after.expired).toBe(after.circulating);
  });

  test('listeners are called with the accounts that changed, until they stop', async () => {
    const account = await openAccount(bench, 10);
    const changed: string[] = [];
    const stop = bench.ledger.onChange((accounts) => changed.push(...accounts));
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    expect(changed).toEqual([account]);
    await refusal(bench.ledger.spend({ ...by(account), account, amount: 100 }), 'insufficient_credits');
    stop();
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    expect(changed).toHaveLength(1);
  });

  test('a listener that fails disturbs neither the command nor the other listeners', async () => {
    const account = await openAccount(bench, 10);
    const changed: string[] = [];
    const stopFailing = bench.ledger.onChange(() => {
      throw new Error('a broken listener');
    });
    const stop = bench.ledger.onChange((accounts) => changed.push(...accounts));
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    stopFailing();
    stop();
    expect(changed).toContain(account);
    expect(bench.warnings).toContain('A listener for changes failed.');
  });

  test('a closed ledger finishes what it took on and takes nothing more', async () => {
    const ledger = await bench.openLedger();
    const account = await openAccount(bench, 10);
    const last = ledger.spend({ ...by(account), account, amount: 1 });
    await ledger.close();
    expect((await last).balance.available).toBe(9);
    await refusal(ledger.spend({ ...by(account), account, amount: 1 }), 'unavailable');
  });

  test('every ledger on a database tells the same epoch', async () => {
    const other = await bench.openLedger();
    expect(other.epoch).toBe(bench.ledger.epoch);
  });
}
