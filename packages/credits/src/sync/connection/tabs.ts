/**
 * The tabs of one browser: one of them holds the stream, the others receive its snapshots. Leadership is an optimisation,
 * never a condition of correctness: whatever arrives here follows the same rules as any other message, two leaders cost
 * one more stream for a moment, and a tab that receives nothing polls.
 *
 * The election needs only BroadcastChannel, because Web Locks are missing on pages without https. It is decided in
 * `connection.ts`; this file owns what the messages say.
 */
import { CreditsError } from '../../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../../contract/snapshot.ts';
import type { Environment } from '../environment.ts';

/** What tabs tell each other. */
export type TabContent =
  | { kind: 'snapshot'; snapshot: Snapshot }
  /** The leader's stream is alive, and this is the newest version that it has brought. */
  | { kind: 'alive'; tab: string; epoch: string; version: number }
  /** This tab wants to lead, or does. */
  | { kind: 'claim'; tab: string; isLeader: boolean }
  /** The leader gives the stream up. */
  | { kind: 'resign' }
  /** The balance moved on a host without versions: ask. */
  | { kind: 'hint' }
  /** This account has signed out, or another has taken its place. */
  | { kind: 'signed-out' };

/** Each message names its account: tabs of different users do not mix (account fence). */
export type TabMessage = { account: string } & TabContent;

export interface Tabs {
  post(message: TabMessage): void;
  close(): void;
}

/**
 * Joins the other tabs that use the same `name`. Null where the browser offers no way to talk.
 *
 * @param onUnreadable - Another release of this package, or another program of the origin, has sent something else.
 */
export function joinTabs(
  environment: Environment,
  name: string,
  onMessage: (message: TabMessage) => void,
  onUnreadable: (cause: unknown) => void,
): Tabs | null {
  return (
    environment.channel?.(name, (data) => {
      let message: TabMessage;
      try {
        message = parseMessage(data);
      } catch (cause) {
        return onUnreadable(cause);
      }
      onMessage(message);
    }) ?? null
  );
}

function parseMessage(data: unknown): TabMessage {
  const message = data as TabMessage | null;
  if (typeof message?.account === 'string') {
    const { kind } = message;
    if (kind === 'snapshot') parseSnapshot(message.snapshot);
    const isKnown = /^(snapshot|resign|hint|signed-out)$/.test(kind);
    const isElection = (kind === 'claim' || kind === 'alive') && typeof message.tab === 'string';
    const isVersion = kind !== 'alive' || (typeof message.epoch === 'string' && Number.isSafeInteger(message.version));
    if (isKnown || (isElection && isVersion)) return message;
  }
  throw new CreditsError('protocol', 'Another tab sent a message that cannot be read.');
}
