import { expect, test } from 'vitest';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** One effect for each key, the first receipt again, and outcomes that can be made final. */
export function testIdempotency(bench: Bench): void {
  test('a repeated spend with the same key is charged once and answered the same', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 30, metadata: { item: 'server' } };
    const first = await bench.ledger.spend(command);
    const second = await bench.ledger.spend(command);
    expect(second).toEqual({ ...first, replayed: true });
    expect((await bench.ledger.balance(account)).balance.available).toBe(70);
  });

  test('the first answer is given again even when the account has moved on', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 30, expiresAfterMs: 60_000 };
    const first = await bench.ledger.hold(command);
    const part = { ...by(account), hold: first.hold.id, amount: 10 };
    const posted = await bench.ledger.post(part);
    await bench.ledger.void({ ...by(account), hold: first.hold.id });
    expect(await bench.ledger.hold(command)).toEqual({ ...first, replayed: true });
    expect(await bench.ledger.post(part)).toEqual({ ...posted, replayed: true });
  });

  test('an answer is given again even when the same command would now be refused', async () => {
    const account = await openAccount(bench, 30);
    const command = { ...by(account), account, amount: 30 };
    await bench.ledger.spend(command);
    expect(await bench.ledger.spend(command)).toMatchObject({ replayed: true, balance: { available: 0 } });
  });

  test('the same key with other arguments is refused, whichever argument differs', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 100);
    const command = { ...by('system:test'), account, amount: 30 };
    await bench.ledger.spend(command);
    for (const part of [
      { amount: 31 },
      { account: other },
      { reason: 'Else' },
      { metadata: { a: 1 } },
      { claimKey: 'x' },
    ]) {
      await refusal(bench.ledger.spend({ ...command, ...part }), 'idempotency_key_reused');
    }
    await refusal(bench.ledger.grant(command), 'idempotency_key_reused');
    expect((await bench.ledger.balance(account)).balance.available).toBe(70);
    expect((await bench.ledger.balance(other)).balance.available).toBe(100);
  });

  test('the order of metadata does not make another command', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 1 };
    await bench.ledger.spend({ ...command, metadata: { a: 1, b: { c: 2, d: 3 } } });
    const again = await bench.ledger.spend({ ...command, metadata: { b: { d: 3, c: 2 }, a: 1 } });
    expect(again.replayed).toBe(true);
  });

  test('the same key of another actor is another command', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 100);
    const idempotencyKey = fresh('key');
    const first = await bench.ledger.spend({ ...by(account), account, amount: 10, idempotencyKey });
    const second = await bench.ledger.spend({ ...by(other), account: other, amount: 20, idempotencyKey });
    expect([first.replayed, second.replayed]).toEqual([false, false]);
  });

  test('a refused command leaves no key behind, and may succeed later', async () => {
    const account = await openAccount(bench);
    const command = { ...by(account), account, amount: 30 };
    await refusal(bench.ledger.spend(command), 'insufficient_credits');
    await bench.ledger.grant({ ...by('system:test'), account, amount: 30 });
    expect((await bench.ledger.spend(command)).replayed).toBe(false);
  });

  test('a fact that may be paid once is refused under another key, and says what paid it', async () => {
    const account = await openAccount(bench);
    const other = await openAccount(bench);
    const claimKey = fresh('daily');
    const paid = await bench.ledger.grant({ ...by('system:bonus'), account, amount: 10, claimKey });
    const error = await refusal(
      bench.ledger.grant({ ...by('system:bonus'), account, amount: 10, claimKey }),
      'already_claimed',
    );
    expect(error.details).toEqual({ claimKey, transfer: paid.transfer.id });
    await bench.ledger.grant({ ...by('system:bonus'), account: other, amount: 10, claimKey });
    expect((await bench.ledger.balance(account)).balance.available).toBe(10);
  });

  test('a fact stays claimed when what it paid is reversed', async () => {
    const account = await openAccount(bench);
    const claimKey = fresh('welcome');
    const paid = await bench.ledger.grant({ ...by('system:bonus'), account, amount: 10, claimKey });
    await bench.ledger.reverse({ ...by('system:admin'), transfer: paid.transfer.id });
    await refusal(bench.ledger.grant({ ...by('system:bonus'), account, amount: 10, claimKey }), 'already_claimed');
  });

  test('a refused command claims nothing', async () => {
    const account = await openAccount(bench);
    const claimKey = fresh('rent');
    await refusal(bench.ledger.spend({ ...by(account), account, amount: 5, claimKey }), 'insufficient_credits');
    await bench.ledger.grant({ ...by('system:test'), account, amount: 5 });
    expect((await bench.ledger.spend({ ...by(account), account, amount: 5, claimKey })).balance.available).toBe(0);
  });

  test('settling tells applied operations from those that never will be', async () => {
    const account = await openAccount(bench, 100);
    const done = { ...by(account), account, amount: 10 };
    await bench.ledger.spend(done);
    const lost = { ...by(account), account, amount: 20 };
    const snapshot = await bench.ledger.resolveOperations(account, [done.idempotencyKey, lost.idempotencyKey]);
    expect(snapshot.applied).toEqual([done.idempotencyKey]);
    expect(snapshot.rejected).toEqual([{ id: lost.idempotencyKey, code: 'operation_abandoned' }]);
    expect(snapshot).toMatchObject({ version: 2, balance: { available: 90 } });
  });

  test('a command that arrives after it was given up is refused for good', async () => {
    const account = await openAccount(bench, 100);
    const late = { ...by(account), account, amount: 20 };
    await bench.ledger.resolveOperations(account, [late.idempotencyKey]);
    await refusal(bench.ledger.spend(late), 'operation_abandoned');
    await refusal(bench.ledger.spend({ ...late, amount: 21 }), 'operation_abandoned');
    expect(await bench.ledger.resolveOperations(account, [late.idempotencyKey])).toMatchObject({
      version: 1,
      applied: [],
      rejected: [{ id: late.idempotencyKey }],
    });
  });

  test('an operation that is settled while it is under way ends one way or the other, never both', async () => {
    const account = await openAccount(bench, 1_000);
    for (let turn = 0; turn < 20; turn += 1) {
      const command = { ...by(account), account, amount: 1 };
      const before = (await bench.ledger.balance(account)).balance.available;
      const [spent, settled] = await Promise.allSettled(
        turn % 2 === 0
          ? [bench.ledger.spend(command), bench.ledger.resolveOperations(account, [command.idempotencyKey])]
          : [
              bench.ledger.resolveOperations(account, [command.idempotencyKey]),
              bench.ledger.spend(command),
            ].toReversed(),
      );
      const applied =
        settled?.status === 'fulfilled' && 'applied' in settled.value && settled.value.applied.length === 1;
      expect(spent?.status === 'fulfilled').toBe(applied);
      expect((await bench.ledger.balance(account)).balance.available).toBe(before - (applied ? 1 : 0));
    }
  });

  test('giving up under one account does not touch the same key of another', async () => {
    const account = await openAccount(bench, 10);
    const other = await openAccount(bench, 10);
    const idempotencyKey = fresh('key');
    await bench.ledger.resolveOperations(other, [idempotencyKey]);
    expect((await bench.ledger.spend({ ...by(account), account, amount: 1, idempotencyKey })).version).toBe(2);
  });

  test('more operations than one question may name are refused', async () => {
    const account = await openAccount(bench);
    const operations = Array.from({ length: 101 }, (_, index) => `id-${index}`);
    await refusal(bench.ledger.resolveOperations(account, operations), 'invalid_request');
    await refusal(bench.ledger.snapshot(account, { operations }), 'invalid_request');
    await refusal(bench.ledger.resolveOperations(account, ['a,b']), 'invalid_request');
  });
}
