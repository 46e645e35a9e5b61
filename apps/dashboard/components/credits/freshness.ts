import { selectView, type CreditsState } from 'realtime-credits/client';

import { say, sayError } from './messages';

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
  const known = state.connection.error;
  // A host's own sentence stays as the host wrote it.
  const why = known !== null && error === known.message ? sayError(known) : error;
  if (connection === 'signed-out') {
    return {
      kind: 'signed-out',
      word: say('signedOutWord'),
      sentence: say('signedOut'),
    };
  }
  if (connection === 'offline') {
    return { kind: 'offline', word: say('offlineWord'), sentence: say('offline') };
  }
  if (connection === 'stopped') {
    return { kind: 'stopped', word: say('stoppedWord'), sentence: why ?? say('stopped') };
  }
  if (why !== null && shown === null) {
    return { kind: 'stopped', word: say('unavailable'), sentence: say('retrying', { error: why }) };
  }
  if (why !== null) {
    return { kind: 'stale', word: say('staleWord'), sentence: say('retrying', { error: why }) };
  }
  if (connection === 'stale') {
    return { kind: 'stale', word: say('staleWord'), sentence: say('stale') };
  }
  if (connection === 'live') {
    return { kind: 'live', word: say('liveWord'), sentence: say('live') };
  }
  if (connection === 'polling') {
    return { kind: 'polling', word: say('pollingWord'), sentence: say('polling') };
  }
  return { kind: 'connecting', word: say('connectingWord'), sentence: say('connecting') };
}
