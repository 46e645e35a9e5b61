import { CREDITS_MAX } from 'realtime-credits/contract';
import { expect, test } from 'vitest';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';

/** Accounts, and the commands that move credits at once. */
export function testCommands(bench: Bench): void {
  test('an account that nothing was posted to reads as empty, at version 0', async () => {
    const account = fresh('user');
    expect(await bench.ledger.snapshot(account)).toEqual({
      account,
      epoch: bench.ledger.epoch,
      version: 0,
      balance: { posted: 0, held: 0, available: 0 },
      from: 0,
      applied: [],
    });
  });

  test('two instances that use a new account for the first time at once both succeed', async () => {
    const other = await bench.openLedger();
    const account = fresh('user');
    const grants = [bench.ledger, other].map((ledger) => ledger.grant({ ...by('system:test'), account, amount: 5 }));
    const versions = (await Promise.all(grants)).map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2]);
  });

  test.each([['auth0|5f7c8ec7c33c6c004bbafe82'], ['ada+test@example.org'], ['a~b=c'], ['x'.repeat(128)]])(
    'A10: the account id %j is accepted',
    async (id) => {
      const account = id.length === 128 ? id : `${id}${fresh('')}`;
      const receipt = await bench.ledger.grant({ ...by(account), account, amount: 1 });
      expect(receipt).toMatchObject({ account, transfer: { destination: account, actor: account } });
      expect(await bench.ledger.findTransfer(receipt.transfer.id)).toMatchObject(receipt.transfer);
    },
  );

  test.each([
    ['system:issued'],
    ['system:mine'],
    [''],
    ['a b'],
    ['a/b'],
    ['system:issued#0'],
    ['a#0'],
    ['x'.repeat(129)],
    [7],
    [null],
    [{ $ne: null }],
  ])('the account id %j is refused', async (account) => {
    await refusal(bench.ledger.snapshot(account as string), 'invalid_request');
    await refusal(bench.ledger.history(account as string), 'invalid_request');
    await refusal(
      bench.ledger.grant({ ...by('system:test'), account: account as string, amount: 1 }),
      'invalid_request',
    );
    await refusal(
      bench.ledger.spend({ ...by('system:test'), account: account as string, amount: 1 }),
      'invalid_request',
    );
  });

  test('a grant raises what is available and says so in its receipt', async () => {
    const account = await openAccount(bench);
    const command = { ...by('system:bonus'), account, amount: 25, metadata: { day: 3 } };
    const receipt = await bench.ledger.grant(command);
    expect(receipt).toEqual({
      idempotencyKey: command.idempotencyKey,
      account,
      version: 1,
      balance: { posted: 25, held: 0, available: 25 },
      transfer: {
        id: expect.stringMatching(/^tr_[0-9a-z]+_[0-9a-z]+$/),
        kind: 'grant',
        source: 'system:issued',
        destination: account,
        amount: 25,
        actor: 'system:bonus',
        reason: 'A test',
        metadata: { day: 3 },
        reverses: null,
        hold: null,
        createdAt: new Date(bench.time.nowMs).toISOString(),
      },
      replayed: false,
    });
  });

  test('a spend lowers what is available', async () => {
    const account = await openAccount(bench, 100);
    const receipt = await bench.ledger.spend({ ...by(account), account, amount: 30 });
    expect(receipt).toMatchObject({ version: 2, balance: { posted: 70, held: 0, available: 70 } });
    expect(receipt.transfer).toMatchObject({ kind: 'spend', source: account, destination: 'system:spent' });
  });

  test('everything may be spent, but not one credit more', async () => {
    const account = await openAccount(bench, 30);
    const error = await refusal(bench.ledger.spend({ ...by(account), account, amount: 31 }), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 31, available: 30 });
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 1, balance: { available: 30 } });
    expect((await bench.ledger.spend({ ...by(account), account, amount: 30 })).balance.available).toBe(0);
  });

  test.each([
    [0],
    [-1],
    [1.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [CREDITS_MAX + 1],
    ['5'],
    [null],
    [undefined],
    [5n],
    [[5]],
  ])('the amount %s is refused and nothing changes', async (value) => {
    const account = await openAccount(bench, 10);
    const amount = value as number;
    await refusal(bench.ledger.grant({ ...by('system:test'), account, amount }), 'invalid_request');
    await refusal(bench.ledger.spend({ ...by(account), account, amount }), 'invalid_request');
    await refusal(bench.ledger.hold({ ...by(account), account, amount, expiresAfterMs: 5_000 }), 'invalid_request');
    expect((await bench.ledger.balance(account)).version).toBe(1);
  });

  test('an unknown account has nothing to take, and everything else about it is empty', async () => {
    const account = fresh('nobody');
    const error = await refusal(bench.ledger.spend({ ...by(account), account, amount: 1 }), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 1, available: 0 });
    const hold = bench.ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 5_000 });
    await refusal(hold, 'insufficient_credits');
    expect(await bench.ledger.balance(account)).toEqual({ balance: { posted: 0, held: 0, available: 0 }, version: 0 });
    expect(await bench.ledger.history(account)).toMatchObject({ entries: [], next: null, snapshot: { version: 0 } });
    expect(await bench.ledger.balanceAt(account, { version: 0 })).toMatchObject({ version: 0 });
    await refusal(bench.ledger.balanceAt(account, { version: 1 }), 'invalid_request');
    expect((await bench.ledger.balanceAt(account, { instant: '2026-11-22' })).version).toBe(0);
    const settled = await bench.ledger.resolveOperations(account, ['a']);
    expect(settled).toMatchObject({ version: 0, rejected: [{ id: 'a', code: 'operation_abandoned' }] });
  });

  test('a transfer to an account that nothing was posted to creates it', async () => {
    const user = await openAccount(bench, 10);
    const account = fresh('new');
    await bench.ledger.transfer({ ...by(user), source: user, destination: account, amount: 4 });
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 1, balance: { available: 4 } });
  });

  test('a balance never exceeds the largest number that both ends hold exactly', async () => {
    const account = await openAccount(bench);
    const issued = (await bench.ledger.circulation()).issued;
    const rest = CREDITS_MAX - issued;
    await bench.ledger.grant({ ...by('system:test'), account, amount: rest });
    expect((await bench.ledger.balance(account)).balance.available).toBe(rest);
    await refusal(bench.ledger.grant({ ...by('system:test'), account, amount: issued + 1 }), 'balance_limit_exceeded');
    const other = await openAccount(bench);
    // What one instance issues has the same limit.
    const more = { ...by('system:test'), account: other, amount: issued + 1 };
    await refusal(bench.ledger.grant(more), 'balance_limit_exceeded');
    await bench.ledger.adjust({ ...by('system:test'), account, available: 0, expectedVersion: 1 });
    expect((await bench.ledger.circulation()).issued).toBe(issued);
  });

  test('a transfer moves credits from one user to another', async () => {
    const source = await openAccount(bench, 50);
    const destination = await openAccount(bench, 5);
    const receipt = await bench.ledger.transfer({ ...by(source), source, destination, amount: 20 });
    expect(receipt).toMatchObject({ account: source, version: 2, balance: { available: 30 } });
    expect(await bench.ledger.balance(destination)).toMatchObject({ version: 2, balance: { available: 25 } });
  });

  test('a transfer to oneself, to a system account or from one is refused', async () => {
    const source = await openAccount(bench, 50);
    const amount = 1;
    await refusal(bench.ledger.transfer({ ...by(source), source, destination: source, amount }), 'invalid_request');
    await refusal(
      bench.ledger.transfer({ ...by(source), source, destination: 'system:spent', amount }),
      'invalid_request',
    );
    await refusal(
      bench.ledger.transfer({ ...by(source), source: 'system:issued', destination: source, amount }),
      'invalid_request',
    );
  });

  test('an adjustment makes what is available the exact amount, up or down', async () => {
    const account = await openAccount(bench, 50);
    const up = await bench.ledger.adjust({ ...by('system:admin'), account, available: 70, expectedVersion: 1 });
    expect(up).toMatchObject({
      version: 2,
      balance: { available: 70 },
      transfer: { kind: 'adjust', amount: 20, source: 'system:issued' },
    });
    const down = await bench.ledger.adjust({ ...by('system:admin'), account, available: 0, expectedVersion: 2 });
    expect(down).toMatchObject({
      version: 3,
      balance: { available: 0 },
      transfer: { amount: 70, destination: 'system:issued' },
    });
  });

  test('an adjustment leaves what is held alone', async () => {
    const account = await openAccount(bench, 50);
    await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 60_000 });
    const receipt = await bench.ledger.adjust({ ...by('system:admin'), account, available: 100, expectedVersion: 2 });
    expect(receipt.balance).toEqual({ posted: 120, held: 20, available: 100 });
  });

  test('an adjustment to what is there already moves nothing, and is remembered', async () => {
    const account = await openAccount(bench, 50);
    const command = { ...by('system:admin'), account, available: 50, expectedVersion: 1 };
    expect(await bench.ledger.adjust(command)).toMatchObject({ version: 1, transfer: null, replayed: false });
    expect(await bench.ledger.adjust(command)).toMatchObject({ version: 1, transfer: null, replayed: true });
  });

  test('an adjustment that was decided on another version is refused', async () => {
    const account = await openAccount(bench, 50);
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    const command = { ...by('system:admin'), account, available: 50, expectedVersion: 1 };
    const error = await refusal(bench.ledger.adjust(command), 'version_conflict');
    expect(error.details).toEqual({ expected: 1, actual: 2 });
    expect((await bench.ledger.balance(account)).balance.available).toBe(49);
  });

  test('a reversal is the opposite transfer, and happens once', async () => {
    const account = await openAccount(bench, 50);
    const spent = await bench.ledger.spend({ ...by(account), account, amount: 20 });
    const transfer = spent.transfer.id;
    const receipt = await bench.ledger.reverse({ ...by('system:admin'), transfer });
    expect(receipt).toMatchObject({
      account,
      version: 3,
      balance: { available: 50 },
      transfer: { kind: 'reverse', reverses: transfer, source: 'system:spent', destination: account, amount: 20 },
    });
    const error = await refusal(bench.ledger.reverse({ ...by('system:admin'), transfer }), 'transfer_already_reversed');
    expect(error.details).toEqual({ reversedBy: receipt.transfer.id });
    expect((await bench.ledger.balance(account)).balance.available).toBe(50);
  });

  test('T4 a purchase that is disputed and then refunded is taken back once', async () => {
    const account = await openAccount(bench, 10);
    const bought = await bench.ledger.grant({ ...by('system:shop'), account, amount: 50 });
    const reverse = (transfer: string) => bench.ledger.reverse({ ...by('system:shop'), transfer });
    const available = async () => (await bench.ledger.balance(account)).balance.available;
    const dispute = await reverse(bought.transfer.id);
    const refused = await refusal(reverse(bought.transfer.id), 'transfer_already_reversed');
    expect(refused.details).toEqual({ reversedBy: dispute.transfer.id });
    expect(await available()).toBe(10);
    // The dispute was won, and then the purchase is refunded after all: by the end of the chain, which is one effect.
    const won = await reverse(dispute.transfer.id);
    expect(await available()).toBe(60);
    await refusal(reverse(bought.transfer.id), 'transfer_already_reversed');
    await reverse(won.transfer.id);
    await refusal(reverse(won.transfer.id), 'transfer_already_reversed');
    expect(await available()).toBe(10);
  });

  test('D1 (after the charge): a reversal can be reversed, and a refusal says which transfer reversed', async () => {
    const account = await openAccount(bench, 50);
    const { transfer } = await bench.ledger.spend({ ...by(account), account, amount: 20 });
    expect((await bench.ledger.findTransfer(transfer.id)).reversals).toEqual([]);
    const refund = await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    const undone = await bench.ledger.reverse({ ...by('system:admin'), transfer: refund.transfer.id });
    expect(undone).toMatchObject({ account, version: 4, balance: { available: 30 } });
    const reversals = [refund.transfer.id, undone.transfer.id];
    expect((await bench.ledger.findTransfer(transfer.id)).reversals).toEqual(reversals);
    const again = await bench.ledger.reverse({ ...by('system:admin'), transfer: undone.transfer.id });
    expect(again.balance.available).toBe(50);
    expect((await bench.ledger.findTransfer(transfer.id)).reversals).toEqual([...reversals, again.transfer.id]);
    const error = await refusal(
      bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id }),
      'transfer_already_reversed',
    );
    expect(error.details).toEqual({ reversedBy: refund.transfer.id });
  });

  test('a reversal of a transfer between users takes it back from its destination', async () => {
    const source = await openAccount(bench, 50);
    const destination = await openAccount(bench);
    const { transfer } = await bench.ledger.transfer({ ...by(source), source, destination, amount: 20 });
    const receipt = await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    expect(receipt).toMatchObject({ account: source, version: 3, balance: { available: 50 } });
    expect(await bench.ledger.balance(destination)).toMatchObject({ version: 2, balance: { available: 0 } });
  });

  test('of a hundred reversals of one transfer at once, one happens', async () => {
    const account = await openAccount(bench, 50);
    const spent = await bench.ledger.spend({ ...by(account), account, amount: 20 });
    const reversals = Array.from({ length: 100 }, () =>
      bench.ledger.reverse({ ...by('system:admin'), transfer: spent.transfer.id }),
    );
    const outcomes = await Promise.allSettled(reversals);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await bench.ledger.balance(account)).balance.available).toBe(50);
  });

  test('a grant that was spent already cannot be reversed', async () => {
    const account = await openAccount(bench);
    const granted = await bench.ledger.grant({ ...by('system:test'), account, amount: 20 });
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    const transfer = granted.transfer.id;
    await refusal(bench.ledger.reverse({ ...by('system:admin'), transfer }), 'insufficient_credits');
    expect((await bench.ledger.balance(account)).balance.available).toBe(19);
  });

  test('a transfer that does not exist is not found', async () => {
    const account = await openAccount(bench, 1);
    const held = await bench.ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 5_000 });
    const spent = await bench.ledger.spend({ ...by(account), account: await openAccount(bench, 1), amount: 1 });
    const [, debit] = spent.transfer.id.split('_');
    const other = await bench.ledger.grant({ ...by('system:test'), account, amount: 1 });
    expect(held.version + 1).toBe(other.version);
    for (const id of ['tr_zzzzzz_1', `tr_${debit}_zz`, `tr_${debit}_1`]) {
      await refusal(bench.ledger.findTransfer(id), 'transfer_not_found');
      await refusal(bench.ledger.reverse({ ...by('system:admin'), transfer: id }), 'transfer_not_found');
    }
  });

  test.each([['nothing of the kind'], ['01a204a6-0cd8-7da4-bfe2-55b75674d066'], ['tr_0_1'], ['tr_1_'], [''], [7]])(
    'the transfer id %j is refused',
    async (id) => {
      await refusal(bench.ledger.findTransfer(id as string), 'invalid_request');
      const error = await refusal(
        bench.ledger.reverse({ ...by('system:admin'), transfer: id as string }),
        'invalid_request',
      );
      expect(error.details).toEqual({ field: 'transfer' });
    },
  );

  test.each([
    ['reason', { reason: '' }],
    ['reason', { reason: 'x'.repeat(201) }],
    ['reason', { reason: 'a\u0000b' }],
    ['reason', { reason: 'half a pair: \ud83d' }],
    ['reason', { reason: 5 }],
    ['actor', { actor: 'two words' }],
    ['actor', { actor: undefined }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'a,b' }],
    ['idempotencyKey', { idempotencyKey: undefined }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: 'text' }],
    ['metadata', { metadata: { n: 1n } }],
    ['metadata', { metadata: { text: 'x'.repeat(2_048) } }],
    ['metadata', { metadata: { text: 'NUL \u0000' } }],
    ['metadata', { metadata: { 'a key \u0000': 1 } }],
    ['metadata', { metadata: { list: [{ text: 'half a pair: \ud83d' }] } }],
    ['claimKey', { claimKey: '' }],
    ['claimKey', { claimKey: 7 }],
  ])('a command with a bad %s is refused, and the field is named: %o', async (field, part) => {
    const account = await openAccount(bench);
    const command = { ...by('system:test'), account, amount: 1, ...part } as never;
    const error = await refusal(bench.ledger.grant(command), 'invalid_request');
    expect(error.details).toEqual({ field });
    expect((await bench.ledger.balance(account)).version).toBe(0);
  });

  test('reason and metadata come back as they were given, whatever their script', async () => {
    const account = await openAccount(bench);
    const metadata = { 'ключ "1"': ['\\', '{,}', null, 1.5, { emoji: '👩‍🚀', line: '\n' }], __proto__x: true };
    const reason = `Quote " brace { comma , slash \\ 日本語 👋`;
    const receipt = await bench.ledger.grant({ ...by('system:test'), account, amount: 1, reason, metadata });
    const found = await bench.ledger.findTransfer(receipt.transfer.id);
    expect(found).toEqual({ ...receipt.transfer, reversals: [] });
    expect(found).toMatchObject({ reason, metadata });
  });

  test('a command that is not an object is refused', async () => {
    await refusal(bench.ledger.grant(null as never), 'invalid_request');
    await refusal(bench.ledger.post('hold' as never), 'invalid_request');
  });
}
