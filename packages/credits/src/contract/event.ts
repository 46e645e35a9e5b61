import type { Snapshot } from './snapshot.ts';

/**
 * The events of the stream, by their `event:` name. The `id:` of a snapshot is `epoch.version`, which is what
 * `Last-Event-ID` brings back on resume.
 */
export interface StreamEvents {
  /** The newest state of the account. The first one arrives at once, later ones as the balance changes: latest wins. */
  snapshot: Snapshot;
  /** Every 15 s: an event, not a comment, because `EventSource` hides comments from the page. */
  heartbeat: Record<string, never>;
  /** The server is about to end the stream: come back after this many milliseconds. */
  goodbye: { retryAfterMs: number };
  /** The session ended: do not come back before signing in. */
  'signed-out': Record<string, never>;
}

/** Name of a stream event. */
export type StreamEventName = keyof StreamEvents;

/** Milliseconds between heartbeats. */
export const HEARTBEAT_MS = 15_000;

/** Writes the id of a snapshot event. */
export function formatEventId(snapshot: Pick<Snapshot, 'epoch' | 'version'>): string {
  return `${snapshot.epoch}.${snapshot.version}`;
}

/** Reads what `Last-Event-ID` brought back; null when it is not ours, which means: start with a whole snapshot. */
export function parseEventId(value: string | null | undefined): { epoch: string; version: number } | null {
  const match = /^([A-Za-z0-9-]{1,64})\.(\d{1,16})$/.exec(value ?? '');
  const version = Number(match?.[2]);
  return match?.[1] !== undefined && Number.isSafeInteger(version) ? { epoch: match[1], version } : null;
}
