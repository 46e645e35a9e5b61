import { toNextHandlers } from 'realtime-credits-server';
import { credits } from '../../../lib/credits.ts';

export const dynamic = 'force-dynamic';
// Next asks the most specific route first: what else you have below `app/api` goes on answering.
export const { GET, POST } = toNextHandlers(credits);
