import { createCredits, singleton } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import { readSession } from './session.ts';

/** Opened by the first request. In pages and actions: `const { ledger } = await credits()`. */
export const credits = singleton('credits', () =>
  createCredits({
    database: openEmbedded({ directory: process.env['DATA_DIR'] ?? '.data/credits' }),
    identify,
  }),
);

export async function identify(request: Request) {
  const session = readSession(request);
  return session === null ? null : { account: session.userId };
}
