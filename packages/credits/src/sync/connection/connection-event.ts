/** What the reducer in `connection.ts` works on: its state, the events that change it, and the effects that follow. */
import type { CreditsError } from '../../contract/error.ts';
import type { PageEvent } from '../environment.ts';
import type { ConnectionState } from '../number/view.ts';
import type { Ending } from './stream.ts';

export interface Connection {
  readonly state: ConnectionState['state'];
  readonly error: CreditsError | null;
  /** The host signed its user out: nothing but the host ends that. */
  readonly isFinal: boolean;
  readonly pollIntervalMs: number;
  /** Names this tab in the election; the smaller name wins. Null where tabs cannot talk: each one leads. */
  readonly tab: string | null;

  readonly isDisplayed: boolean;
  /** In the back/forward cache, or on the way there. */
  readonly isSuspended: boolean;
  readonly isOnline: boolean;
  readonly isVisible: boolean;
  /** When a hidden page closes its stream. */
  readonly dormantAt: number;

  /** Whether the server sends versions; null until it has answered. */
  readonly isVersioned: boolean | null;
  readonly isReading: boolean;
  /** When the last request for the balance started. */
  readonly readAt: number;
  /** When the next one is due on its own. */
  readonly pollAt: number;
  /** When the next one is due because somebody asked. */
  readonly refreshAt: number;
  readonly failures: number;
  readonly denials: number;
  /** Requests in a row whose response left something undecided. */
  readonly followUps: number;

  /** `queued`: another tab leads. `claiming`: it may be our turn. In all others but `closed` this tab leads. */
  readonly stream: 'closed' | 'claiming' | 'queued' | 'waiting' | 'opening' | 'open';
  /** When the stream's current phase is over. */
  readonly streamAt: number;
  readonly openedAt: number;
  readonly streamFailures: number;
  readonly shortCount: number;
  /** Another tab brings updates. */
  readonly isFollowing: boolean;
}

/** What happened. */
export type ConnectionEvent =
  /** The first display opened, or the last one closed. */
  | { type: 'displayed'; isDisplayed: boolean; tab: string | null }
  | { type: 'page'; name: PageEvent }
  /** A deadline has passed. */
  | { type: 'tick' }
  /** Somebody wants the balance: now, or within the coalescing time. `isManual`: a person, or the host. */
  | { type: 'refresh'; isSoon?: boolean; isManual?: boolean }
  /** `error`: the response is fine, but for its balance. */
  | { type: 'responded'; isVersioned: boolean; needsFetch: boolean; error: CreditsError | null }
  | {
      type: 'failed';
      kind: 'denied' | 'refused' | 'failed';
      error: CreditsError | null;
      retryAfterMs: number;
      hasPending: boolean;
    }
  /** Something that arrived cannot be read. */
  | { type: 'unreadable'; error: CreditsError }
  /** The stream brought an event. */
  | { type: 'streamed'; isSnapshot: boolean }
  | { type: 'ended'; ending: Ending }
  /** Another tab wants to lead, or does. */
  | { type: 'claimed'; tab: string; isLeader: boolean }
  /** The leading tab gave the stream up. */
  | { type: 'resigned' }
  /** Another tab brought an update. */
  | { type: 'followed' }
  /** The server rendered a snapshot. */
  | { type: 'seeded' }
  /** Another account, or none. `isFinal`: the host said so, and only the host can say otherwise. */
  | { type: 'switched'; account: string | null; error: CreditsError | null; isFinal: boolean };

/** What every event brings along. */
export interface Moment {
  now: number;
  /** From 0 up to 1. */
  random: number;
  isOnline: boolean;
  isVisible: boolean;
}

/** What is to be done. `read` and `cancel` are about the request for the balance, `connect` and `disconnect` about the stream. */
export type Effect = 'read' | 'cancel' | 'connect' | 'disconnect' | 'join' | 'leave' | 'claim' | 'resign' | 'sign-out';
