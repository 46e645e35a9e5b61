import { createServer } from 'node:http';
import express from 'express';
import {
  createCreditsHandler,
  createLedger,
  createServerStop,
  openDatabase,
  toNodeListener,
} from 'realtime-credits-server';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { readToken } from './tokens.ts';

const database = await openDatabase({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
const ledger = await createLedger({ database });
const identify = async (request: Request) => {
  const account = await readToken(request.headers.get('authorization'));
  return account === null ? null : { account };
};
const handler = createCreditsHandler({ ledger, identify });
const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

const app = express();
// Above `express.json()`, which would take the body away. And `all`, not `use`, which would cut the path.
app.all(['/api/credits', '/api/credits/*path'], toNodeListener(handler));
app.get('/api/user/me', toNodeListener({ fetch: handler.me }));
app.post('/api/bonus', toNodeListener({ fetch: bonus }));
app.use(express.json());

const server = createServer(app);
const stop = createServerStop(server, handler);
const port = Number(process.env['PORT'] ?? 3000);
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));

process.once('SIGTERM', async () => {
  await stop(); // goodbye on every stream
  await ledger.close();
  await database.close();
});
