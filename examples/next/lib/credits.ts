import { createCreditsHandler, createLedger, oncePerProcess, openDatabase } from 'realtime-credits-server';
import { toCommandRoute } from '../../recipes/command-route.ts';
import { payDailyBonus } from '../../recipes/daily-bonus.ts';
import { readSession } from './session.ts';

/** Opened by the first request; pages and actions of yours say `const { ledger } = await credits()`. */
export const credits = oncePerProcess('credits', async () => {
  const database = await openDatabase({ directory: process.env['DATA_DIR'] ?? '.data/credits' });
  const ledger = await createLedger({ database });
  const identify = async (request: Request) => {
    const session = readSession(request);
    return session === null ? null : { account: session.userId };
  };
  const handler = createCreditsHandler({ ledger, identify });
  const bonus = toCommandRoute({ ledger, identify }, (command) => payDailyBonus(ledger, command));

  const routes: Record<string, (request: Request) => Promise<Response>> = {
    'GET /api/user/me': handler.me,
    'POST /api/bonus': bonus,
  };
  const fetch = (request: Request): Promise<Response> =>
    (routes[`${request.method} ${new URL(request.url).pathname}`] ?? handler.fetch)(request);
  return { database, ledger, fetch };
});
