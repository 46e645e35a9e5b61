import express from 'express';
import {
  createCreditsHandler,
  createLedger,
  importBalances,
  openDatabase,
  toNodeListener,
} from 'realtime-credits-server';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { findUser, type Users } from './users.ts';

/**
 * A host whose users are in Mongo, with the ledger beside it: an embedded Postgres in a directory. Neither knows the other's
 * tables; what joins them is the user's id.
 */
export async function openMongoHost({ users, directory }: { users: Users; directory: string }) {
  const database = await openDatabase({ directory });
  const ledger = await createLedger({ database });

  // At each start, which pays each user once: also those who signed up since.
  const { ok, problems } = await importBalances(listBalances(users), { ledger, database });
  if (!ok) {
    await ledger.close();
    await database.close();
    throw new Error(problems.map(({ line, message }) => `user ${line}: ${message}`).join('\n'));
  }

  const identify = async (request: Request) => {
    const user = await findUser(users, request);
    return user === null ? null : { account: String(user.id) };
  };
  const handler = createCreditsHandler({ ledger, identify });
  const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

  const app = express();
  app.all(['/api/credits', '/api/credits/*path'], toNodeListener(handler));
  app.get('/api/user/me', toNodeListener({ fetch: handler.me }));
  app.post('/api/bonus', toNodeListener({ fetch: bonus }));

  async function close(): Promise<void> {
    await handler.drain();
    await ledger.close();
    await database.close();
  }
  return { app, ledger, close };
}

async function* listBalances(users: Users) {
  for await (const { id, coins } of users.find()) yield { account: String(id), credits: coins };
}
