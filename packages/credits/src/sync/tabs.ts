/**
 * The tabs of one browser: one of them holds the stream, the others hear from it. Leadership is an optimisation, never a
 * condition of correctness: whatever arrives here goes through the same rules as any other message (S7), and a tab that
 * hears nothing polls.
 */
import { CreditsError } from '../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import type { Environment } from './environment.ts';

/** What tabs tell each other. Each message names the account it is about: tabs of different users do not mix (S9). */
export type TabMessage =
  | { kind: 'frame'; account: string; snapshot: Snapshot }
  /** The stream is alive, and this is the newest version it has brought. */
  | { kind: 'alive'; account: string; epoch: string; version: number }
  /** The balance moved on a host without versions: ask. */
  | { kind: 'hint'; account: string }
  /** This account has signed out, or another has taken its place. */
  | { kind: 'left'; account: string };

export interface Tabs {
  post(message: TabMessage): void;
  /** Waits to become the tab that holds the stream. Returns how to stop waiting, or to hand it on. */
  lead(account: string, onLead: () => void): () => void;
  close(): void;
}

/**
 * Joins the other tabs that use the same `name`; alone, and always leading, where the browser offers no way to talk.
 *
 * @param onUnreadable - Hears of what another release of this package, or another program of the origin, may have said.
 */
export function createTabs(
  environment: Environment,
  name: string,
  onMessage: (message: TabMessage) => void,
  onUnreadable: (cause: unknown) => void,
): Tabs {
  const channel = environment.channel?.(name, (data) => {
    let message: TabMessage;
    try {
      message = parseMessage(data);
    } catch (cause) {
      return onUnreadable(cause);
    }
    onMessage(message);
  });
  return Object.freeze<Tabs>({
    post: (message) => channel?.post(message),
    lead(account, onLead) {
      // Without both, a tab that waits for its turn would hear nothing meanwhile.
      if (channel && environment.lock !== null) return environment.lock(`${name}:${account}`, onLead);
      onLead();
      return () => undefined;
    },
    close: () => channel?.close(),
  });
}

function parseMessage(data: unknown): TabMessage {
  const message = data as TabMessage | null;
  if (typeof message?.account === 'string') {
    const { kind } = message;
    if (kind === 'frame') parseSnapshot(message.snapshot);
    if (kind === 'frame' || kind === 'hint' || kind === 'left') return message;
    if (kind === 'alive' && typeof message.epoch === 'string' && Number.isSafeInteger(message.version)) return message;
  }
  throw new CreditsError('protocol', 'Another tab said something that we do not understand.');
}
