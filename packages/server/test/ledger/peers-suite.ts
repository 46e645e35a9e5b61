import { expect, test } from 'vitest';
import { openFaultyLedger } from '../support/faulty-storage.ts';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';

/**
 * What other ledgers and panels got wrong, as their users reported it: each test is named after the failure that it
 * keeps out, and cites the report.
 */
export function testPeers(bench: Bench): void {
  async function hold(account: string, amount: number, expiresAfterMs = 60_000): Promise<string> {
    const receipt = await bench.ledger.hold({ ...by(account), account, amount, expiresAfterMs });
    return receipt.hold.id;
  }

  // blnkfinance/blnk#41
  test('not here: a hold that is voided twice, where the second void answers as if it had done something', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    await bench.ledger.void({ ...by(account), hold: id });
    const error = await refusal(bench.ledger.void({ ...by(account), hold: id }), 'hold_already_resolved');
    expect(error.details).toEqual({ state: 'voided' });
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 3, balance: { available: 100 } });
  });

  // blnkfinance/blnk#62 asks for it: a hold is a promise about an amount, and more than it is a command of its own.
  test('not here: a hold that is posted above its amount, at once or in parts', async () => {
    const account = await openAccount(bench, 100);
    const whole = await hold(account, 30);
    await refusal(bench.ledger.post({ ...by(account), hold: whole, amount: 31 }), 'insufficient_credits');
    await bench.ledger.post({ ...by(account), hold: whole, amount: 20 });
    await refusal(bench.ledger.post({ ...by(account), hold: whole, amount: 11 }), 'insufficient_credits');
    await bench.ledger.post({ ...by(account), hold: whole, amount: 10 });
    await refusal(bench.ledger.post({ ...by(account), hold: whole, amount: 1 }), 'hold_already_resolved');
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 70, held: 0, available: 70 });
  });

  // blnkfinance/blnk#171
  test('not here: posts at once that each read the same remainder, and together post more than was held', async () => {
    const account = await openAccount(bench, 100);
    const other = await bench.openLedger();
    const id = await hold(account, 50);
    const posts = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? bench.ledger : other).post({ ...by(account), hold: id, amount: 7 }),
    );
    const outcomes = await Promise.allSettled(posts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 51, held: 1, available: 50 });
  });

  // blnkfinance/blnk#181
  test('not here: holds that each fit the balance, and together exceed it', async () => {
    const account = await openAccount(bench, 5_000);
    for (let count = 0; count < 5; count += 1) await hold(account, 1_000);
    const sixth = { ...by(account), account, amount: 1_000, expiresAfterMs: 60_000 };
    const error = await refusal(bench.ledger.hold(sixth), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 1_000, available: 0 });
  });

  // blnkfinance/blnk#182
  test('not here: a hold that was refused, and can be posted all the same', async () => {
    const account = await openAccount(bench, 10);
    const command = { ...by(account), account, amount: 11, expiresAfterMs: 60_000 };
    await refusal(bench.ledger.hold(command), 'insufficient_credits');
    expect((await bench.ledger.holds(account)).holds).toEqual([]);
    // All that the caller has is its key, and that names no hold.
    await refusal(bench.ledger.post({ ...by(account), hold: command.idempotencyKey }), 'hold_not_found');
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 1, balance: { available: 10 } });
  });

  // blnkfinance/blnk#195
  test('not here: holds made together, of which none can be posted afterwards', async () => {
    const account = await openAccount(bench, 100);
    const held = await Promise.all(Array.from({ length: 10 }, () => hold(account, 10)));
    await Promise.all(held.map((id) => bench.ledger.post({ ...by(account), hold: id })));
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 0, held: 0, available: 0 });
  });

  // mojaloop/project#3300
  test('not here: holds that timed out, and that nobody can list', async () => {
    const account = await openAccount(bench, 100);
    const ids = [await hold(account, 10, 1_000), await hold(account, 20, 1_000)];
    bench.time.nowMs += 1_000;
    const { holds } = await bench.ledger.holds(account, { state: 'expired' });
    expect(holds.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const all = (await bench.ledger.allHolds({ state: 'expired', limit: 100 })).holds.map(({ id }) => id);
    expect(all).toEqual(expect.arrayContaining(ids));
  });

  // tigerbeetle/tigerbeetle#2118
  test('not here: a hold past its instant that still lowers the balance that is read', async () => {
    const account = await openAccount(bench, 10);
    await hold(account, 10, 5_000);
    bench.time.nowMs += 5_000;
    // Whichever read comes first.
    expect((await bench.ledger.holds(account)).snapshot.balance).toEqual({ posted: 10, held: 0, available: 10 });
    await hold(account, 10, 5_000);
    bench.time.nowMs += 5_000;
    expect((await bench.ledger.balance(account)).balance.available).toBe(10);
    await hold(account, 10, 5_000);
    bench.time.nowMs += 5_000;
    expect((await bench.ledger.history(account, { limit: 1 })).snapshot.balance.available).toBe(10);
    await hold(account, 10, 5_000);
    bench.time.nowMs += 5_000;
    expect((await bench.ledger.snapshot(account)).balance.available).toBe(10);
  });

  // tigerbeetle/tigerbeetle#2693
  test('not here: a balance and a list of holds that cannot be read at one instant', async () => {
    const account = await openAccount(bench, 1_000);
    const other = await bench.openLedger();
    const changing = Array.from({ length: 60 }, async (_, index) => {
      const id = await hold(account, 1 + (index % 7));
      if (index % 3 === 0) await other.void({ ...by(account), hold: id });
      if (index % 3 === 1) await other.post({ ...by(account), hold: id, amount: 1 });
    });
    const run = { isOver: false };
    const over = Promise.all(changing).then(() => (run.isOver = true));
    while (!run.isOver) {
      await new Promise((resolve) => setImmediate(resolve)); // a storage in memory never leaves the turn by itself
      const { holds, snapshot, next } = await bench.ledger.holds(account, { limit: 100 });
      expect(next).toBeNull();
      expect(holds.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(snapshot.balance.held);
    }
    await over;
  });

  // formancehq/wallets#109
  test('not here: a repeated hold that is refused because its id was generated again', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 30, expiresAfterMs: 60_000 };
    const first = await bench.ledger.hold(command);
    const again = await (await bench.openLedger()).hold(command);
    expect(again).toEqual({ ...first, replayed: true });
    expect((await bench.ledger.holds(account)).holds).toHaveLength(1);
  });

  // formancehq/wallets#109, CONTRIBUTING.md of formancehq/ledger on rows that are not there yet
  test('not here: an account that is created twice at once, or first spends that both pass', async () => {
    const account = fresh('user');
    const instances = [bench.ledger, await bench.openLedger(), await bench.openLedger()];
    const outcomes = await Promise.allSettled(
      instances.flatMap((ledger) => [
        ledger.grant({
          actor: 'system:test',
          reason: 'First',
          account,
          amount: 10,
          idempotencyKey: `first:${account}`,
        }),
        ledger.spend({ ...by(account), account, amount: 10 }),
      ]),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(4);
    const { balance } = await bench.ledger.balance(account);
    expect(balance.available).toBeGreaterThanOrEqual(0);
    expect((await bench.ledger.circulation()).issued).toBeGreaterThanOrEqual(10);
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  });

  // supabase/orb-sync-engine#78, useautumn/autumn#2202
  test('not here: states of one instant of which the older one wins', async () => {
    const account = await openAccount(bench, 100);
    // The clock stands still: only versions tell which is newer.
    const receipts = await Promise.all(
      Array.from({ length: 20 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 })),
    );
    const versions = receipts.map(({ version }) => version);
    expect(new Set(versions).size).toBe(20);
    const newest = receipts.toSorted((a, b) => a.version - b.version).at(-1);
    expect(newest?.balance).toEqual((await bench.ledger.balance(account)).balance);
  });

  // envato/double_entry#114, bavix/laravel-wallet#124 and #328, Ctrlpanel-gg/panel#1220, flash-oss/medici#119
  test('not here: a balance below zero, whatever takes from it at once', async () => {
    const account = await openAccount(bench, 20);
    const other = await openAccount(bench);
    const ledgers = [bench.ledger, await bench.openLedger()];
    const outcomes = await Promise.allSettled(
      ledgers.flatMap((ledger) => [
        ledger.spend({ ...by(account), account, amount: 9 }),
        ledger.transfer({ ...by(account), source: account, destination: other, amount: 9 }),
        ledger.hold({ ...by(account), account, amount: 9, expiresAfterMs: 60_000 }),
      ]),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await bench.ledger.balance(account)).balance.available).toBe(2);
  });

  // opencollective/opencollective#5644, getlago/lago-api#3618, pollinations/pollinations#10621
  test('not here: a webhook that arrives twice within a millisecond and pays twice', async () => {
    const account = await openAccount(bench);
    const ledgers = [bench.ledger, await bench.openLedger()];
    const event = { actor: 'system:payments', reason: 'Payment', account, amount: 500, idempotencyKey: fresh('event') };
    const receipts = await Promise.all([...ledgers, ...ledgers].map((ledger) => ledger.grant(event)));
    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect((await bench.ledger.balance(account)).balance.available).toBe(500);
  });

  // danny-avila/LibreChat#13812
  test('not here: an event that is recorded before its credits were paid: its repetition pays nothing', async () => {
    const account = fresh('user');
    const event = { actor: 'system:payments', reason: 'Payment', account, amount: 500, idempotencyKey: fresh('event') };
    const { ledger, faulty } = await openFaultyLedger(bench);
    faulty.failBefore('23514');
    await expect(ledger.grant({ ...event, claimKey: 'event:1' })).rejects.toMatchObject({ code: '23514' });
    expect(await ledger.grant({ ...event, claimKey: 'event:1' })).toMatchObject({ version: 1, replayed: false });
  });

  // Ctrlpanel-gg/panel#603: connect, disconnect, connect again
  test('not here: a reward that is paid again after what it was for was undone and redone', async () => {
    const account = await openAccount(bench);
    const claimKey = 'linked:discord';
    const paid = await bench.ledger.grant({ ...by('system:rewards'), account, amount: 250, claimKey });
    await refusal(bench.ledger.grant({ ...by('system:rewards'), account, amount: 250, claimKey }), 'already_claimed');
    await bench.ledger.reverse({ ...by('system:admin'), transfer: paid.transfer.id });
    await refusal(bench.ledger.grant({ ...by('system:rewards'), account, amount: 250, claimKey }), 'already_claimed');
    expect((await bench.ledger.balance(account)).balance.available).toBe(0);
  });

  // uzh-bf/klicker-uzh#4932
  test('not here: resets at once that each add what was missing', async () => {
    const account = await openAccount(bench, 3);
    const ledgers = [bench.ledger, await bench.openLedger()];
    const resets = Array.from({ length: 10 }, (_, index) =>
      (ledgers[index % 2] ?? bench.ledger).adjust({
        ...by('system:reset'),
        account,
        available: 10,
        expectedVersion: 1,
      }),
    );
    const outcomes = await Promise.allSettled(resets);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 2, balance: { available: 10 } });
  });

  // tigerbeetle/tigerbeetle#27, polarsource/polar#7883
  test('not here: an answer without the balance that it led to', async () => {
    const account = await openAccount(bench, 100);
    const commands = [
      () => bench.ledger.grant({ ...by('system:test'), account, amount: 5 }),
      () => bench.ledger.spend({ ...by(account), account, amount: 1 }),
      () => bench.ledger.hold({ ...by(account), account, amount: 7, expiresAfterMs: 60_000 }),
    ];
    for (const command of commands) {
      const { version, balance } = await command();
      expect(await bench.ledger.balance(account)).toEqual({ version, balance });
    }
  });
}
