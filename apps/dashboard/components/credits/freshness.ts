import { selectView, type CreditsState } from 'realtime-credits/client';

import { UNIT } from '@/components/credits/branding';

/** How far the number on the screen can be trusted right now. */
export interface Freshness {
  kind: 'live' | 'polling' | 'connecting' | 'stale' | 'offline' | 'stopped' | 'signed-out';
  /** One or two words for a badge. */
  word: string;
  /** One sentence of explanation. */
  sentence: string;
}

/**
 * Says in words how updates arrive. The worst that is true wins: an old number never looks fresh.
 *
 * @param error - Why the number could not be refreshed, in a sentence; a host may have set its own.
 */
export function describeFreshness(state: CreditsState, error: string | null): Freshness {
  const { freshness: connection, shown } = selectView(state);
  if (connection === 'signed-out') {
    return {
      kind: 'signed-out',
      word: 'Signed out',
      sentence: `Your session has ended. Sign in to see your ${UNIT.many}.`,
    };
  }
  if (connection === 'offline') {
    return { kind: 'offline', word: 'Offline', sentence: 'This device is offline. Updates go on once it is back.' };
  }
  if (connection === 'stopped') {
    return { kind: 'stopped', word: 'Stopped', sentence: error ?? 'Updates have stopped.' };
  }
  if (error !== null && shown === null) {
    return { kind: 'stopped', word: 'Unavailable', sentence: `${error} Retrying automatically.` };
  }
  if (error !== null) {
    return { kind: 'stale', word: 'Stale', sentence: `${error} Retrying automatically.` };
  }
  if (connection === 'stale') {
    return { kind: 'stale', word: 'Stale', sentence: 'The server has not answered for a while.' };
  }
  if (connection === 'live') {
    return { kind: 'live', word: 'Live', sentence: 'Changes arrive the moment they happen.' };
  }
  if (connection === 'polling') {
    return { kind: 'polling', word: 'Polling', sentence: 'Checked every 30 seconds.' };
  }
  return { kind: 'connecting', word: 'Connecting', sentence: 'Asking for your balance.' };
}
