import { expect, test } from 'vitest';
import { FLOAT } from '../../src/ledgers/member.ts';
import { by, refusal } from '../support/ledger.ts';
import { balancesOf, expectVerified, openOnEach, type LedgersBench } from './bench.ts';
import { stopAfter, stopBefore } from './stopped-process.ts';

/** Transfers between two ledgers: exactly once, whatever stops them. */
export function testTransfers(bench: LedgersBench): void {
  test('a transfer between two ledgers reads as one within a ledger, on both sides', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const command = { ...by(a), source: a, destination: b, amount: 30, metadata: { category: 'gift' } };
    const receipt = await ledgers.transfer(command);
    expect(receipt).toMatchObject({
      idempotencyKey: command.idempotencyKey,
      account: a,
      version: 3,
      balance: { posted: 70, held: 0, available: 70 },
      replayed: false,
      transfer: {
        kind: 'transfer',
        actor: a,
        source: a,
        destination: b,
        amount: 30,
        hold: null,
        metadata: { category: 'gift' },
      },
    });
    expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);
    expect(await ledgers.transfer(command)).toEqual({ ...receipt, replayed: true });
    await refusal(ledgers.transfer({ ...command, amount: 31 }), 'idempotency_key_reused');
    expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);

    expect((await ledgers.snapshot(a, { since: 1 })).applied).toEqual([command.idempotencyKey]);
    const sent = await ledgers.history(a);
    expect(sent.entries[0]).toMatchObject({
      kind: 'post',
      counterparty: b,
      amount: 30,
      metadata: { category: 'gift' },
    });
    const received = await ledgers.history(b);
    expect(received.entries[0]).toMatchObject({ kind: 'transfer', direction: 'credit', counterparty: a, amount: 30 });
    expect(received.entries[0]?.metadata).toEqual({ category: 'gift' });
    expect((await ledgers.activity.page(a)).lines[0]).toMatchObject({
      kind: 'sent',
      counterparty: b,
      amount: 30,
      category: 'gift',
    });
    expect((await ledgers.activity.page(b)).lines[0]).toMatchObject({
      kind: 'received',
      actor: a,
      counterparty: a,
      amount: 30,
      hold: null,
    });
    expect(await ledgers.findTransfer(receipt.transfer.id)).toMatchObject({
      source: a,
      destination: b,
      kind: 'transfer',
    });
    expect(await ledgers.circulation()).toMatchObject({ issued: 200, spent: 0, circulating: 200 });
    await expectVerified(ledgers);

    await refusal(ledgers.reverse({ ...by('system:test'), transfer: receipt.transfer.id }), 'invalid_request');
    const paid = received.entries[0]?.transfer ?? '';
    await refusal(ledgers.reverse({ ...by('system:test'), transfer: paid }), 'invalid_request');
    await expectVerified(ledgers);
  });

  test('what does not work between ledgers is refused with a code, and changes nothing', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const hold = { ...by(a), account: a, amount: 10, destination: b, expiresAfterMs: 60_000 };
    expect((await refusal(ledgers.hold(hold), 'invalid_request')).message).toContain('on another ledger');
    await refusal(ledgers.transfer({ ...by(a), source: a, destination: b, amount: 101 }), 'insufficient_credits');
    await ledgers.grant({ ...by('system:test'), account: a, amount: 10, priority: 3 });
    const error = await refusal(
      ledgers.transfer({ ...by(a), source: a, destination: b, amount: 20 }),
      'invalid_request',
    );
    expect(error.message).toContain('expire or have a priority');
    expect((await ledgers.snapshot(a)).balance).toEqual({ posted: 110, held: 0, available: 110 });
    await expectVerified(ledgers);
  });

  test('a transfer that the other ledger cannot take is released, and its key is used up', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    await ledgers.grant({ ...by('system:test'), account: a, amount: FLOAT });
    const command = { ...by(a), source: a, destination: b, amount: FLOAT + 1 };
    await refusal(ledgers.transfer(command), 'balance_limit_exceeded');
    expect((await ledgers.snapshot(a)).balance).toMatchObject({ posted: FLOAT + 100, held: 0 });
    await refusal(ledgers.transfer(command), 'operation_abandoned');
    await refusal(ledgers.transfer(command), 'operation_abandoned');
    expect((await ledgers.snapshot(a)).balance).toMatchObject({ posted: FLOAT + 100, held: 0 });
    await expectVerified(ledgers);
  });

  test('the hold of a transfer is nobody’s to end', async () => {
    const list = await bench.openNew(2);
    const stop = stopAfter('hold');
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const dying = await list.openAgain({ wrapLedger: stop.wrap });
    await expect(dying.transfer({ ...by(a), source: a, destination: b, amount: 30 })).rejects.toThrow('stopped');
    const { entries } = await ledgers.history(a);
    const hold = entries[0]?.hold ?? '';
    expect(hold).not.toBe('');
    expect((await ledgers.holds(a)).holds).toEqual([]);
    expect((await ledgers.allHolds()).holds).toEqual([]);
    await refusal(ledgers.void({ ...by(a), hold }), 'hold_not_found');
    await refusal(ledgers.post({ ...by(a), hold }), 'hold_not_found');
    await ledgers.transaction(async ({ ledger }) => {
      await refusal(ledger.void({ ...by(a), hold }), 'hold_not_found');
    });
    await ledgers.recoverTransfers({ olderThanMs: 0 });
    expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);
  });

  // Each step, before it is sent and after it is committed.
  const steps = ['hold', 'transfer', 'post'] as const;
  test.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
    'a process that dies at the %s, %s it, leaves a transfer that takes effect once or not at all',
    async (step, when) => {
      const list = await bench.openNew(2);
      const { ledgers } = list;
      const [a = '', b = ''] = await openOnEach(list, 100);
      const stop = when === 'before' ? stopBefore(step) : stopAfter(step);
      const dying = await list.openAgain({ wrapLedger: stop.wrap });
      const command = { ...by(a), source: a, destination: b, amount: 30 };
      await expect(dying.transfer(command)).rejects.toThrow('stopped');
      await expectVerified(ledgers);
      const isBegun = step !== 'hold' || when === 'after';
      const isOpen = isBegun && !(step === 'post' && when === 'after');
      expect(await ledgers.recoverTransfers({ olderThanMs: 0 })).toEqual({ completed: isOpen ? 1 : 0, released: 0 });
      expect(await balancesOf(ledgers, [a, b])).toEqual(isBegun ? [70, 130] : [100, 100]);
      expect(await ledgers.recoverTransfers({ olderThanMs: 0 })).toEqual({ completed: 0, released: 0 });
      // The caller, who got no response, repeats it.
      expect(await ledgers.transfer(command)).toMatchObject({ replayed: isBegun, balance: { available: 70, held: 0 } });
      expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);
      await expectVerified(ledgers);
    },
  );

  test.each([
    ['before', 'resolveOperations'],
    ['after', 'resolveOperations'],
    ['before', 'void'],
    ['after', 'void'],
  ] as const)('a process that dies %s the %s of a release leaves a transfer that has no effect', async (when, step) => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    await ledgers.grant({ ...by('system:test'), account: a, amount: 10, priority: 3 });
    const stop = when === 'before' ? stopBefore(step) : stopAfter(step);
    const dying = await list.openAgain({ wrapLedger: stop.wrap });
    const command = { ...by(a), source: a, destination: b, amount: 30 };
    await expect(dying.transfer(command)).rejects.toThrow('stopped');
    const isOpen = !(step === 'void' && when === 'after');
    expect(await ledgers.recoverTransfers({ olderThanMs: 0 })).toEqual({ completed: 0, released: isOpen ? 1 : 0 });
    expect(await ledgers.recoverTransfers({ olderThanMs: 0 })).toEqual({ completed: 0, released: 0 });
    expect(await balancesOf(ledgers, [a, b])).toEqual([110, 100]);
    await refusal(ledgers.transfer(command), 'invalid_request');
    expect(await balancesOf(ledgers, [a, b])).toEqual([110, 100]);
    await expectVerified(ledgers);
  });

  test('many processes that recover the same transfer carry it out once', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const dying = await list.openAgain({ wrapLedger: stopAfter('hold').wrap });
    const command = { ...by(a), source: a, destination: b, amount: 30 };
    await expect(dying.transfer(command)).rejects.toThrow('stopped');
    const others = [ledgers, await list.openAgain(), await list.openAgain()];
    await Promise.all([
      ...others.map((each) => each.recoverTransfers({ olderThanMs: 0 })),
      ...others.map((each) => each.transfer(command)),
    ]);
    expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);
    await expectVerified(ledgers);
  });

  test('transfers left behind are found without being asked for, and young ones are left alone', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const dying = await list.openAgain({ wrapLedger: stopAfter('transfer').wrap });
    await expect(dying.transfer({ ...by(a), source: a, destination: b, amount: 30 })).rejects.toThrow('stopped');
    expect(await ledgers.recoverTransfers()).toEqual({ completed: 0, released: 0 });
    expect((await ledgers.snapshot(a)).balance).toMatchObject({ posted: 100, held: 30 });
    const { pool } = bench.database;
    await pool.query(`UPDATE "${list.schemas[0]}".holds SET created_at = created_at - interval '11 seconds'`);
    await list.openAgain({ recoverEveryMs: 10 });
    await expect.poll(async () => (await ledgers.snapshot(a)).balance.held).toBe(0);
    expect(await balancesOf(ledgers, [a, b])).toEqual([70, 130]);
  });

  test('a transfer that nobody decided for half of the time of its hold is released', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const { pool } = bench.database;
    const late = `UPDATE "${list.schemas[0]}".holds SET created_at = created_at - interval '16 days'`;
    for (const [step, expected] of [
      ['hold', [100, 100]],
      ['transfer', [70, 130]],
    ] as const) {
      const dying = await list.openAgain({ wrapLedger: stopAfter(step).wrap });
      await expect(dying.transfer({ ...by(a), source: a, destination: b, amount: 30 })).rejects.toThrow('stopped');
      await pool.query(late);
      const isDecided = step === 'transfer' ? 1 : 0;
      expect(await ledgers.recoverTransfers()).toEqual({ completed: isDecided, released: 1 - isDecided });
      expect(await balancesOf(ledgers, [a, b])).toEqual(expected);
    }
  });
}
