import { createServer } from 'node:http';
import { createCredits, createGracefulStop, toNodeListener } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { createSessions } from './sessions.ts';

const database = openEmbedded({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
const sessions = createSessions({ onEnd: (account) => handler.recheckSessions(account) });
const identify = async (request: Request) => sessions.find(request);
const { ledger, handler, close } = await createCredits({ database, identify });

const routes: Record<string, (request: Request) => Promise<Response>> = {
  'POST /api/sign-in': sessions.signIn,
  'POST /api/sign-out': sessions.signOut,
  'POST /api/bonus': toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command)),
};
const respond = (request: Request): Promise<Response> =>
  (routes[`${request.method} ${new URL(request.url).pathname}`] ?? handler.fetch)(request);

const server = createServer(toNodeListener({ fetch: respond }));
const stop = createGracefulStop(server, handler);
const port = Number(process.env['PORT'] ?? 3000);
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));

process.once('SIGTERM', async () => {
  await stop(); // a goodbye on every stream
  await close();
});
