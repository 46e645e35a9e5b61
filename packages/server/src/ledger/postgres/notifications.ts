import { randomBytes } from 'node:crypto';
import type { Database, SqlPool } from './database.ts';

/** NOTIFY accepts payloads of less than 8,000 bytes. */
const PAYLOAD_LENGTH_MAX = 7_000;

/**
 * Tells which accounts may have changed. A notification is a hint, never data: readers read again, and a lost one costs
 * time only.
 *
 * A payload is the name of its sender, then account ids, separated by spaces. A process ignores what it sent itself: its
 * writer knows the changes from the commit.
 */
export class Notifications {
  /** The epoch in its name separates ledgers that share a database. Null where no other process can listen. */
  readonly channel: string | null;
  readonly sender = randomBytes(6).toString('hex');
  readonly #listen: Database<SqlPool>['listen'];
  #onChanged: (accounts: readonly string[]) => void = () => undefined;
  #connections = 0;
  #generation: number | null;

  constructor({ kind, listen }: Database<SqlPool>, epoch: string) {
    this.channel = kind === 'embedded' ? null : `credits_${epoch.replaceAll('-', '')}`;
    this.#listen = listen;
    this.#generation = kind === 'embedded' ? 0 : null;
  }

  /** Changes with every new connection; null while notifications may be missed. */
  get generation(): number | null {
    return this.#generation;
  }

  /** Delivers what others changed to a listener. Called at most once. Returns what stops it. */
  start(onChanged: (accounts: readonly string[]) => void): () => Promise<void> {
    this.#onChanged = onChanged;
    if (this.channel === null || this.#listen === null) return async () => undefined;
    return this.#listen({
      channel: this.channel,
      onNotification: (payload) => {
        const [sender, ...accounts] = payload.split(' ');
        if (sender !== this.sender) this.#onChanged(accounts);
      },
      onConnected: (isConnected) => {
        this.#generation = isConnected ? (this.#connections += 1) : null;
      },
    });
  }

  /** Delivers a change of this process that no notification will tell. */
  announce(accounts: readonly string[]): void {
    if (accounts.length > 0) this.#onChanged(accounts);
  }
}

/** Packs account ids into payloads of a size that NOTIFY accepts. */
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
