import { selectView, type CreditsState } from 'realtime-credits/client';

import { translate, translateError } from './messages';

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
  const why = known !== null && error === known.message ? translateError(known) : error;
  if (connection === 'signed-out') {
    return {
      kind: 'signed-out',
      word: translate('signedOutWord'),
      sentence: translate('signedOut'),
    };
  }
  if (connection === 'offline') {
    return { kind: 'offline', word: translate('offlineWord'), sentence: translate('offline') };
  }
  if (connection === 'stopped') {
    return { kind: 'stopped', word: translate('stoppedWord'), sentence: why ?? translate('stopped') };
  }
  if (why !== null && shown === null) {
    return { kind: 'stopped', word: translate('unavailable'), sentence: translate('retrying', { error: why }) };
  }
  if (why !== null) {
    return { kind: 'stale', word: translate('staleWord'), sentence: translate('retrying', { error: why }) };
  }
  if (connection === 'stale') {
    return { kind: 'stale', word: translate('staleWord'), sentence: translate('stale') };
  }
  if (connection === 'live') {
    return { kind: 'live', word: translate('liveWord'), sentence: translate('live') };
  }
  if (connection === 'polling') {
    return { kind: 'polling', word: translate('pollingWord'), sentence: translate('polling') };
  }
  return { kind: 'connecting', word: translate('connectingWord'), sentence: translate('connecting') };
}
