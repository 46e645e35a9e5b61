import { afterAll, beforeAll, expect, test } from 'vitest';
import { followEvents } from '../../../packages/server/test/support/events.ts';

/** A host as a browser meets it. */
export interface RunningHost {
  fetch(request: Request): Promise<Response>;
  origin: string;
  /** The headers by which a browser of this person is known from now on. */
  signIn(name: 'ada' | 'bob'): Promise<Record<string, string>>;
  /** Headers of somebody who would like to be known, and is not. */
  forgeries(): Promise<Record<string, string>[]>;
  close(): Promise<void>;
}

/** What every host of the examples keeps, whatever it is written with. */
export function testHost(open: () => Promise<RunningHost>): void {
  let host: RunningHost;
  beforeAll(async () => void (host = await open()));
  afterAll(() => host.close());

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    host.fetch(new Request(`${host.origin}${path}`, { method, headers }));
  const claim = (who: Record<string, string>, key: string) =>
    ask('/api/bonus', { ...who, 'idempotency-key': key }, 'POST');
  const readCoins = async (who: Record<string, string>): Promise<number> => {
    const snapshot = (await (await ask('/api/credits', who)).json()) as { balance: { available: number } };
    return snapshot.balance.available;
  };
  async function follow(who: Record<string, string>) {
    const response = await ask('/api/credits/stream', who);
    expect(response.status).toBe(200);
    return followEvents(response.body);
  }

  test('nobody is anybody without a session, with a forged one, or by saying so', async () => {
    const claims = [{}, { 'x-user-data': encodeURIComponent('{"id":1,"username":"ada"}') }, { authorization: 'ada' }];
    for (const who of [...claims, ...(await host.forgeries())]) {
      for (const path of ['/api/credits', '/api/credits/history', '/api/credits/stream']) {
        expect((await ask(path, who)).status).toBe(401);
      }
      expect((await claim(who, 'forged')).status).toBe(401);
    }
  });

  test('a person sees the own balance, and a page of another site moves nothing of it', async () => {
    const ada = await host.signIn('ada');
    expect(await (await ask('/api/credits', ada)).json()).toMatchObject({ version: 0, balance: { available: 0 } });
    const foreign = { ...ada, origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    expect((await claim(foreign, 'foreign')).status).toBe(403);
    expect([404, 405]).toContain((await ask('/api/bonus', ada)).status);
    expect(await readCoins(ada)).toBe(0);
  });

  test('a command counts once under its key, it reaches every tab of its user, and nobody else', async () => {
    const [ada, bob] = [await host.signIn('ada'), await host.signIn('bob')];
    const [tab, other] = [await follow(ada), await follow(bob)];
    const account = (await tab.snapshot()).account;
    expect((await other.snapshot()).account).not.toBe(account);

    const [first, again] = [await claim(ada, 'bonus-1'), await claim(ada, 'bonus-1')];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await first.json()).toMatchObject({ data: { new_balance: 25 }, snapshot: { applied: ['bonus-1'] } });
    expect(await again.json()).toMatchObject({ data: { new_balance: 25 } });
    expect(await tab.snapshot()).toMatchObject({
      account,
      version: 1,
      balance: { available: 25 },
      applied: ['bonus-1'],
    });
    expect((await claim(ada, 'bonus-2')).status).toBe(409);
    expect(await readCoins(ada)).toBe(25);

    // What bob receives next is bob's own: nothing of ada's came before it.
    expect((await claim(bob, 'bonus-3')).status).toBe(200);
    expect(await other.snapshot()).toMatchObject({ version: 1, applied: ['bonus-3'] });
    await Promise.all([tab.leave(), other.leave()]);
  });
}
