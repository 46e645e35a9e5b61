import { expect, test } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { by, refusal } from '../support/ledger.ts';
import { createHost } from '../support/host.ts';
import { followEvents } from '../support/events.ts';
import { balancesOf, expectVerified, openOnEach, type LedgersBench } from './bench.ts';

/** Accounts that move to another ledger. */
export function testMoves(bench: LedgersBench): void {
  test('an account moves with its balance, its lots and its history, and its versions count on', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = '', other = ''] = await openOnEach(list, 100);
    const later = new Date(Date.now() + 86_400_000).toISOString();
    await ledgers.grant({ ...by('system:test'), account: a, amount: 10, expiresAt: later });
    await ledgers.grant({ ...by('system:test'), account: a, amount: 5, priority: 3 });
    await ledgers.spend({ ...by(a), account: a, amount: 7 });
    const before = await ledgers.history(a);
    const linesBefore = (await ledgers.activity.page(a)).lines;
    const report = await ledgers.moveAccount({ account: a, schema: schemas[1] ?? '' });
    expect(report).toEqual({ account: a, from: schemas[0], to: schemas[1], moved: true, version: 7 });
    expect(await ledgers.schemaOf(a)).toBe(schemas[1]);
    const snapshot = await ledgers.snapshot(a);
    expect(snapshot).toMatchObject({ version: 7, epoch: ledgers.epoch, balance: { posted: 108, held: 0 } });
    const { lots } = await ledgers.lots(a);
    expect(lots.map(({ available, priority, expiresAt }) => ({ available, priority, expiresAt }))).toEqual([
      { available: 8, priority: 50, expiresAt: later },
    ]);
    const { entries, next } = await ledgers.history(a, { limit: 100 });
    expect(next).toBeNull();
    expect(entries.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(entries.slice(3)).toEqual(before.entries);
    expect(entries.slice(0, -1).map((entry) => entry.before)).toEqual(entries.slice(1).map((entry) => entry.after));
    const paged = [];
    for (let at: number | null = 8; at !== null;) {
      const page: Awaited<ReturnType<Ledger['history']>> = await ledgers.history(a, { limit: 2, before: at });
      paged.push(...page.entries);
      at = page.next;
    }
    expect(paged).toEqual(entries);
    expect((await ledgers.balanceAt(a, { version: 2 })).balance.available).toBe(110);
    expect((await ledgers.balanceAt(a, { version: 4 })).balance.available).toBe(108);
    expect(await ledgers.balanceAt(a, { version: 5 })).toMatchObject({ balance: { available: 0 }, version: 5 });
    expect((await ledgers.balanceAt(a, { version: 7 })).balance.available).toBe(108);
    expect(await ledgers.balanceAt(a, { instant: before.entries[0]?.createdAt ?? '' })).toMatchObject({ version: 4 });
    await refusal(ledgers.balanceAt(a, { version: 8 }), 'invalid_request');

    const all = [];
    for (let at: string | undefined = ''; at !== undefined;) {
      const page: Awaited<ReturnType<typeof ledgers.activity.page>> = await ledgers.activity.page(
        a,
        at === '' ? { limit: 2 } : { limit: 2, before: at },
      );
      all.push(...page.lines);
      at = page.next ?? undefined;
    }
    expect(all.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(all.slice(3)).toEqual(linesBefore);
    expect((await ledgers.activity.find(a, 2))?.line).toEqual(linesBefore[2]);
    expect((await ledgers.activity.find(a, 7))?.line).toEqual(all[0]);
    const totals = await ledgers.activity.totals(a);
    expect(totals).toMatchObject({ version: 7, balance: { available: 108 } });
    expect(totals.groups.reduce((sum, group) => sum + group.in - group.out, 0)).toBe(108);
    const points = await ledgers.activity.balances(a);
    expect(points.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await ledgers.versions([a])).toEqual(new Map([[a, 7]]));

    expect(await ledgers.moveAccount({ account: a, schema: schemas[1] ?? '' })).toMatchObject({
      moved: false,
      version: 7,
    });
    await ledgers.transfer({ ...by(a), source: a, destination: other, amount: 8 });
    expect(await balancesOf(ledgers, [a, other])).toEqual([100, 108]);
    await expectVerified(ledgers);
  });

  test('an account may move back, again and again', async () => {
    const list = await bench.openNew(3);
    const { ledgers, schemas } = list;
    const [a = ''] = await openOnEach(list, 100);
    let version = 1;
    for (const place of [1, 0, 2, 1, 1, 0, 0]) {
      const report = await ledgers.moveAccount({ account: a, schema: schemas[place] ?? '' });
      expect(report.version).toBe(report.moved ? version + 2 : version);
      await ledgers.spend({ ...by(a), account: a, amount: 1 });
      version = report.version + 1;
      const { entries } = await ledgers.history(a, { limit: 100 });
      expect(entries.map((entry) => entry.version)).toEqual(
        Array.from({ length: version }, (_, index) => version - index),
      );
      expect((await ledgers.snapshot(a)).version).toBe(version);
      const { lines } = await ledgers.activity.page(a, { limit: 100 });
      expect(lines.map((line) => line.version)).toEqual(entries.map((entry) => entry.version));
    }
    expect(await balancesOf(ledgers, [a])).toEqual([93]);
    const heads = (await ledgers.heads()).heads.filter(({ account }) => account === a);
    expect(heads).toMatchObject([{ account: a, version }]);
    expect((await ledgers.verify({ heads })).differences).toEqual([]);
    await expectVerified(ledgers);
  });

  test('what cannot be moved is refused with a code, and stays', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = ''] = await openOnEach(list, 100);
    const [, to = ''] = schemas;
    /** An account on the same ledger. */
    async function openNear(account: string): Promise<string> {
      const [near = ''] = await openOnEach(list, 10);
      expect(await ledgers.schemaOf(near)).toBe(await ledgers.schemaOf(account));
      return near;
    }
    const { hold } = await ledgers.hold({ ...by(a), account: a, amount: 1, expiresAfterMs: 60_000 });
    const { rate } = await ledgers.startRate({ ...by(a), account: a, resource: 'server', amount: 1, per: 'month' });
    const error = await refusal(ledgers.moveAccount({ account: a, schema: to }), 'account_in_use');
    expect(error.message).toBe(`Account ${a} has open holds and rates, which cannot be moved. Let them end first.`);
    await ledgers.void({ ...by(a), hold: hold.id });
    await refusal(ledgers.moveAccount({ account: a, schema: to }), 'account_in_use');
    await ledgers.stopRate({ ...by(a), account: a, rate: rate.id });
    const anchor = new Date().toISOString();
    const terms = { account: a, amount: 1, per: 'month', anchor, timeZone: 'UTC' } as const;
    const { allowance } = await ledgers.startAllowance({ ...by(a), ...terms });
    await refusal(ledgers.moveAccount({ account: a, schema: to }), 'account_in_use');
    await ledgers.stopAllowance({ ...by(a), account: a, allowance: allowance.id });
    const friend = await openNear(a);
    const gift = { ...by(friend), account: friend, amount: 1, destination: a, expiresAfterMs: 60_000 };
    const { hold: promised } = await ledgers.hold(gift);
    const { message } = await refusal(ledgers.moveAccount({ account: a, schema: to }), 'account_in_use');
    expect(message).toContain('an open hold to receive');
    await ledgers.void({ ...by(friend), hold: promised.id });
    await refusal(ledgers.moveAccount({ account: a, schema: 'elsewhere' }), 'invalid_request');
    await refusal(ledgers.moveAccount({ account: 'nobody', schema: to }), 'account_not_found');
    expect(await ledgers.schemaOf(a)).toBe(schemas[0]);
    expect(await ledgers.moveAccount({ account: a, schema: to })).toMatchObject({ moved: true });
    await expectVerified(ledgers);
  });

  test('a key that was used before a move is not used again after it', async () => {
    const list = await bench.openNew(3);
    const { ledgers, schemas } = list;
    const [a = '', b = '', c = ''] = await openOnEach(list, 100);
    const grant = { ...by('system:test'), account: a, amount: 1, claimKey: 'bonus' };
    const adjust = { ...by('system:test'), account: a, available: 90, expectedVersion: 2 };
    const across = { ...by(a), source: a, destination: b, amount: 2 };
    const from = { ...by(b), source: b, destination: a, amount: 3 };
    const receipts = [
      await ledgers.grant(grant),
      await ledgers.adjust(adjust),
      await ledgers.transfer(across),
      await ledgers.transfer(from),
    ];
    const repeat = async (): Promise<void> => {
      const replayed = receipts.map((receipt) => ({ ...receipt, replayed: true }));
      expect(await ledgers.grant(grant)).toEqual(replayed[0]);
      expect(await ledgers.adjust(adjust)).toEqual(replayed[1]);
      expect(await ledgers.transfer(across)).toEqual(replayed[2]);
      expect(await ledgers.transfer(from)).toEqual(replayed[3]);
      await ledgers.transaction(async ({ ledger }) => {
        expect(await ledger.grant(grant)).toEqual(replayed[0]);
        expect(await ledger.transfer(across)).toEqual(replayed[2]);
      });
      await refusal(ledgers.grant({ ...grant, amount: 2 }), 'idempotency_key_reused');
      await refusal(ledgers.transfer({ ...across, amount: 3 }), 'idempotency_key_reused');
      await refusal(ledgers.grant({ ...grant, ...by('system:test') }), 'already_claimed');
      expect((await ledgers.snapshot(a, { operations: [across.idempotencyKey] })).applied).toContain(
        across.idempotencyKey,
      );
      const resolved = await ledgers.resolveOperations(a, [across.idempotencyKey, 'never-sent']);
      expect(resolved.applied).toEqual([across.idempotencyKey]);
      expect(resolved.rejected?.map(({ id }) => id)).toEqual(['never-sent']);
    };
    await repeat();
    for (const [account, place] of [
      [a, 1],
      [b, 2],
      [a, 2],
      [b, 0],
      [a, 0],
    ] as const) {
      await ledgers.moveAccount({ account, schema: schemas[place] ?? '' });
      await repeat();
      expect(await balancesOf(ledgers, [a, b, c])).toEqual([91, 99, 100]);
    }
    await refusal(
      ledgers.spend({ ...by(a), idempotencyKey: 'never-sent', account: a, amount: 1 }),
      'operation_abandoned',
    );
    await expectVerified(ledgers);
  });

  test('a process that has not noticed a move writes and reads where the account is', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    const other = await list.openAgain();
    /** Moves the account to and fro; the other process last looked where it was before. */
    const movedAway = async (): Promise<number> => {
      const to = (await ledgers.schemaOf(a)) === schemas[0] ? schemas[1] : schemas[0];
      await other.balance(a);
      return (await ledgers.moveAccount({ account: a, schema: to ?? '' })).version;
    };
    let version = await movedAway();
    expect(await other.snapshot(a)).toMatchObject({ version, balance: { available: 100 } });
    version = await movedAway();
    expect(await other.grant({ ...by('system:test'), account: a, amount: 1 })).toMatchObject({ version: version + 1 });
    await movedAway();
    expect((await other.spend({ ...by(a), account: a, amount: 1 })).balance.available).toBe(100);
    version = await movedAway();
    await other.adjust({ ...by('system:test'), account: a, available: 50, expectedVersion: version });
    await movedAway();
    await other.transfer({ ...by(a), source: a, destination: b, amount: 10 });
    await movedAway();
    await other.transfer({ ...by(b), source: b, destination: a, amount: 10 });
    await movedAway();
    await other.transaction(({ ledger }) => ledger.grant({ ...by('system:test'), account: a, amount: 1 }));
    await movedAway();
    await other.transaction(({ ledger }) => ledger.spend({ ...by(a), account: a, amount: 1 }));
    await movedAway();
    expect((await other.history(a)).snapshot.balance.available).toBe(50);
    version = await movedAway();
    expect((await other.resolveOperations(a, ['given-up'])).version).toBe(version);
    await refusal(
      ledgers.spend({ ...by(a), idempotencyKey: 'given-up', account: a, amount: 1 }),
      'operation_abandoned',
    );
    await movedAway();
    const terms = { account: a, amount: 1, per: 'month', anchor: new Date().toISOString(), timeZone: 'UTC' } as const;
    await other.startAllowance({ ...by(a), ...terms });
    expect(await balancesOf(other, [b])).toEqual([100]);
    await expectVerified(ledgers);
  });

  test('a transfer whose recipient moves meanwhile is carried out once or released', async () => {
    const list = await bench.openNew(3);
    const { ledgers, schemas } = list;
    const [a = '', b = ''] = await openOnEach(list, 100);
    let isMoving = true;
    const other = await list.openAgain({
      wrapLedger: (ledger) => ({
        ...ledger,
        async hold(command) {
          const receipt = await ledger.hold(command);
          if (isMoving) await ledgers.moveAccount({ account: b, schema: schemas[2] ?? '' });
          isMoving = false;
          return receipt;
        },
      }),
    });
    await other.balance(b);
    const command = { ...by(a), source: a, destination: b, amount: 10 };
    const outcome = await other.transfer(command).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    expect(await balancesOf(ledgers, [a, b])).toEqual(outcome === 'done' ? [90, 110] : [100, 100]);
    expect((await ledgers.snapshot(a)).balance.held).toBe(0);
    await expectVerified(ledgers);
  });

  test('a move under load loses nothing', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = '', b = ''] = await openOnEach(list, 1_000);
    const other = await list.openAgain();
    let granted = 0;
    let sent = 0;
    const use = async (ledger: Ledger): Promise<void> => {
      for (let round = 0; round < 4; round += 1) {
        await ledger.grant({ ...by('system:test'), account: a, amount: 2 });
        await ledger.spend({ ...by(a), account: a, amount: 1 });
        granted += 1;
        await ledger.transfer({ ...by(b), source: b, destination: a, amount: 1 }).then(
          () => (sent += 1),
          (error: unknown) => expect(error).toMatchObject({ code: 'operation_abandoned' }),
        );
      }
    };
    for (let round = 0; round < 6; round += 1) {
      const using = Promise.all([use(ledgers), use(other)]);
      const schema = schemas[(round + 1) % 2] ?? '';
      // Where an account is too busy, an operator repeats it.
      while ((await ledgers.schemaOf(a)) !== schema) {
        await ledgers.moveAccount({ account: a, schema }).catch((error: unknown) => {
          if (!isCreditsError(error) || error.code !== 'unavailable') throw error;
        });
      }
      await using;
    }
    expect(await balancesOf(ledgers, [a, b])).toEqual([1_000 + granted + sent, 1_000 - sent]);
    const { entries } = await ledgers.history(a, { limit: 100 });
    const versions = entries.map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => (versions[0] ?? 0) - index));
    await expectVerified(ledgers);
  });

  test('a stream follows an account on the second ledger, through a move and back', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [, b = ''] = await openOnEach(list, 100);
    // Another process, where there can be one.
    const host = createHost(bench.database.kind === 'embedded' ? ledgers : await list.openAgain());
    const open = async (headers: Record<string, string> = {}) =>
      followEvents(
        (
          await host.fetch(
            new Request('http://host/api/credits/stream', { headers: { cookie: `session=${b}`, ...headers } }),
          )
        ).body,
      );
    const stream = await open();
    const versions: number[] = [];
    /** Reads snapshots until one has this balance. */
    const readUntil = async (available: number): Promise<void> => {
      for (;;) {
        const event = await stream.next();
        if (event === null) throw new Error('The stream ended.');
        if (event.event !== 'snapshot') continue;
        const snapshot = JSON.parse(event.data) as Awaited<ReturnType<Ledger['snapshot']>>;
        expect(snapshot.epoch).toBe(ledgers.epoch);
        // Never what the account had where it is not any more.
        expect(snapshot.balance.available).toBeGreaterThanOrEqual(98);
        versions.push(snapshot.version);
        if (snapshot.balance.available === available) return;
      }
    };
    await readUntil(100);
    await ledgers.spend({ ...by(b), account: b, amount: 1 });
    await readUntil(99);
    await ledgers.moveAccount({ account: b, schema: schemas[0] ?? '' });
    await ledgers.grant({ ...by('system:test'), account: b, amount: 11 });
    await readUntil(110);
    await ledgers.moveAccount({ account: b, schema: schemas[1] ?? '' });
    await ledgers.spend({ ...by(b), account: b, amount: 2 });
    await readUntil(108);
    expect(versions).toEqual(versions.toSorted((x, y) => x - y));
    const resumed = await open({ 'last-event-id': `${ledgers.epoch}.${versions[0]}` });
    expect(await resumed.snapshot()).toMatchObject({ version: versions.at(-1), balance: { available: 108 } });
    await Promise.all([stream.leave(), resumed.leave()]);
    await host.handler.drain();
  });
}
