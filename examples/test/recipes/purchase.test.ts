import { beforeEach, expect, test } from 'vitest';
import { orderServer, settleOrders, type Panel } from '../../recipes/purchase.ts';
import { expectRefusal, useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const MINUTE_MS = 60_000;

/** A panel that a test makes refuse, fall silent, or lose an answer. */
function createPanel() {
  const servers = new Set<string>();
  const orders: string[] = [];
  let mood: 'works' | 'refuses' | 'silent' | 'loses the answer' = 'works';
  const speak = (): void => {
    if (mood === 'silent') throw new Error('The panel does not answer.');
  };
  return {
    servers,
    orders,
    behave: (next: typeof mood) => void (mood = next),
    panel: {
      async create(order) {
        orders.push(order);
        speak();
        if (mood === 'refuses') return servers.has(order);
        servers.add(order);
        if (mood === 'loses the answer') throw new Error('The connection was lost.');
        return true;
      },
      async has(order) {
        speak();
        return servers.has(order);
      },
      async remove(order) {
        speak();
        servers.delete(order);
      },
    } satisfies Panel,
  };
}

let account: string;
let world: ReturnType<typeof createPanel>;
const order = (idempotencyKey = 'order') =>
  orderServer(bench.ledger, world.panel, { account, price: 100, idempotencyKey });
const settle = () => settleOrders(bench.ledger, world.panel, bench.time.nowMs);
const read = async () => (await bench.ledger.balance(account)).balance;

beforeEach(async () => {
  account = await bench.openAccount(250);
  world = createPanel();
});

test('a server that is made is paid, once, however often the order is sent', async () => {
  expect(await Promise.all([order(), order()])).toEqual(['made', 'made']);
  expect(await order()).toBe('made');
  expect(await read()).toEqual({ posted: 150, held: 0, available: 150 });
  expect(world.servers.size).toBe(1);
});

test('a server that is refused costs nothing, and stays refused', async () => {
  world.behave('refuses');
  expect(await order()).toBe('refused');
  world.behave('works');
  expect(await order()).toBe('refused');
  expect(await read()).toEqual({ posted: 250, held: 0, available: 250 });
  expect([world.servers.size, world.orders.length]).toEqual([0, 1]);
});

test('nothing is ordered that cannot be paid', async () => {
  const tooExpensive = orderServer(bench.ledger, world.panel, { account, price: 251, idempotencyKey: 'too-expensive' });
  await expectRefusal(tooExpensive, 'insufficient_credits');
  expect(world.orders).toEqual([]);
});

test('a silent panel leaves the credits reserved, for as long as it is silent', async () => {
  world.behave('silent');
  expect(await order()).toBe('unknown');
  for (let minute = 0; minute < 40; minute += 1) {
    bench.time.nowMs += MINUTE_MS;
    await settle();
  }
  expect(await read()).toEqual({ posted: 250, held: 100, available: 150 });
  world.behave('works');
  await settle();
  expect(await read()).toEqual({ posted: 250, held: 0, available: 250 });
});

test('a server that was made while its answer was lost is paid for', async () => {
  world.behave('loses the answer');
  expect(await order()).toBe('unknown');
  world.behave('works');
  bench.time.nowMs += MINUTE_MS;
  await Promise.all([settle(), settle()]);
  expect(await read()).toEqual({ posted: 150, held: 0, available: 150 });
  expect(await order()).toBe('made');
});

test('an order that is still under way is left alone', async () => {
  world.behave('silent');
  await order();
  world.behave('works');
  bench.time.nowMs += MINUTE_MS - 1;
  await settle();
  expect(await read()).toMatchObject({ held: 100 });
  bench.time.nowMs += 1;
  await settle();
  expect(await read()).toMatchObject({ held: 0 });
});

test('a server that turns up after its credits went back is removed', async () => {
  world.behave('silent');
  await order();
  world.behave('works');
  bench.time.nowMs += MINUTE_MS;
  await settle();
  const [late = ''] = world.orders;
  world.servers.add(late);
  await settle();
  expect(world.servers.size).toBe(0);
  expect(await read()).toEqual({ posted: 250, held: 0, available: 250 });
});

test('a server that is made after its hold expired is removed and not charged', async () => {
  const slow: Panel = {
    ...world.panel,
    async create(hold) {
      bench.time.nowMs += 16 * MINUTE_MS;
      return world.panel.create(hold);
    },
  };
  expect(await orderServer(bench.ledger, slow, { account, price: 100, idempotencyKey: 'slow' })).toBe('refused');
  expect(world.servers.size).toBe(0);
  expect(await read()).toEqual({ posted: 250, held: 0, available: 250 });
});
