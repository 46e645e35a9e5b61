import { expect, test, vi } from 'vitest';
import { by, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** Holds: reserved, then posted in full or in part, voided, or expired. */
export function testHolds(bench: Bench): void {
  async function hold(account: string, amount: number, expiresAfterMs = 60_000): Promise<string> {
    const receipt = await bench.ledger.hold({ ...by(account), account, amount, expiresAfterMs });
    return receipt.hold.id;
  }

  test('a hold lowers what is available at once, and nothing else', async () => {
    const account = await openAccount(bench, 100);
    const receipt = await bench.ledger.hold({ ...by(account), account, amount: 30, expiresAfterMs: 60_000 });
    expect(receipt).toMatchObject({
      account,
      version: 2,
      balance: { posted: 100, held: 30, available: 70 },
    });
    expect(receipt).not.toHaveProperty('transfer');
    expect(receipt.hold).toMatchObject({
      account,
      destination: 'system:spent',
      amount: 30,
      remaining: 30,
      state: 'open',
      expiresAt: new Date(bench.time.nowMs + 60_000).toISOString(),
    });
  });

  test('credits that are held cannot be spent, held again or transferred', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench);
    await hold(account, 80);
    await refusal(bench.ledger.spend({ ...by(account), account, amount: 21 }), 'insufficient_credits');
    await refusal(
      bench.ledger.hold({ ...by(account), account, amount: 21, expiresAfterMs: 5_000 }),
      'insufficient_credits',
    );
    const transfer = { ...by(account), source: account, destination: other, amount: 21 };
    await refusal(bench.ledger.transfer(transfer), 'insufficient_credits');
    expect((await bench.ledger.balance(account)).version).toBe(2);
  });

  test('a post moves what is held, and the shown number stays where the hold put it', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    const receipt = await bench.ledger.post({ ...by(account), hold: id });
    expect(receipt).toMatchObject({
      account,
      version: 3,
      balance: { posted: 70, held: 0, available: 70 },
      transfer: { kind: 'post', amount: 30, hold: id, destination: 'system:spent' },
      hold: { id, remaining: 0, state: 'posted' },
    });
  });

  test('a hold may be posted in parts, and what remains given back', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    const part = await bench.ledger.post({ ...by(account), hold: id, amount: 12 });
    expect(part).toMatchObject({ balance: { posted: 88, held: 18 }, hold: { remaining: 18, state: 'partly_posted' } });
    const rest = await bench.ledger.void({ ...by(account), hold: id });
    expect(rest).toMatchObject({ version: 4, balance: { posted: 88, held: 0, available: 88 } });
    expect(rest.hold).toMatchObject({ remaining: 0, state: 'voided' });
  });

  test('no more than what remains can be posted', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    await bench.ledger.post({ ...by(account), hold: id, amount: 12 });
    const error = await refusal(bench.ledger.post({ ...by(account), hold: id, amount: 19 }), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 19, available: 18 });
  });

  test('a hold that is resolved stays as it is', async () => {
    const account = await openAccount(bench, 100);
    const posted = await hold(account, 30);
    await bench.ledger.post({ ...by(account), hold: posted });
    const error = await refusal(bench.ledger.void({ ...by(account), hold: posted }), 'hold_already_resolved');
    expect(error.details).toEqual({ state: 'posted' });
    const voided = await hold(account, 30);
    await bench.ledger.void({ ...by(account), hold: voided });
    await refusal(bench.ledger.post({ ...by(account), hold: voided }), 'hold_already_resolved');
    await refusal(bench.ledger.void({ ...by(account), hold: voided }), 'hold_already_resolved');
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 70, held: 0, available: 70 });
  });

  test('of a post and a void at once, exactly one happens', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    const outcomes = await Promise.allSettled([
      bench.ledger.post({ ...by(account), hold: id }),
      bench.ledger.void({ ...by(account), hold: id }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 70, held: 0, available: 70 });
  });

  test('a hold can be posted to another user', async () => {
    const account = await openAccount(bench, 100);
    const seller = await openAccount(bench);
    const command = { ...by(account), account, amount: 30, expiresAfterMs: 60_000, destination: seller };
    const held = await bench.ledger.hold(command);
    await bench.ledger.post({ ...by(account), hold: held.hold.id });
    expect(await bench.ledger.balance(seller)).toMatchObject({ version: 1, balance: { available: 30 } });
  });

  test.each([[999], [30 * 24 * 3_600_000 + 1], [0], [1_000.5], ['1000']])(
    'a hold for %s ms is refused',
    async (value) => {
      const account = await openAccount(bench, 10);
      const command = { ...by(account), account, amount: 1, expiresAfterMs: value as number };
      await refusal(bench.ledger.hold(command), 'invalid_request');
    },
  );

  test('a hold to oneself or to the account that issues is refused', async () => {
    const account = await openAccount(bench, 10);
    const command = { ...by(account), account, amount: 1, expiresAfterMs: 5_000 };
    await refusal(bench.ledger.hold({ ...command, destination: account }), 'invalid_request');
    await refusal(bench.ledger.hold({ ...command, destination: 'system:issued' }), 'invalid_request');
  });

  test.each([['nothing'], ['01a204a6-0cd8-7da4-bfe2-55b75674d066']])('the hold %j is not found', async (id) => {
    await refusal(bench.ledger.findHold(id), 'hold_not_found');
    await refusal(bench.ledger.post({ ...by('system:test'), hold: id }), 'hold_not_found');
    await refusal(bench.ledger.void({ ...by('system:test'), hold: id }), 'hold_not_found');
  });

  test('a hold counts until its end, and the first read after it settles it', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30, 10_000);
    bench.time.nowMs += 9_999;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 2, balance: { held: 30 } });
    bench.time.nowMs += 1;
    expect(await bench.ledger.snapshot(account)).toMatchObject({ version: 3, balance: { held: 0, available: 100 } });
    expect(await bench.ledger.findHold(id)).toMatchObject({ state: 'expired', remaining: 0 });
    const { entries } = await bench.ledger.history(account, { limit: 1 });
    expect(entries[0]).toMatchObject({ verb: 'expire', amount: 30, hold: id, actor: 'system:ledger' });
  });

  test('reading many times at once settles an expired hold once', async () => {
    const account = await openAccount(bench, 100);
    await hold(account, 30, 10_000);
    bench.time.nowMs += 10_000;
    const snapshots = await Promise.all(Array.from({ length: 20 }, () => bench.ledger.snapshot(account)));
    expect(new Set(snapshots.map(({ version }) => version))).toEqual(new Set([3]));
  });

  test('a hold that is looked up by its id after its end is settled', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30, 10_000);
    bench.time.nowMs += 10_000;
    expect(await bench.ledger.findHold(id)).toMatchObject({ state: 'expired' });
    expect((await bench.ledger.versions([account])).get(account)).toBe(3);
  });

  test('a command on an account with an expired hold has its credits again', async () => {
    const account = await openAccount(bench, 100);
    await hold(account, 80, 10_000);
    bench.time.nowMs += 10_000;
    const receipt = await bench.ledger.spend({ ...by(account), account, amount: 100 });
    expect(receipt).toMatchObject({ version: 4, balance: { posted: 0, held: 0 } });
  });

  test('an expired hold cannot be posted, and trying settles it', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 80, 10_000);
    bench.time.nowMs += 10_000;
    const error = await refusal(bench.ledger.post({ ...by(account), hold: id }), 'hold_already_resolved');
    expect(error.details).toEqual({ state: 'expired' });
    expect((await bench.ledger.versions([account])).get(account)).toBe(3);
  });

  test('what remains of a partly posted hold expires', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 80, 10_000);
    await bench.ledger.post({ ...by(account), hold: id, amount: 50 });
    bench.time.nowMs += 10_000;
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 50, held: 0, available: 50 });
  });

  test('a hold that nobody reads is settled by the timer, and listeners are called', async () => {
    const account = await openAccount(bench, 100);
    await hold(account, 80, 10_000);
    const ledger = await bench.openLedger({ expirySweepMs: 5 });
    const changed: string[] = [];
    ledger.onChange((accounts) => changed.push(...accounts));
    bench.time.nowMs += 10_000;
    await vi.waitFor(() => expect(changed).toContain(account), { timeout: 30_000 });
    expect((await ledger.versions([account])).get(account)).toBe(3);
    await ledger.close();
  });
}
