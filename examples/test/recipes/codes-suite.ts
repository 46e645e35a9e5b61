import { beforeAll, expect, test } from 'vitest';
import { CODES_TABLE, redeemCode } from '../../recipes/codes.ts';
import { expectRefusal, type TestLedger } from '../support/test-ledger.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');

/** What both kinds of database keep. Only several connections show that two transactions wait for each other. */
export function testCodes(bench: TestLedger): void {
  beforeAll(async () => void (await bench.database.pool.query(CODES_TABLE)));

  async function issue(code: string, uses: number, expiresAt = '2026-12-01T00:00:00Z'): Promise<void> {
    const insert = 'INSERT INTO codes (code, credits, expires_at, uses_left) VALUES ($1, 40, $2, $3)';
    await bench.database.pool.query(insert, [code, expiresAt, uses]);
  }

  async function usesLeft(code: string): Promise<unknown> {
    return (await bench.database.pool.query('SELECT uses_left FROM codes WHERE code = $1', [code])).rows[0]?.uses_left;
  }

  const redeem = (account: string, code: string, idempotencyKey: string = crypto.randomUUID()) =>
    redeemCode(bench.ledger, { account, idempotencyKey, code }, NOW);

  test('a code is redeemed once per account, in whatever case it is typed', async () => {
    await issue('WELCOME', 10);
    await redeem('ada', ' welcome ');
    await expectRefusal(redeem('ada', 'WELCOME'), 'already_claimed');
    await redeem('bob', 'Welcome');
    expect([await bench.readAvailable('ada'), await bench.readAvailable('bob')]).toEqual([40, 40]);
    expect(await usesLeft('WELCOME')).toBe(8);
  });

  test('of ten people who want the last two uses at once, two get them', async () => {
    await issue('LAST-TWO', 2);
    const people = Array.from({ length: 10 }, (_, index) => `racer-${index}`);
    const outcomes = await Promise.allSettled(people.map((account) => redeem(account, 'LAST-TWO')));
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals.map(({ reason }) => reason.code)).toEqual(Array.from({ length: 8 }, () => 'forbidden'));
    expect(await usesLeft('LAST-TWO')).toBe(0);
    await expectRefusal(redeem('late', 'LAST-TWO'), 'forbidden');
  });

  test('ten tabs of one person redeem it once', async () => {
    await issue('TABS', 5);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => redeem('cleo', 'TABS')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await usesLeft('TABS')).toBe(4);
    expect(await bench.readAvailable('cleo')).toBe(40);
  });

  test('an attempt that is repeated gets its first answer, also when the code is used up since', async () => {
    await issue('ONCE', 1);
    const first = await redeem('dan', 'ONCE', 'attempt');
    expect(await redeem('dan', 'ONCE', 'attempt')).toMatchObject({ replayed: true, version: first.version });
    expect(await usesLeft('ONCE')).toBe(0);
    expect(await bench.readAvailable('dan')).toBe(40);
  });

  test('an expired code pays nothing and keeps its uses', async () => {
    await issue('OLD-CODE', 3, NOW.toISOString());
    await expectRefusal(redeem('eve', 'OLD-CODE'), 'forbidden');
    expect(await usesLeft('OLD-CODE')).toBe(3);
    expect(await bench.ledger.balance('eve')).toMatchObject({ version: 0, balance: { available: 0 } }); // taken back with everything else
  });

  test('what is no code is not found', async () => {
    for (const code of ['NOWHERE', '', 'abc', "X' OR 1=1", 'Ä'.repeat(6), 'A'.repeat(33), 'NUL\0NUL']) {
      await expectRefusal(redeem('eve', code), 'not_found');
    }
  });
}
