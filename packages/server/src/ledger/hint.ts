import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/**
 * Says which accounts may have changed: at once in this process, and by NOTIFY in others. A hint, never data (L-8).
 */
export interface Hints {
  subscribe(listener: (accounts: readonly string[]) => void): () => void;
  /** Tells the listeners in this process. Never throws. */
  announce(accounts: readonly string[]): void;
  /** Names the time since when nothing was missed; null while something may be. @see Ledger.hearing */
  readonly hearing: number | null;
  /** How the writer tells other processes; null where there are none. */
  readonly notify: { channel: string; sender: string } | null;
  close(): Promise<void>;
}

/**
 * Names hints of transactions that a host ends itself. Listeners of this process take them like those of others, because
 * nothing else tells it of the commit.
 */
export const JOINED = 'joined';

/** NOTIFY takes less than 8,000 bytes. */
const PAYLOAD_LENGTH_MAX = 7_000;

export interface HintsOptions {
  database: Database;
  epoch: string;
  onWarning: (message: string, cause: unknown) => void;
  /** Called before the listeners are, also when there are none. */
  onAnnounce: () => void;
}

export function createHints({ database, epoch, onWarning, onAnnounce }: HintsOptions): Hints {
  const listeners = new Set<(accounts: readonly string[]) => void>();
  const sender = randomBytes(6).toString('hex');
  // The epoch in its name keeps ledgers apart that share a server.
  const channel = `credits_${epoch.replaceAll('-', '')}`;
  let stopListening: (() => Promise<void>) | null = null;
  // What this process does itself is announced by a call, which is never missed.
  let hearing: number | null = database.listen === undefined ? 0 : null;
  let times = 0;

  function announce(accounts: readonly string[]): void {
    onAnnounce();
    for (const listener of listeners) {
      try {
        listener(accounts);
      } catch (error) {
        onWarning('A listener for changes failed.', error);
      }
    }
  }

  return Object.freeze({
    get hearing() {
      return hearing;
    },
    notify: database.listen === undefined ? null : { channel, sender },
    announce,
    subscribe(listener: (accounts: readonly string[]) => void): () => void {
      const own = (accounts: readonly string[]) => listener(accounts); // so that one function may listen twice
      listeners.add(own);
      stopListening ??=
        database.listen?.(
          channel,
          (payload) => {
            const [from, ...accounts] = payload.split(' ');
            if (from !== sender) announce(accounts);
          },
          (isHearing) => (hearing = isHearing ? (times += 1) : null),
        ) ?? null;
      return () => {
        listeners.delete(own);
      };
    },
    async close(): Promise<void> {
      listeners.clear();
      await stopListening?.();
    },
  });
}

/** Packs account ids into hints of a size that NOTIFY takes: the sender, then ids, separated by spaces. */
export function toPayloads(sender: string, accounts: readonly string[]): string[] {
  const payloads: string[] = [];
  let payload = sender;
  for (const account of accounts) {
    if (payload.length + account.length >= PAYLOAD_LENGTH_MAX) {
      payloads.push(payload);
      payload = sender;
    }
    payload += ` ${account}`;
  }
  if (payload !== sender) payloads.push(payload);
  return payloads;
}
