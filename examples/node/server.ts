import { createServer } from 'node:http';
import {
  createCreditsHandler,
  createLedger,
  createServerStop,
  openDatabase,
  toNodeListener,
} from 'realtime-credits-server';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { createSessions } from './sessions.ts';

const database = await openDatabase({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
const ledger = await createLedger({ database });
const sessions = createSessions({ onEnd: (account) => handler.signOut(account) });
const identify = async (request: Request) => sessions.find(request);
const handler = createCreditsHandler({ ledger, identify });

const routes: Record<string, (request: Request) => Promise<Response>> = {
  'POST /api/sign-in': sessions.signIn,
  'POST /api/sign-out': sessions.signOut,
  'GET /api/user/me': handler.me,
  'POST /api/bonus': toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command)),
};
const answer = (request: Request): Promise<Response> =>
  (routes[`${request.method} ${new URL(request.url).pathname}`] ?? handler.fetch)(request);

const server = createServer(toNodeListener({ fetch: answer }));
const stop = createServerStop(server, handler);
const port = Number(process.env['PORT'] ?? 3000);
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));

process.once('SIGTERM', async () => {
  await stop(); // goodbye on every stream
  await ledger.close();
  await database.close();
});
