import type { CreditsState } from 'realtime-credits/client';

/** How much the number on the screen may be trusted right now. */
export interface Freshness {
  kind: 'live' | 'polling' | 'connecting' | 'stale' | 'offline' | 'stopped' | 'signed-out';
  /** One or two words for a badge. */
  word: string;
  /** One sentence for someone who wonders. */
  sentence: string;
}

/**
 * Says in words how the news come in. The worst that is true wins: an old number never looks fresh.
 *
 * @param error - Why the number could not be refreshed, in a sentence; a host may have set its own.
 */
export function describeFreshness(state: CreditsState, error: string | null): Freshness {
  const { state: connection } = state.connection;
  if (connection === 'signed-out') {
    return { kind: 'signed-out', word: 'Signed out', sentence: 'Your session has ended. Sign in to see your credits.' };
  }
  if (connection === 'offline') {
    return { kind: 'offline', word: 'Offline', sentence: 'This device is offline. Updates go on once it is back.' };
  }
  if (connection === 'stopped') {
    return { kind: 'stopped', word: 'Stopped', sentence: error ?? 'Updates have stopped.' };
  }
  if (error !== null && state.confirmed === null) {
    return { kind: 'stopped', word: 'Unavailable', sentence: `${error} Trying again by itself.` };
  }
  if (error !== null) {
    return { kind: 'stale', word: 'Stale', sentence: `${error} Trying again by itself.` };
  }
  if (state.stale) {
    return { kind: 'stale', word: 'Stale', sentence: 'Nothing was heard from the server for a while.' };
  }
  if (connection === 'streaming' || connection === 'following') {
    return { kind: 'live', word: 'Live', sentence: 'Changes arrive the moment they happen.' };
  }
  if (connection === 'polling') {
    return { kind: 'polling', word: 'Polling', sentence: 'Checked every 30 seconds.' };
  }
  return { kind: 'connecting', word: 'Connecting', sentence: 'Asking for your balance.' };
}
