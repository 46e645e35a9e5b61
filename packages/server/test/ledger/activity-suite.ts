import { expect, test } from 'vitest';
import type { ActivityLine, ActivityReader } from '../../src/ledger/activity.ts';
import { createActivityReader } from '../../src/ledger/postgres/activity-reads.ts';
import { by, openAccount, refusal, type DatabaseBench } from '../support/ledger.ts';

/** What happened to an account, one line for each event. */
export function testActivity(bench: DatabaseBench): void {
  const reader = (): ActivityReader => createActivityReader(bench.database.pool);

  async function hold(account: string, amount: number, destination?: string): Promise<string> {
    const command = { ...by(account), reason: 'Server “One”', account, amount, expiresAfterMs: 60_000 };
    const receipt = await bench.ledger.hold({ ...command, ...(destination === undefined ? {} : { destination }) });
    return receipt.hold.id;
  }

  const readLines = async (account: string): Promise<ActivityLine[]> => (await reader().page(account)).lines;
  const read = async (account: string) =>
    (await readLines(account)).map(({ kind, amount, change, balance }) => [kind, amount, change, balance]);

  test('activity: a purchase is one line that goes from reserved to spent', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 60);
    expect(await read(account)).toEqual([
      ['reserved', 60, -60, 40],
      ['granted', 100, 100, 100],
    ]);
    await bench.ledger.post({ ...by('system:panel'), hold: id });
    expect(await read(account)).toEqual([
      ['spent', 60, -60, 40],
      ['granted', 100, 100, 100],
    ]);
    expect((await readLines(account))[0]).toMatchObject({
      reason: 'Server “One”',
      version: 3,
      hold: { id, amount: 60 },
      counterparty: 'system:spent',
    });
  });

  test('activity: a failed purchase is one line that cost nothing, whether it was voided or ran out', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.void({ ...by('system:panel'), hold: await hold(account, 60) });
    await hold(account, 50);
    bench.time.nowMs += 60_000;
    await bench.ledger.snapshot(account);
    expect(await read(account)).toEqual([
      ['released', 50, 0, 100],
      ['released', 60, 0, 100],
      ['granted', 100, 100, 100],
    ]);
  });

  test('activity: what a rate charged is used, and what changed no number is no line', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by('system:panel'), account, resource: 'server', amount: 60, per: 'hour' as const };
    const { rate } = await bench.ledger.startRate({ ...command, minimum: 5 });
    bench.time.nowMs += 600_000;
    await bench.ledger.stopRate({ ...by('system:panel'), account, rate: rate.id });
    expect(await read(account)).toEqual([
      ['used', 5, -5, 90],
      ['used', 5, -5, 95],
      ['granted', 100, 100, 100],
    ]);
    expect(await reader().find(account, 4)).toBeNull();
    expect((await reader().find(account, 3))?.line).toMatchObject({
      kind: 'used',
      reason: 'Used: server',
      rate: { id: rate.id, resource: 'server', amount: 60, per: 'hour' },
    });
    const other = await bench.ledger.startRate({ ...command, ...by('system:panel'), minimum: 2 });
    await bench.ledger.spend({ ...by(account), account, amount: 1 });
    const filter = { rates: [rate.id] };
    expect((await reader().page(account, { filter })).lines.map(({ change }) => change)).toEqual([-5, -5]);
    expect((await reader().totals(account, { rates: [other.rate.id] })).groups).toMatchObject([
      { kind: 'used', count: 1, out: 2 },
    ]);
    expect((await readLines(account)).map((line) => line.rate?.id ?? null)).toEqual([
      null,
      other.rate.id,
      rate.id,
      rate.id,
      null,
    ]);
    expect(await reader().totals(account)).toMatchObject({ balance: { available: 87 }, version: 6 });
  });

  test('activity: what an allowance brings is granted, and a change of its terms is no line', async () => {
    const account = await openAccount(bench, 100);
    const anchor = new Date(bench.time.nowMs).toISOString();
    const terms = { amount: 7, per: 'day' as const, timeZone: 'UTC', anchor, name: 'Plan' };
    const { allowance } = await bench.ledger.startAllowance({ ...by('system:plans'), account, ...terms });
    bench.time.nowMs += 86_400_000;
    const about = { ...by('system:plans'), account, allowance: allowance.id };
    await bench.ledger.changeAllowance({ ...about, amount: 8 });
    expect(await read(account)).toEqual([
      ['granted', 7, 7, 107],
      ['expired', 7, -7, 100],
      ['granted', 7, 7, 107],
      ['granted', 100, 100, 100],
    ]);
    expect(await reader().find(account, 5)).toBeNull();
    expect((await reader().find(account, 4))?.line).toMatchObject({ kind: 'granted', reason: 'Refill: Plan' });
  });

  test('activity: what expired is a line of its own, and no spend', async () => {
    const account = await openAccount(bench, 100);
    const expiresAt = new Date(bench.time.nowMs + 60_000).toISOString();
    await bench.ledger.grant({ ...by('system:test'), account, amount: 30, expiresAt });
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    bench.time.nowMs += 60_000;
    await bench.ledger.snapshot(account);
    expect(await read(account)).toEqual([
      ['expired', 20, -20, 100],
      ['spent', 10, -10, 120],
      ['granted', 30, 30, 130],
      ['granted', 100, 100, 100],
    ]);
  });

  test('activity: balances add up from line to line, with open holds on top of later changes', async () => {
    const account = await openAccount(bench, 100);
    await hold(account, 30);
    await bench.ledger.grant({ ...by('system:test'), account, amount: 7 });
    await hold(account, 20);
    await bench.ledger.spend({ ...by(account), account, amount: 2 });
    const lines = await readLines(account);
    expect(lines.map(({ change, balance }) => [change, balance])).toEqual([
      [-20, 55],
      [-30, 75],
      [-2, 105],
      [7, 107],
      [100, 100],
    ]);
    expect(lines[0]?.balance).toBe((await bench.ledger.balance(account)).balance.available);
  });

  test('activity: a hold that is charged in parts has a line for each charge, and none for its release', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 60);
    await bench.ledger.post({ ...by('system:panel'), hold: id, amount: 10 });
    expect(await read(account)).toEqual([
      ['reserved', 50, -50, 40],
      ['spent', 10, -10, 90],
      ['granted', 100, 100, 100],
    ]);
    await bench.ledger.post({ ...by('system:panel'), hold: id, amount: 20 });
    await bench.ledger.void({ ...by('system:panel'), hold: id });
    expect(await read(account)).toEqual([
      ['spent', 20, -20, 70],
      ['spent', 10, -10, 90],
      ['granted', 100, 100, 100],
    ]);
    expect((await reader().find(account, 5))?.line).toMatchObject({ version: 4, amount: 20 });
  });

  test('activity: a hold that pays somebody is sent by one and received by the other', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench);
    await bench.ledger.post({ ...by(account), hold: await hold(account, 60, other), reason: 'For the map' });
    expect((await readLines(account))[0]).toMatchObject({ kind: 'sent', counterparty: other });
    expect(await readLines(other)).toMatchObject([
      { kind: 'received', change: 60, balance: 60, counterparty: account, hold: null, reason: 'For the map' },
    ]);
  });

  test('activity: a refund names what it refunds, and what was refunded names its refund', async () => {
    const account = await openAccount(bench, 100);
    const { transfer } = await bench.ledger.post({ ...by('system:panel'), hold: await hold(account, 60) });
    await bench.ledger.reverse({ ...by('system:admin'), reason: 'The node broke', transfer: transfer.id });
    expect(await readLines(account)).toMatchObject([
      {
        kind: 'refunded',
        version: 4,
        change: 60,
        balance: 100,
        reverses: { version: 3, amount: 60, reason: 'Server “One”' },
      },
      { kind: 'spent', version: 3, reversedBy: 4, transfer: transfer.id },
      { kind: 'granted', reverses: null, reversedBy: null },
    ]);
  });

  test('activity: pages have every line once, also when something is added while they are read', async () => {
    const account = await openAccount(bench, 100);
    for (let index = 0; index < 7; index += 1) await bench.ledger.spend({ ...by(account), account, amount: 1 });
    for (let index = 0; index < 3; index += 1) await hold(account, 1);
    const versions: number[] = [];
    for (let before: string | null = ''; before !== null;) {
      const page = await reader().page(account, { limit: 2, ...(before === '' ? {} : { before }) });
      versions.push(...page.lines.map(({ version }) => version));
      before = page.next;
      await bench.ledger.grant({ ...by('system:test'), account, amount: 1 });
    }
    // The grants that came while the reserved lines were read are among the others.
    expect(versions.filter((version) => version <= 11)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(new Set(versions).size).toBe(versions.length);
  });

  test('activity: a filter narrows lines and totals alike, and balances stay those of the whole list', async () => {
    const account = await openAccount(bench, 100);
    const mara = await openAccount(bench, 100);
    await bench.ledger.transfer({ ...by(mara), source: mara, destination: account, amount: 25, reason: '“thanks”' });
    bench.time.nowMs += 1_000;
    const from = new Date(bench.time.nowMs).toISOString();
    const spend = { ...by(account), account, amount: 35, reason: '50% off_season', metadata: { category: 'servers' } };
    await bench.ledger.spend(spend);
    await hold(account, 10);
    const match = async (filter: Parameters<ActivityReader['totals']>[1] & object) => {
      const { lines } = await reader().page(account, { filter });
      const { groups } = await reader().totals(account, filter);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      expect(groups.reduce((sum, group) => sum + group.in - group.out, 0)).toBe(
        lines.reduce((sum, { change }) => sum + change, 0),
      );
      return lines.map(({ kind, balance }) => `${kind} ${balance}`);
    };
    expect(await match({ direction: 'in' })).toEqual(['received 125', 'granted 100']);
    expect(await match({ direction: 'out' })).toEqual(['reserved 80', 'spent 90']);
    expect(await match({ kinds: ['granted', 'spent'] })).toEqual(['spent 90', 'granted 100']);
    expect(await match({ categories: ['servers'] })).toEqual(['spent 90']);
    expect(await match({ exceptCategories: ['servers'], direction: 'in' })).toEqual(['received 125', 'granted 100']);
    expect(await match({ text: { reason: 'THANKS' } })).toEqual(['received 125']);
    expect(await match({ text: { reason: 'nothing', counterparty: mara } })).toEqual(['received 125']);
    expect(await match({ text: { reason: '0% off_' } })).toEqual(['spent 90']);
    expect(await match({ text: { reason: 'o%f' } })).toEqual([]);
    expect(await match({ amountMin: 25, amountMax: 35 })).toEqual(['spent 90', 'received 125']);
    expect(await match({ from })).toEqual(['reserved 80', 'spent 90']);
    expect(await match({ until: from })).toEqual(['received 125', 'granted 100']);
  });

  test('activity: without a filter the changes of all groups add up to what is available', async () => {
    const account = await openAccount(bench, 100);
    await hold(account, 30);
    await bench.ledger.void({ ...by('system:panel'), hold: await hold(account, 5) });
    await bench.ledger.post({ ...by('system:panel'), hold: await hold(account, 20) });
    await bench.ledger.adjust({ ...by('system:admin'), account, available: 90, expectedVersion: 6 });
    const { groups, balance, version } = await reader().totals(account);
    expect(balance).toEqual({ posted: 120, held: 30, available: 90 });
    expect(version).toBe(7);
    expect(groups.reduce((sum, group) => sum + group.in - group.out, 0)).toBe(90);
    expect(groups).toContainEqual({ kind: 'released', category: '', count: 1, amount: 5, in: 0, out: 0 });
  });

  test('activity: every version of a hold leads to its one line, with its entries in order', async () => {
    const account = await openAccount(bench, 100);
    const id = await hold(account, 30);
    expect((await reader().find(account, 2))?.line).toMatchObject({ kind: 'reserved', version: 2 });
    await bench.ledger.post({ ...by('system:panel'), hold: id });
    for (const version of [2, 3]) {
      const found = await reader().find(account, version);
      expect(found?.line).toMatchObject({ kind: 'spent', version: 3, balance: 70 });
      expect(found?.entries.map(({ verb, version: of }) => [verb, of])).toEqual([
        ['hold', 2],
        ['post', 3],
      ]);
    }
    expect((await reader().find(account, 1))?.entries).toHaveLength(1);
    expect(await reader().find(account, 4)).toBeNull();
    expect(await reader().find(account, 0)).toBeNull();
  });

  test('activity: balances for a chart are those of the history, few or many, of a part or of everything', async () => {
    const account = await openAccount(bench, 100);
    const at = (ms: number) => new Date(begin + ms).toISOString();
    const begin = bench.time.nowMs;
    for (let change = 1; change <= 12; change += 1) {
      bench.time.nowMs += 1_000;
      if (change % 3 === 0) await hold(account, 2);
      else await bench.ledger.spend({ ...by(account), account, amount: change });
    }
    const { entries } = await bench.ledger.history(account, { limit: 100 });
    const all = entries
      .map(({ version, after, createdAt }) => ({ version, available: after.available, createdAt }))
      .toReversed();
    expect(await reader().balances(account)).toEqual(all);
    expect(await reader().balances(account, { points: 2 })).toEqual([all[0], all.at(-1)]);
    expect(await reader().balances(account, { points: 5 })).toEqual([0, 3, 6, 9, 12].map((index) => all[index]));
    // Version 6 was made after 5 s: it is the newest one before 5.5 s, and version 9 the last one before 9 s.
    expect(await reader().balances(account, { from: at(5_500), until: at(9_000) })).toEqual(all.slice(5, 9));
    expect(await reader().balances(account, { from: at(-1_000) })).toEqual(all);
    expect(await reader().balances(account, { from: at(60_000) })).toEqual(all.slice(-1));
    expect(await reader().balances(account, { until: at(-1_000) })).toEqual([]);
  });

  test('activity: an account that nothing happened to is empty, and nonsense is refused', async () => {
    const account = await openAccount(bench);
    expect(await reader().page(account)).toEqual({ lines: [], next: null });
    expect(await reader().totals(account)).toEqual({
      groups: [],
      balance: { posted: 0, held: 0, available: 0 },
      version: 0,
    });
    expect(await reader().balances(account)).toEqual([]);
    await refusal(reader().balances(account, { points: 1 }), 'invalid_request');
    await refusal(reader().balances(account, { from: 'yesterday' }), 'invalid_request');
    await refusal(reader().page('system:issued'), 'invalid_request');
    await refusal(reader().page(account, { before: 'x' }), 'invalid_request');
    await refusal(reader().page(account, { limit: 1_001 }), 'invalid_request');
    await refusal(reader().totals(account, { from: 'yesterday' }), 'invalid_request');
    await refusal(reader().totals(account, { kinds: ['odd' as 'spent'] }), 'invalid_request');
  });
}
