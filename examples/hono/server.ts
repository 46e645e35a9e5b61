import { createServer } from 'node:http';
import { Hono } from 'hono';
import {
  createCreditsHandler,
  createLedger,
  createServerStop,
  openDatabase,
  toNodeListener,
} from 'realtime-credits-server';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { createAuth } from './auth.ts';

const port = Number(process.env['PORT'] ?? 3000);
const baseUrl = process.env['PUBLIC_URL'] ?? `http://localhost:${port}`;

// One database for users, sessions and credits.
const database = await openDatabase({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
const ledger = await createLedger({ database });
const auth = await createAuth({
  pool: database.pool,
  baseUrl,
  secret: process.env['AUTH_SECRET'],
  onSessionEnded: (userId) => handler.signOut(userId),
});
const identify = async ({ headers }: Request) => {
  const session = await auth.api.getSession({ headers });
  return session === null ? null : { account: session.user.id };
};
const handler = createCreditsHandler({ ledger, identify });
const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

const app = new Hono();
app.on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw));
app.all('/api/credits/*', (c) => handler.fetch(c.req.raw));
app.get('/api/user/me', (c) => handler.me(c.req.raw));
app.post('/api/bonus', (c) => bonus(c.req.raw));

const server = createServer(toNodeListener(app));
const stop = createServerStop(server, handler);
server.listen(port, 'localhost', () => console.log(baseUrl));

process.once('SIGTERM', async () => {
  await stop(); // goodbye on every stream
  await ledger.close();
  await database.close();
});
