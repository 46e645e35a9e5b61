import { toNextHandlers } from 'realtime-credits-server';
import { credits } from '../../../../lib/credits.ts';

export const { GET, POST, OPTIONS } = toNextHandlers(credits);
