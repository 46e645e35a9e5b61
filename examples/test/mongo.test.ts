import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMongoHost } from '../mongo/host.ts';
import type { User, Users } from '../mongo/users.ts';
import { testHost } from './support/host-suite.ts';

// There is no Mongo server here: the collection is an array behind the two methods that the host uses.

function createCollection(users: readonly User[]): Users {
  return {
    async findOne(filter) {
      return users.find(({ session_token: token }) => token === filter.session_token) ?? null;
    },
    async *find() {
      yield* users;
    },
  };
}

const ids = { ada: 1, bob: 2, cleo: 3 };
const users: User[] = Object.entries(ids).map(([username, id]) => ({
  id,
  username,
  coins: username === 'cleo' ? 1_250 : 0,
  session_token: `token-of-${username}`,
}));
const directory = mkdtempSync(join(tmpdir(), 'credits-example-'));
let host: Awaited<ReturnType<typeof openMongoHost>>;

beforeAll(async () => void (host = await openMongoHost({ users: createCollection(users), directory })));
afterAll(async () => {
  await host.close();
  rmSync(directory, { recursive: true, force: true });
});

testHost(async () => {
  const server = createServer(host.app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    fetch,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    signIn: async (name) => ({ cookie: `session_token=token-of-${name}` }),
    forgeries: async () => [
      { cookie: 'session_token=' },
      { cookie: 'session_token=undefined' },
      { cookie: 'session_token={"$ne":null}' },
      { cookie: 'session_token[$ne]=x' },
      { cookie: 'x_user_data=%7B%22id%22%3A1%7D' },
    ],
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
});

test('coins from before the ledger are paid once, however often the host starts', async () => {
  expect((await host.ledger.balance('3')).balance.available).toBe(1_250);
  await host.close();
  users.push({ id: 4, username: 'dan', coins: 7, session_token: 'token-of-dan' });
  host = await openMongoHost({ users: createCollection(users), directory });
  expect((await host.ledger.balance('3')).balance.available).toBe(1_250);
  expect((await host.ledger.balance('4')).balance.available).toBe(7);
});

test('coins that somebody still changes in Mongo are noticed, and nothing is paid', async () => {
  await host.close();
  const changed = users.map((user) => ({ ...user, coins: user.coins + 1 }));
  await expect(openMongoHost({ users: createCollection(changed), directory })).rejects.toThrow(
    'account 3 with 1251 credits got 1250',
  );
  host = await openMongoHost({ users: createCollection(users), directory });
  expect((await host.ledger.balance('3')).balance.available).toBe(1_250);
});
