import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createConsumer } from '../../../credits/test/support/consumer.ts';

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const GUIDE = readFileSync(fileURLToPath(new URL('../../../../docs/install.md', import.meta.url)), 'utf8');

/** The code blocks, by the file name in their first line. */
const blocks = [...README.matchAll(/```tsx?\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, path = '', code = '']) => ({
  path,
  code,
}));

let consumer: ReturnType<typeof createConsumer>;

beforeAll(() => void (consumer = createConsumer('realtime-credits', 'realtime-credits-server')));
afterAll(() => consumer.remove());

// Packages are installed and programs are run, where processors are shared.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

test('every code block names its file', () => {
  expect(blocks).toHaveLength(README.match(/```tsx?\n/g)?.length ?? 0);
  expect(blocks.length).toBeGreaterThan(6);
});

test('the server takes at most 15 lines', () => {
  const lines =
    blocks
      .find(({ path }) => path === 'credits.ts')
      ?.code.trim()
      .split('\n') ?? [];
  expect(lines.length).toBeLessThanOrEqual(15);
  expect(lines.length).toBeGreaterThan(5);
});

test('all of it compiles in a strict project, and works', () => {
  consumer.write(
    'session.ts',
    `export async function readSession(request: Request): Promise<{ userId: string } | null> {
      const userId = request.headers.get('cookie');
      return userId === null ? null : { userId };
    }`,
  );
  for (const { path, code } of blocks) consumer.write(path, code);
  expect(consumer.compile('session.ts', ...blocks.map(({ path }) => path))).toBe('');

  const printed = consumer.run(`
    import { close, handler, ledger } from './out/credits.js';
    import { buy } from './out/buy.js';
    import { moveCoins } from './out/move.js';
    import { orderServer, payDailyBonus } from './out/moves.js';

    const headers = { cookie: '42' };
    const read = async () => (await handler.fetch(new Request('http://host/api/credits', { headers }))).json();
    const results = [(await read()).balance];
    for (let day = 1; day <= 20; day += 1) await payDailyBonus('42', String(day));
    await ledger.grant({ account: '42', amount: 1, actor: 'a', reason: 'b', idempotencyKey: 'c', claimKey: 'daily:1' }).catch((error) => results.push(error.code));
    const key = { ...headers, 'Idempotency-Key': 'buy-1' };
    const order = () => new Request('http://host/api/buy', { method: 'POST', headers: key });
    results.push((await (await buy(order())).json()).snapshot.applied, (await (await buy(order())).json()).data.new_balance);
    results.push((await buy(new Request('http://host/api/buy', { method: 'POST' }))).status);
    await orderServer('42', 'order-1', async () => results.push((await read()).balance));
    await orderServer('42', 'order-2', async () => { throw new Error('no node'); }).catch((error) => results.push(error.message));
    results.push((await read()).balance.available);
    const users = [{ id: '43', coins: 7 }];
    await moveCoins('other', users);
    await moveCoins('other', users);
    await moveCoins('other', [{ id: '43', coins: 8 }]).catch((error) => results.push(error.message.slice(0, 25)));
    await close();
    console.log(JSON.stringify(results));
  `);
  expect(JSON.parse(printed)).toEqual([
    { posted: 0, held: 0, available: 0 },
    'already_claimed',
    ['buy-1'],
    400,
    401,
    { posted: 400, held: 100, available: 300 },
    'no node',
    300,
    'row 1: account 43 with 8 ',
  ]);
});

const SESSION = `export async function readSession(request: { headers: Headers }): Promise<{ userId: number; role: string } | null> {
  const cookie = request.headers.get('cookie');
  return cookie === null ? null : { userId: Number(cookie), role: 'user' };
}`;

// The whole guide is followed by `npm run hosts`, which takes minutes. Its server files are what a changed API breaks.
test('the server files of the installation guide compile in a strict project', () => {
  consumer.write('lib/session.ts', SESSION);
  const files = [...GUIDE.matchAll(/```ts(?: \[Next\])?\n\/\/ ((?:lib|app)\/\S+\.ts)\n([\s\S]*?)```/g)]
    .map(([, path = '', code = '']) => ({ path, code }))
    .filter(({ code }) => !code.includes('@/stores/'));
  expect(files.map(({ path }) => path)).toEqual([
    'lib/credits.ts',
    'app/api/credits/[[...path]]/route.ts',
    'app/api/bonus/route.ts',
    'app/api/admin/users/[id]/coins/route.ts',
    'app/api/examples/credits/route.ts',
  ]);
  for (const { path, code } of files) {
    const up = '../'.repeat(path.split('/').length - 1);
    consumer.write(path, code.replaceAll(/'@\/(lib\/\w+)'/g, `'${up}$1.js'`));
  }
  expect(consumer.compile('lib/session.ts', ...files.map(({ path }) => path))).toBe('');
});

test('so do those for Express with its own pool, together with the recipes that they name', () => {
  const recipe = (path: string): string =>
    readFileSync(fileURLToPath(new URL(`../../../../examples/${path}`, import.meta.url)), 'utf8');
  consumer.write('express/lib/session.ts', SESSION);
  consumer.write('express/lib/database.ts', `import { Pool } from 'pg';\nexport const pool = new Pool();`);
  consumer.write('express/lib/command-route.ts', recipe('recipes/command-route.ts'));
  consumer.write('express/lib/drizzle.ts', recipe('orm/drizzle.ts'));
  const files = new Map<string, string>();
  for (const [, path = '', code = ''] of GUIDE.matchAll(/```ts \[Express\]\n\/\/ (\S+)\n([\s\S]*?)```/g)) {
    files.set(path, (files.get(path) ?? '') + code); // a file that is shown twice is continued
  }
  expect([...files.keys()]).toEqual(['lib/credits.ts', 'server.ts', 'lib/buy.ts']);
  for (const [path, code] of files) consumer.write(`express/${path}`, code);
  expect(consumer.compile('express/server.ts')).toBe('');
});
