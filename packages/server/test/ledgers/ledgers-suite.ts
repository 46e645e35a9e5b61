import { expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { CLEARING } from '../../src/ledgers/member.ts';
import { by, fresh, refusal } from '../support/ledger.ts';
import { balancesOf, expectVerified, openOnEach, type LedgersBench } from './bench.ts';

/** What holds for several ledgers on any database. */
export function testLedgers(bench: LedgersBench): void {
  const sql = async (text: string): Promise<Record<string, unknown>[]> => (await bench.database.pool.query(text)).rows;

  test('accounts are distributed over the ledgers, and each is on one of them', async () => {
    const { ledgers, schemas } = await bench.openNew(3);
    const places = new Map(schemas.map((schema) => [schema, 0]));
    for (let index = 0; index < 300; index += 1) {
      const schema = await ledgers.schemaOf(`user-${index}`);
      places.set(schema, (places.get(schema) ?? 0) + 1);
    }
    for (const count of places.values()) expect(count).toBeGreaterThan(60);
    await ledgers.grant({ ...by('system:test'), account: 'user-7', amount: 5 });
    const own = await ledgers.schemaOf('user-7');
    for (const schema of schemas) {
      const rows = await sql(`SELECT 1 FROM "${schema}".accounts WHERE id = 'user-7'`);
      expect(rows).toHaveLength(schema === own ? 1 : 0);
    }
  });

  test('an account keeps its ledger when one is added, and only new accounts go there', async () => {
    const list = await bench.openNew(2);
    const accounts = Array.from({ length: 40 }, (_, index) => `kept-${index}`);
    for (const account of accounts) await list.ledgers.grant({ ...by('system:test'), account, amount: 1 });
    const before = await Promise.all(accounts.map((account) => list.ledgers.schemaOf(account)));
    const more = await list.openAgain({ schemas: [...list.schemas, `${list.directory}_z`] });
    expect(await Promise.all(accounts.map((account) => more.schemaOf(account)))).toEqual(before);
    const others = await Promise.all(Array.from({ length: 60 }, (_, index) => more.schemaOf(`other-${index}`)));
    expect(others).toContain(`${list.directory}_z`);
    expect(await balancesOf(more, accounts)).toEqual(accounts.map(() => 1));
    expect(more.epoch).toBe(list.ledgers.epoch);
    await expectVerified(more);
  });

  test('two processes that make the same account at once agree on its ledger, also with different lists', async () => {
    const list = await bench.openNew(2);
    const more = await list.openAgain({ schemas: [...list.schemas, `${list.directory}_z`] });
    for (let index = 0; index < 20; index += 1) {
      const account = `both-${index}`;
      const outcomes = await Promise.allSettled(
        [list.ledgers, more].map((ledger) => ledger.grant({ ...by('system:test'), account, amount: 1 })),
      );
      const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
      // The older process does not know the ledger that was added.
      expect(done).toBe((await more.schemaOf(account)) === `${list.directory}_z` ? 1 : 2);
      expect(await balancesOf(more, [account])).toEqual([done]);
    }
    await expectVerified(more);
  });

  test('metadata of a host names no other accounts: only what passes the clearing account does', async () => {
    const { ledgers } = await bench.openNew(2);
    const metadata = { note: 'mine', ledgers: { source: 'victim', destination: 'nobody', to: 1, actor: 'admin' } };
    const { transfer } = await ledgers.grant({ ...by('system:test'), account: 'liar', amount: 5, metadata });
    const told = { source: 'system:issued', destination: 'liar', actor: 'system:test' };
    expect(transfer).toMatchObject(told);
    expect(await ledgers.findTransfer(transfer.id)).toMatchObject(told);
    const { entries } = await ledgers.history('liar');
    expect(entries).toMatchObject([{ counterparty: 'system:issued', actor: 'system:test' }]);
    expect((await ledgers.operator.transfers({ filter: { account: 'liar' } })).transfers).toMatchObject([told]);
  });

  test('a list that lost, exchanged or reordered a ledger is refused, and nothing is written', async () => {
    const list = await bench.openNew(2);
    const [a = '', b = ''] = list.schemas;
    for (const schemas of [[b, a], [a], [a, `${a}_x`, b]]) {
      const error = await refusal(list.openAgain({ schemas }), 'invalid_request');
      expect(error.message).toBe(
        `The list of ledgers is ${a}, ${b}, and got ${schemas.join(', ')}: a list keeps its order, and grows at its end only.`,
      );
    }
    expect(await sql(`SELECT 1 FROM pg_namespace WHERE nspname = '${a}_x'`)).toEqual([]);
  });

  test('a list that was changed by hand is refused', async () => {
    const list = await bench.openNew(2);
    await sql(`UPDATE "${list.directory}".ledgers SET position = 5 WHERE position = 1`);
    await sql(`UPDATE "${list.directory}".ledgers SET position = 1 WHERE position = 0`);
    await sql(`UPDATE "${list.directory}".ledgers SET position = 0 WHERE position = 5`);
    const error = await refusal(list.openAgain({ schemas: list.schemas.toReversed() }), 'invalid_request');
    expect(error.message).toContain('does not match its hash');
  });

  test('a ledger of another list is refused, and nothing is written', async () => {
    const list = await bench.openNew(2);
    const [, b = ''] = list.schemas;
    const error = await refusal(
      bench.open({ directory: `${list.directory}_other`, schemas: [b, `${b}_y`] }),
      'invalid_request',
    );
    expect(error.message).toContain(`The schema "${b}" belongs to another list`);
    expect(await sql(`SELECT 1 FROM pg_namespace WHERE nspname IN ('${list.directory}_other', '${b}_y')`)).toEqual([]);
  });

  test('a ledger that was made again is refused', async () => {
    const list = await bench.openNew(2);
    await list.ledgers.close();
    await sql(`DROP SCHEMA "${list.schemas[1]}" CASCADE`);
    const error = await refusal(list.openAgain(), 'invalid_request');
    expect(error.message).toContain('is not the ledger that joined the list');
  });

  test('a ledger that stood alone joins with its accounts', async () => {
    const directory = fresh('joined').replace(':', '_');
    const alone = await createLedger({ database: bench.database, schema: `${directory}_a` });
    await alone.grant({ ...by('system:test'), account: 'old', amount: 7 });
    await alone.close();
    const ledgers = await bench.open({ directory, schemas: [`${directory}_a`, `${directory}_b`] });
    expect(await ledgers.schemaOf('old')).toBe(`${directory}_a`);
    expect(await balancesOf(ledgers, ['old'])).toEqual([7]);
    await expectVerified(ledgers);
    const again = await bench.open({ directory });
    expect(again.schemas).toEqual(ledgers.schemas);
  });

  test('two ledgers with the same account do not join', async () => {
    const directory = fresh('twice').replace(':', '_');
    const schemas = [`${directory}_a`, `${directory}_b`];
    for (const schema of schemas) {
      const alone = await createLedger({ database: bench.database, schema });
      await alone.grant({ ...by('system:test'), account: 'same', amount: 7 });
      await alone.close();
    }
    const error = await refusal(bench.open({ directory, schemas }), 'invalid_request');
    expect(error.message).toBe(
      `The schema "${directory}_b" has the account same, and so has another ledger of the list.`,
    );
  });

  test('commands, reads and changes of an account are those of its ledger', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [, account = ''] = await openOnEach(list, 100);
    const changed: string[] = [];
    const stop = ledgers.onChange((accounts) => changed.push(...accounts));
    await ledgers.spend({ ...by(account), account, amount: 10 });
    const { hold } = await ledgers.hold({ ...by(account), account, amount: 20, expiresAfterMs: 60_000 });
    await expect.poll(() => changed).toContain(account);
    stop();
    expect(await ledgers.findHold(hold.id)).toMatchObject({ id: hold.id, remaining: 20 });
    expect((await ledgers.holds(account)).holds).toHaveLength(1);
    const { transfer, version } = await ledgers.post({ ...by(account), hold: hold.id, amount: 5 });
    expect(transfer.id).toMatch(/^tr_[0-9a-z]+_[0-9a-z]+_1$/);
    expect(await ledgers.findTransfer(transfer.id)).toMatchObject({ id: transfer.id, amount: 5, source: account });
    await ledgers.void({ ...by(account), hold: hold.id });
    const { transfer: reversal } = await ledgers.reverse({ ...by('system:test'), transfer: transfer.id });
    expect(reversal.reverses).toBe(transfer.id);
    expect((await ledgers.findTransfer(transfer.id)).reversals).toEqual([reversal.id]);
    const snapshot = await ledgers.snapshot(account, { since: version });
    expect(snapshot).toMatchObject({ account, epoch: ledgers.epoch, version: 6, balance: { posted: 90, held: 0 } });
    expect((await ledgers.versions([account, 'nobody'])).get(account)).toBe(6);
    const { entries } = await ledgers.history(account, { limit: 2 });
    expect(entries.map((entry) => entry.version)).toEqual([6, 5]);
    expect(entries[0]?.transfer).toBe(reversal.id);
    expect((await ledgers.balanceAt(account, { version: 2 })).balance.available).toBe(90);
    expect((await ledgers.activity.page(account)).lines[0]).toMatchObject({ kind: 'refunded', transfer: reversal.id });
    const circulation = await ledgers.circulation();
    expect(circulation).toMatchObject({ issued: 200, spent: 10, circulating: 190, accounts: 2 });
    const [now] = await ledgers.operator.circulationAt([new Date(Date.now() + 60_000).toISOString()]);
    expect(now).toMatchObject({ issued: 200, spent: 10, circulating: 190 });
    await expectVerified(ledgers);
  });

  test('the clearing account is nobody’s', async () => {
    const list = await bench.openNew(2);
    const { ledgers } = list;
    const [a = ''] = await openOnEach(list, 10);
    await refusal(ledgers.grant({ ...by('system:test'), account: CLEARING, amount: 1 }), 'invalid_request');
    await refusal(ledgers.transfer({ ...by(a), source: a, destination: CLEARING, amount: 1 }), 'invalid_request');
    await refusal(
      ledgers.hold({ ...by(a), account: a, destination: CLEARING, amount: 1, expiresAfterMs: 1_000 }),
      'invalid_request',
    );
    await refusal(ledgers.balance(CLEARING), 'invalid_request');
    await refusal(ledgers.snapshot('system:issued'), 'invalid_request');
  });

  test('a transaction of the host commits commands of several ledgers together, or none of them', async () => {
    const list = await bench.openNew(3);
    const { ledgers } = list;
    const [a = '', b = '', c = ''] = await openOnEach(list, 100);
    await ledgers.transaction(async ({ client, ledger }) => {
      await client.query(`CREATE TABLE "${list.directory}".host (id integer)`);
      await Promise.all([
        ledger.spend({ ...by(a), account: a, amount: 1 }),
        ledger.spend({ ...by(b), account: b, amount: 2 }),
        ledger.transfer({ ...by(c), source: c, destination: a, amount: 3 }),
      ]);
      await refusal(ledger.spend({ ...by(b), account: b, amount: 1_000 }), 'insufficient_credits');
      await refusal(ledger.transfer({ ...by(b), source: b, destination: c, amount: 1_000 }), 'insufficient_credits');
      await expect(ledgers.balance(a)).rejects.toThrow('would wait for the transaction');
      await expect(ledgers.spend({ ...by(a), account: a, amount: 1 })).rejects.toThrow(
        'would wait for the transaction',
      );
    });
    expect(await balancesOf(ledgers, [a, b, c])).toEqual([102, 98, 97]);
    const failure = ledgers.transaction(async ({ ledger }) => {
      await ledger.transfer({ ...by(c), source: c, destination: a, amount: 3 });
      await ledger.grant({ ...by('system:test'), account: 'new', amount: 3 });
      throw new Error('The host changed its mind.');
    });
    await expect(failure).rejects.toThrow('changed its mind');
    expect(await balancesOf(ledgers, [a, b, c, 'new'])).toEqual([102, 98, 97, 0]);
    expect(await ledgers.versions(['new'])).toEqual(new Map());
    await ledgers.grant({ ...by('system:test'), account: 'new', amount: 3 });
    expect(await balancesOf(ledgers, ['new'])).toEqual([3]);
    await expectVerified(ledgers);
  });

  test('lists of all accounts are merged, page by page', async () => {
    const list = await bench.openNew(3);
    const { ledgers } = list;
    const accounts = await openOnEach(list, 100);
    const [a = '', b = ''] = accounts;
    for (let round = 0; round < 4; round += 1) {
      for (const account of accounts) await ledgers.spend({ ...by(account), account, amount: 1 + round });
    }
    await ledgers.transfer({ ...by(a), source: a, destination: b, amount: 50 });
    const transfers = [];
    let before: string | undefined;
    do {
      const page = await ledgers.operator.transfers({ limit: 4, ...(before === undefined ? {} : { before }) });
      transfers.push(...page.transfers);
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(transfers).toHaveLength(16);
    expect(new Set(transfers.map(({ id }) => id)).size).toBe(16);
    const instants = transfers.map(({ createdAt }) => createdAt);
    expect(instants).toEqual(instants.toSorted().toReversed());
    expect(transfers[0]).toMatchObject({ kind: 'transfer', source: a, destination: b, amount: 50 });
    const received = await ledgers.operator.transfers({ filter: { account: b }, limit: 1 });
    expect(received.transfers[0]).toMatchObject({ source: a, destination: b, amount: 50 });
    const { movers } = await ledgers.operator.movers({
      from: new Date(Date.now() - 3_600_000).toISOString(),
      limit: 2,
    });
    expect(movers.map(({ account }) => account)).toEqual([a, b]);
    const holds = [];
    for (const account of accounts) {
      holds.push(await ledgers.hold({ ...by(account), account, amount: 1, expiresAfterMs: 60_000 }));
    }
    const first = await ledgers.allHolds({ limit: 2 });
    const rest = await ledgers.allHolds({ limit: 2, before: first.next ?? '' });
    expect([...first.holds, ...rest.holds].map(({ id }) => id).toSorted()).toEqual(
      holds.map(({ hold }) => hold.id).toSorted(),
    );
    expect(await ledgers.operator.health()).toMatchObject({ holds: { due: 0 } });
    const heads = [];
    let after: string | null = '';
    while (after !== null) {
      const page: Awaited<ReturnType<Ledger['heads']>> = await ledgers.heads(
        after === '' ? { limit: 1 } : { limit: 1, after },
      );
      heads.push(...page.heads);
      after = page.next;
    }
    expect(heads.map(({ account }) => account)).toEqual(accounts.toSorted());
    expect((await ledgers.verify({ heads })).differences).toEqual([]);
    const changed = heads.map((head) => ({ ...head, hash: 'f'.repeat(64) }));
    expect((await ledgers.verify({ heads: changed })).differences).toHaveLength(3);
  });

  test('verification finds what was written past the list', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = '', b = ''] = await openOnEach(list, 10);
    const alone = await createLedger({ database: bench.database, schema: schemas[1] ?? '' });
    await alone.grant({ ...by('system:test'), account: 'stray', amount: 1 });
    await alone.grant({ ...by('system:test'), account: a, amount: 1 });
    await alone.transfer({ ...by(b), source: b, destination: CLEARING, amount: 4 });
    await alone.close();
    const { ok, differences } = await ledgers.verify();
    expect(ok).toBe(false);
    expect(differences.map(({ message }) => message).toSorted()).toEqual(
      [
        'The clearing accounts lack -4 credits, and transfers of 0 credits between ledgers are under way.',
        `Account stray is on the ledger "${schemas[1]}" without a place in the list: it was made past it.`,
        `Account ${a} has credits on the ledger "${schemas[1]}", and is on ledger 0 of the list.`,
      ].toSorted(),
    );
  });

  test('verification of a moved account covers the ledgers that it was on, and names the one that differs', async () => {
    const list = await bench.openNew(2);
    const { ledgers, schemas } = list;
    const [a = ''] = await openOnEach(list, 10);
    await ledgers.moveAccount({ account: a, schema: schemas[1] ?? '' });
    expect(await ledgers.verify({ account: a })).toMatchObject({ ok: true, entries: 3 });
    await sql(`UPDATE "${schemas[0]}".journal SET reason = 'Something else'
      WHERE credit = (SELECT number FROM "${schemas[0]}".accounts WHERE id = '${a}')`);
    const { differences } = await ledgers.verify({ account: a });
    expect(differences[0]).toMatchObject({ account: a });
    expect(differences[0]?.message).toMatch(new RegExp(`^On the ledger "${schemas[0]}": Account ${a}`));
  });

  test('the head of an account that is nowhere any more is a difference', async () => {
    const { ledgers } = await bench.openNew(2);
    const head = { account: 'gone', version: 1, hash: 'f'.repeat(64) };
    const { differences } = await ledgers.verify({ heads: [head] });
    expect(differences).toMatchObject([{ account: 'gone', version: 1 }]);
    expect(differences[0]?.message).toContain('it is gone');
  });
}
