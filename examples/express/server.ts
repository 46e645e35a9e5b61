import { createServer } from 'node:http';
import express from 'express';
import { createCredits, createGracefulStop, toNodeListener } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { toCommandRoute } from '../recipes/command-route.ts';
import { payDailyBonus } from '../recipes/daily-bonus.ts';
import { readToken } from './tokens.ts';

const database = openEmbedded({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
const identify = async (request: Request) => {
  const account = await readToken(request.headers.get('authorization'));
  return account === null ? null : { account };
};
const { ledger, handler, close } = await createCredits({ database, identify });
const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

const app = express();
// Before `express.json()`, which would read the body, and with `all`: `use` would shorten the path.
app.all(['/api/credits', '/api/credits/*path'], toNodeListener(handler));
app.post('/api/bonus', toNodeListener({ fetch: bonus }));
app.use(express.json());

const server = createServer(app);
const stop = createGracefulStop(server, handler);
const port = Number(process.env['PORT'] ?? 3000);
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));

process.once('SIGTERM', async () => {
  await stop(); // a goodbye on every stream
  await close();
});
