import { afterEach, expect, test } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/clock.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { OperatorReader, TransferFilter } from '../../src/ledger/operator.ts';
import { createOperatorReader, SCAN_MAX } from '../../src/ledger/postgres/operator-reads.ts';
import { by, fresh, refusal, type DatabaseBench } from '../support/ledger.ts';
import { HOUR_MS } from '../support/lots.ts';

/** Reads over all accounts. Each test has a ledger of its own. */
export function testOperatorReads(bench: DatabaseBench): void {
  const ledgers: Ledger[] = [];
  afterEach(async () => {
    for (const ledger of ledgers.splice(0)) await ledger.close();
  });

  async function open(
    nowMs = () => bench.time.nowMs,
  ): Promise<{ ledger: Ledger; reader: OperatorReader; schema: string }> {
    const schema = fresh('operator').replace(':', '_');
    const clock = { ...SYSTEM_CLOCK, wallMs: nowMs };
    const ledger = await createLedger({ database: bench.database, schema, expirySweepMs: HOUR_MS, clock });
    ledgers.push(ledger);
    return { ledger, schema, reader: createOperatorReader(bench.database.pool, { schema }) };
  }

  /** Three accounts, and one transfer in each second. */
  async function fill(ledger: Ledger): Promise<void> {
    const steps = [
      () => ledger.grant({ ...by('system:test'), account: 'ada', amount: 100, reason: 'Welcome' }),
      () => ledger.grant({ ...by('system:test'), account: 'bo', amount: 40, reason: 'Welcome' }),
      () => ledger.hold({ ...by('ada'), account: 'ada', amount: 10, reason: 'Only reserved', expiresAfterMs: HOUR_MS }),
      () => ledger.transfer({ ...by('ada'), source: 'ada', destination: 'bo', amount: 25, reason: '100% yours' }),
      () => ledger.spend({ ...by('bo'), account: 'bo', amount: 60, reason: 'A map' }),
      () => ledger.spend({ ...by('ada'), account: 'ada', amount: 5, reason: 'A hat' }),
    ];
    for (const step of steps) {
      bench.time.nowMs += 1_000;
      await step();
    }
  }

  async function readAll(reader: OperatorReader, filter: TransferFilter, limit: number): Promise<string[]> {
    const reasons: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await reader.transfers({ filter, limit, ...(before === undefined ? {} : { before }) });
      expect(page.transfers.length).toBeLessThanOrEqual(limit);
      reasons.push(...page.transfers.map(({ reason, amount }) => `${reason} ${amount}`));
      if (page.next === null) return reasons;
      before = page.next;
    }
  }

  test('operators: transfers of all accounts, the newest first, page by page, without what was only reserved', async () => {
    const { ledger, reader } = await open();
    expect(await reader.transfers()).toEqual({ transfers: [], next: null });
    await fill(ledger);
    const all = ['A hat 5', 'A map 60', '100% yours 25', 'Welcome 40', 'Welcome 100'];
    for (const limit of [1, 2, 5, 100]) expect(await readAll(reader, {}, limit)).toEqual(all);
    const { transfers } = await reader.transfers({ limit: 3 });
    expect(transfers[2]).toEqual(
      await ledger.findTransfer(transfers[2]?.id ?? '').then(({ reversals, ...found }) => {
        expect(reversals).toEqual([]);
        return found;
      }),
    );
  });

  test('operators: transfers of one batch have one instant, and none is left out or repeated', async () => {
    const { ledger, reader } = await open();
    const amounts = Array.from({ length: 20 }, (_, index) => index + 1);
    await Promise.all(
      amounts.map((amount) =>
        ledger.grant({ ...by('system:test'), account: `user:${amount % 3}`, amount, reason: 'G' }),
      ),
    );
    const read = await readAll(reader, {}, 3);
    expect(read.toSorted()).toEqual(amounts.map((amount) => `G ${amount}`).toSorted());
    const ofOne = await readAll(reader, { account: 'user:1' }, 3);
    expect(ofOne.toSorted()).toEqual(
      amounts
        .filter((amount) => amount % 3 === 1)
        .map((amount) => `G ${amount}`)
        .toSorted(),
    );
  });

  test.each<[TransferFilter, string[]]>([
    [{ account: 'bo' }, ['A map 60', '100% yours 25', 'Welcome 40']],
    [{ account: 'nobody' }, []],
    [{ account: 'bo', kinds: ['grant'] }, ['Welcome 40']],
    [{ kinds: ['spend', 'transfer'] }, ['A hat 5', 'A map 60', '100% yours 25']],
    [{ reason: 'a ' }, ['A hat 5', 'A map 60']],
    [{ reason: '0% ' }, ['100% yours 25']],
    [{ reason: '_' }, []],
    [{ amountMin: 25, amountMax: 60 }, ['A map 60', '100% yours 25', 'Welcome 40']],
  ])('operators: transfers of %j', async (filter, expected) => {
    const { ledger, reader } = await open();
    await fill(ledger);
    for (const limit of [1, 100]) expect(await readAll(reader, filter, limit)).toEqual(expected);
  });

  test('operators: transfers of a time, from its beginning and before its end', async () => {
    const { ledger, reader } = await open();
    const start = bench.time.nowMs;
    await fill(ledger);
    const from = new Date(start + 4_000).toISOString();
    const until = new Date(start + 6_000).toISOString();
    expect(await readAll(reader, { from, until }, 1)).toEqual(['A map 60', '100% yours 25']);
    expect(await readAll(reader, { from, until, account: 'ada' }, 1)).toEqual(['100% yours 25']);
  });

  test('operators: a page looks at a bounded number of transfers, and the next one goes on where it stopped', async () => {
    const { ledger, reader, schema } = await open();
    await ledger.grant({ ...by('system:test'), account: 'ada', amount: 1, reason: 'The needle' });
    await bench.database.pool
      .query(`INSERT INTO ${schema}.journal (debit, debit_version, debit_posted, debit_held, credit,
        credit_version, credit_posted, credit_held, amount, kind, actor, key, key_digest, fingerprint, reason, created_at, hash)
      SELECT 900001, n, 0, 0, 900002, n, 0, 0, 1, 'transfer', 'hay', 'key-' || n,
        substr(sha256(convert_to('hay' || n, 'UTF8')), 1, 16), sha256('f'), 'Hay', to_timestamp(${bench.time.nowMs / 1_000}) + interval '1 day', sha256('x')
      FROM generate_series(1, ${SCAN_MAX}) n;
      INSERT INTO ${schema}.accounts (number, id, floor, posted, version, hash, created_at) OVERRIDING SYSTEM VALUE
      SELECT 900000 + n, 'hay:' || n, 0, 0, ${SCAN_MAX}, sha256('x'), now() FROM generate_series(1, 2) n`);
    const filter = { reason: 'needle' };
    const first = await reader.transfers({ filter });
    expect(first.transfers).toEqual([]);
    expect(first.next).not.toBeNull();
    const second = await reader.transfers({ filter, before: first.next ?? '' });
    expect(second.transfers.map(({ reason }) => reason)).toEqual(['The needle']);
    expect(second.next).toBeNull();
    // Of those who moved, the newest transfers count, and the report says since when.
    const from = new Date(bench.time.nowMs - HOUR_MS).toISOString();
    const { movers, since } = await reader.movers({ from });
    expect(movers).toEqual([
      { account: 'hay:1', in: 0, out: SCAN_MAX, transfers: SCAN_MAX },
      { account: 'hay:2', in: SCAN_MAX, out: 0, transfers: SCAN_MAX },
    ]);
    expect(Date.parse(since)).toBeGreaterThan(Date.parse(from));
  }, 60_000);

  test('operators: where all credits were at instants, as their transfers add up to', async () => {
    const { ledger, reader } = await open();
    const start = bench.time.nowMs;
    await fill(ledger);
    const { transfers } = await reader.transfers();
    const undone = transfers.find(({ reason }) => reason === 'A map')?.id ?? '';
    bench.time.nowMs += 1_000;
    await ledger.reverse({ ...by('system:test'), transfer: undone });
    const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
    const points = await reader.circulationAt([at(0), at(2), at(6), at(7), at(8), at(9_000)]);
    expect(points.map(({ issued, spent, expired, circulating }) => [issued, spent, expired, circulating])).toEqual([
      [0, 0, 0, 0],
      [100, 0, 0, 100],
      [140, 60, 0, 80],
      [140, 65, 0, 75],
      [140, 5, 0, 135],
      [140, 5, 0, 135],
    ]);
    expect(points.map((point) => point.at)).toEqual([at(0), at(2), at(6), at(7), at(8), at(9_000)]);
    const { issued, spent, expired, circulating } = await ledger.circulation();
    expect(points.at(-1)).toMatchObject({ issued, spent, expired, circulating });
  });

  test('operators: what expired circulates no more, and what was taken back was not issued', async () => {
    const { ledger, reader } = await open();
    const expiresAt = new Date(bench.time.nowMs + HOUR_MS).toISOString();
    await ledger.grant({ ...by('system:test'), account: 'ada', amount: 30, expiresAt });
    await ledger.grant({ ...by('system:test'), account: 'ada', amount: 50 });
    const { version } = await ledger.balance('ada');
    await ledger.adjust({ ...by('system:test'), account: 'ada', available: 60, expectedVersion: version });
    bench.time.nowMs += 2 * HOUR_MS;
    await ledger.balance('ada');
    const [before, after] = await reader.circulationAt([
      new Date(bench.time.nowMs - HOUR_MS - 1).toISOString(),
      new Date(bench.time.nowMs + 1).toISOString(),
    ]);
    expect(before).toMatchObject({ issued: 60, spent: 0, expired: 0, circulating: 60 });
    const { issued, spent, expired, circulating } = await ledger.circulation();
    expect(after).toMatchObject({ issued, spent, expired, circulating });
    expect(expired).toBeGreaterThan(0);
  });

  test('operators: who moved most from an instant on, without the system accounts', async () => {
    const { ledger, reader } = await open();
    const start = bench.time.nowMs;
    await fill(ledger);
    const since = new Date(start).toISOString();
    expect(await reader.movers({ from: since })).toEqual({
      movers: [
        { account: 'ada', in: 100, out: 30, transfers: 3 },
        { account: 'bo', in: 65, out: 60, transfers: 3 },
      ],
      since,
    });
    const later = new Date(start + 4_500).toISOString();
    expect(await reader.movers({ from: later, limit: 1 })).toEqual({
      movers: [{ account: 'bo', in: 0, out: 60, transfers: 1 }],
      since: later,
    });
    const future = new Date(start + HOUR_MS).toISOString();
    expect(await reader.movers({ from: future })).toEqual({ movers: [], since: future });
  });

  test('operators: what cannot be meant is refused', async () => {
    const { reader } = await open();
    const wrong = [
      { limit: 0 },
      { limit: 101 },
      { before: 'x' },
      { before: '1' },
      { before: '99999999999999999.1.1' },
      { filter: { account: 'ada' }, before: '1.2.3' },
      { filter: { account: '' } },
      { filter: { kinds: ['toString' as never] } },
      { filter: { reason: '' } },
      { filter: { amountMin: -1 } },
      { filter: { from: 'yesterday' } },
    ];
    for (const options of wrong) await refusal(reader.transfers(options), 'invalid_request');
    const many = Array.from({ length: 401 }, () => '2026-11-22T12:00:00Z');
    for (const instants of [[], ['yesterday'], many]) await refusal(reader.circulationAt(instants), 'invalid_request');
    for (const options of [{ from: 'yesterday' }, { from: '2026-11-22', limit: 101 }])
      await refusal(reader.movers(options), 'invalid_request');
  });

  test('operators: the health of settlement tells what is due and since when', async () => {
    // The reader compares with the database's clock.
    let nowMs = Date.now() - 3 * HOUR_MS;
    const { ledger, reader } = await open(() => nowMs);
    expect(await reader.health()).toMatchObject({
      rates: { active: 0, suspended: 0, due: 0, next: null },
      allowances: { active: 0, due: 0, next: null },
      lots: { due: 0, next: null },
      holds: { due: 0, next: null },
      events: { pending: 0, failed: 0, oldestPendingAt: null },
    });
    const in1 = new Date(nowMs + HOUR_MS).toISOString();
    await ledger.grant({ ...by('system:test'), account: 'ada', amount: 60, expiresAt: in1 });
    await ledger.startRate({ ...by('system:test'), account: 'ada', resource: 'a', amount: 60, per: 'hour' });
    await ledger.grant({ ...by('system:test'), account: 'bo', amount: 1_000 });
    await ledger.hold({ ...by('bo'), account: 'bo', amount: 10, expiresAfterMs: 2 * HOUR_MS });
    const anchor = new Date(nowMs + 24 * HOUR_MS).toISOString();
    const allowance = { name: 'plan', amount: 5, per: 'day' as const, timeZone: 'UTC', anchor };
    await ledger.startAllowance({ ...by('system:test'), account: 'bo', ...allowance });
    const health = await reader.health();
    expect(health).toMatchObject({
      rates: { active: 1, suspended: 0, due: 1 },
      allowances: { active: 1, due: 0, next: anchor },
      lots: { due: 1, next: in1 },
      holds: { due: 1, next: new Date(nowMs + 2 * HOUR_MS).toISOString() },
    });
    expect(Date.parse(health.rates.next ?? '')).toBeLessThanOrEqual(nowMs + HOUR_MS);
    nowMs = Date.now();
    await ledger.balance('ada');
    await ledger.balance('bo');
    expect(await reader.health()).toMatchObject({
      rates: { active: 0, suspended: 1, due: 0, next: null },
      lots: { due: 0, next: null },
      holds: { due: 0, next: null },
    });
  });
}
