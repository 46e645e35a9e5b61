import express from 'express';
import { createCredits, importBalances, toNodeListener } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { findUser, type Users } from './users.ts';

/**
 * A host whose users are in Mongo, with the ledger beside it: an embedded Postgres in a directory. Neither knows the other's
 * tables; what joins them is the user's id.
 */
export async function openMongoHost({ users, directory }: { users: Users; directory: string }) {
  const identify = async (request: Request) => {
    const user = await findUser(users, request);
    return user === null ? null : { account: String(user.id) };
  };
  const database = await openEmbedded({ directory });
  const credits = await createCredits({ database, identify });
  const { ledger, handler } = credits;

  // At each start. Each user is paid once, also those who signed up since.
  const { ok, problems } = await importBalances(listBalances(users), { ledger, database });
  if (!ok) {
    await credits.close();
    throw new Error(problems.map(({ line, message }) => `user ${line}: ${message}`).join('\n'));
  }

  const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

  const app = express();
  app.all(['/api/credits', '/api/credits/*path'], toNodeListener(handler));
  app.post('/api/bonus', toNodeListener({ fetch: bonus }));

  async function close(): Promise<void> {
    await credits.close();
  }
  return { app, ledger, close };
}

async function* listBalances(users: Users) {
  for await (const { id, coins } of users.find()) yield { account: String(id), credits: coins };
}
