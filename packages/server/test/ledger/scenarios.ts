import { expect, test } from 'vitest';
import type { ReceiptBase } from '../../src/ledger/commands.ts';
import { openFaultyLedger } from '../support/faulty-storage.ts';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** What must hold under real concurrency and failure, whatever the database. */
export function testScenarios(bench: Bench): void {
  function accepted<R extends ReceiptBase>(outcomes: PromiseSettledResult<R>[]): R[] {
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  }

  function codes(outcomes: PromiseSettledResult<unknown>[]): Set<unknown> {
    return new Set(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : [])));
  }

  test('L1: of 20 parallel purchases of 75 from 500, exactly 6 succeed', async () => {
    const account = await openAccount(bench, 500);
    const purchases = Array.from({ length: 20 }, () => bench.ledger.spend({ ...by(account), account, amount: 75 }));
    const outcomes = await Promise.allSettled(purchases);
    expect(accepted(outcomes)).toHaveLength(6);
    expect(codes(outcomes)).toEqual(new Set(['insufficient_credits']));
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 7, balance: { available: 50 } });
  });

  test('L2: of 100 parallel daily claims of one user, exactly 1 is paid', async () => {
    const account = await openAccount(bench);
    const claimKey = 'daily:2026-11-22';
    const claims = Array.from({ length: 100 }, () =>
      bench.ledger.grant({ ...by(account), account, amount: 10, reason: 'Daily bonus', claimKey }),
    );
    const outcomes = await Promise.allSettled(claims);
    const [paid, ...others] = accepted(outcomes);
    expect(others).toEqual([]);
    expect(codes(outcomes)).toEqual(new Set(['already_claimed']));
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason.details).toEqual({ claimKey, transfer: paid?.transfer.id });
    expect((await bench.ledger.balance(account)).balance.available).toBe(10);
  });

  test('L3: a single-use reward that 4 users claim at once is paid to one of them', async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => openAccount(bench)));
    const idempotencyKey = fresh('code');
    const claims = users.map((account) =>
      bench.ledger.grant({ actor: 'system:codes', reason: 'Code', account, amount: 50, idempotencyKey }),
    );
    const outcomes = await Promise.allSettled(claims);
    expect(accepted(outcomes)).toHaveLength(1);
    expect(codes(outcomes)).toEqual(new Set(['idempotency_key_reused']));
    const balances = await Promise.all(users.map((account) => bench.ledger.balance(account)));
    expect(balances.map(({ balance }) => balance.available).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 50]);
  });

  test('L3: a one-time reward is paid once, however often the link behind it is made again', async () => {
    const account = await openAccount(bench);
    const claims = Array.from({ length: 100 }, () =>
      bench.ledger.grant({ ...by('system:links'), account, amount: 25, claimKey: 'linked:chat' }),
    );
    expect(accepted(await Promise.allSettled(claims))).toHaveLength(1);
    expect((await bench.ledger.balance(account)).balance.available).toBe(25);
  });

  test('L4: a transfer that cannot be written moves nothing', async () => {
    const source = await openAccount(bench, 100);
    const destination = await openAccount(bench);
    const before = await bench.ledger.circulation();
    const { ledger, faulty } = await openFaultyLedger(bench);
    faulty.failBefore('23514');
    await expect(ledger.transfer({ ...by(source), source, destination, amount: 60 })).rejects.toMatchObject({
      code: '23514',
    });
    expect(await bench.ledger.balance(source)).toMatchObject({ version: 1, balance: { available: 100 } });
    expect(await bench.ledger.balance(destination)).toMatchObject({ version: 0, balance: { available: 0 } });
    expect(await bench.ledger.circulation()).toEqual(before);
    expect((await bench.ledger.verify()).differences).toEqual([]);
  });

  test('L5: a hold whose owner died is given back when its time is over, and cannot be posted then', async () => {
    const account = await openAccount(bench, 100);
    const dying = await bench.openLedger();
    const held = await dying.hold({ ...by(account), account, amount: 60, expiresAfterMs: 300_000 });
    await dying.close();
    const next = await bench.openLedger();
    expect((await next.balance(account)).balance.available).toBe(40);
    bench.time.nowMs += 300_000;
    expect((await next.balance(account)).balance).toEqual({ posted: 100, held: 0, available: 100 });
    await refusal(next.post({ ...by(account), hold: held.hold.id }), 'hold_already_resolved');
  });

  test('L5: a hold is found by its id after a restart, to be posted or voided', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 60, expiresAfterMs: 300_000 };
    const held = await bench.ledger.hold(command);
    const next = await bench.openLedger();
    expect(await next.findHold(held.hold.id)).toEqual(held.hold);
    expect((await next.hold(command)).hold.id).toBe(held.hold.id);
    expect((await next.void({ ...by(account), hold: held.hold.id })).balance.available).toBe(100);
  });

  test('L6: the same key 100 times in parallel has one effect and one answer', async () => {
    const account = await openAccount(bench, 500);
    const command = { ...by(account), account, amount: 75 };
    const receipts = await Promise.all(Array.from({ length: 100 }, () => bench.ledger.spend(command)));
    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(receipts.map((receipt) => JSON.stringify({ ...receipt, replayed: true })))).toHaveLength(1);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 2, balance: { available: 425 } });
  });

  test('L6: after a crash between commit and answer, the same key answers what was committed', async () => {
    const account = await openAccount(bench, 500);
    const command = { ...by(account), account, amount: 75 };
    const { ledger: crashing, faulty } = await openFaultyLedger(bench);
    const crashed = faulty.failAfter();
    const unanswered = crashing.spend(command).catch(() => 'unanswered');
    await crashed;
    faulty.failAlways(); // the process is gone: it can neither read again nor answer
    expect(await unanswered).toBe('unanswered');
    const next = await bench.openLedger();
    expect(await next.spend(command)).toMatchObject({ replayed: true, version: 2, balance: { available: 425 } });
    expect((await next.balance(account)).version).toBe(2);
  });

  test('L6: a connection that is lost at the commit is noticed, and the caller gets the committed response', async () => {
    const account = await openAccount(bench, 500);
    const { ledger, faulty } = await openFaultyLedger(bench);
    void faulty.failAfter('08006');
    const receipt = await ledger.spend({ ...by(account), account, amount: 75 });
    expect(receipt).toMatchObject({ version: 2, balance: { available: 425 } });
    expect((await bench.ledger.balance(account)).version).toBe(2);
  });

  test('L8: every change has an entry with true before and after, an actor and a reason', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench);
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    await bench.ledger.transfer({ ...by(account), source: account, destination: other, amount: 10 });
    const held = await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 10_000 });
    await bench.ledger.post({ ...by(account), hold: held.hold.id, amount: 5 });
    bench.time.nowMs += 10_000;
    const { version } = await bench.ledger.balance(account);
    await bench.ledger.adjust({ ...by('system:admin'), account, available: 1, expectedVersion: version });
    const { entries, snapshot } = await bench.ledger.history(account, { limit: 100 });
    expect(entries).toHaveLength(snapshot.version);
    let running = { posted: 0, held: 0, available: 0 };
    for (const entry of entries.toReversed()) {
      expect(entry.before).toEqual(running);
      expect(entry.after).not.toEqual(entry.before);
      expect(entry.actor).not.toBe('');
      expect(entry.reason).not.toBe('');
      running = entry.after;
    }
    expect(running).toEqual(snapshot.balance);
    expect((await bench.ledger.verify()).differences).toEqual([]);
  });

  test('L9: a billing job that two instances run at once charges each period once', async () => {
    const account = await openAccount(bench, 1_000);
    const other = await bench.openLedger();
    const periods = Array.from({ length: 30 }, (_, index) => `bill:${account}:${index}`);
    const bill = (ledger: typeof other) =>
      Promise.all(
        periods.map((idempotencyKey) =>
          ledger.spend({ actor: 'system:billing', reason: 'Rent', account, amount: 10, idempotencyKey }),
        ),
      );
    const [first, second] = await Promise.all([bill(bench.ledger), bill(other)]);
    const charged = [...first, ...second].filter(({ replayed }) => !replayed);
    expect(charged).toHaveLength(30);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 31, balance: { available: 700 } });
  });
}
