import { createHash } from 'node:crypto';
import { isDemoEmail } from '../demo/users.ts';
import { createCounter, type LimitStore } from '../http/rate-limit.ts';
import type { Message, MessageKind } from './messages.ts';
import type { Outbox, Waiting } from './outbox.ts';

/** Messages to people. */
export interface Mailer {
  /**
   * Takes a message and returns at once: neither how long a response takes nor what it says may tell its outcome.
   * Never throws.
   */
  send(message: Message): void;
  /** Tries what is due again, also what another process left behind. Resolves once that is under way. */
  sweep(): Promise<void>;
  /** Resolves when nothing is under way. What waits for another try is kept. */
  close(): Promise<void>;
}

/**
 * Hands one message on. Rejects where it was not taken.
 *
 * @param id - The same for each try: a mailbox that got it twice can tell.
 */
export type Deliver = (message: Message, id: string) => Promise<void>;

/** The outcome of a message: handed on, given up, or not tried. */
export type MessageOutcome = 'delivered' | 'failed' | 'dropped';

export interface MailerOptions {
  deliver: Deliver;
  outbox: Outbox;
  store: LimitStore;
  /** Wall-clock milliseconds. */
  now: () => number;
  count: (outcome: MessageOutcome) => void;
  onWarning: (message: string, cause: unknown) => void;
}

/** Of each kind, to one mailbox, within an hour: strangers can have them sent. */
export const MESSAGES_PER_HOUR = 10;
/** Pauses before further tries; the last one repeats. */
const RETRY_DELAYS_MS = [5_000, 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000] as const;
const HOUR_MS = 3_600_000;
/** How long each is tried: as long as its link works or what it says is still true, and a day at most. */
const TRIED_MS: Record<MessageKind, number> = {
  reset: HOUR_MS,
  verify: 24 * HOUR_MS,
  change: 24 * HOUR_MS,
  changing: 24 * HOUR_MS,
  // What they say is old after some hours.
  low: 6 * HOUR_MS,
  exhausted: 6 * HOUR_MS,
  restored: 6 * HOUR_MS,
};
const SWEEP_MAX = 50;
/** More than these at once are not a person's doing, and are not remembered. */
const UNDER_WAY_MAX = 1_000;

export function createMailer(options: MailerOptions): Mailer {
  const { deliver, outbox, store, now, count, onWarning } = options;
  const sent = createCounter(store, { id: 'mail', points: MESSAGES_PER_HOUR, seconds: 3_600 });
  const underWay = new Set<Promise<void>>();
  let closed = false;

  async function isTooMany({ kind, to }: Message): Promise<boolean> {
    const key = createHash('sha256').update(`${kind} ${to.toLowerCase()}`).digest('base64url');
    try {
      await sent.consume(key);
      return false;
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      return true;
    }
  }

  async function tryOnce(waiting: Waiting): Promise<void> {
    const { id, message, at, tries } = waiting;
    try {
      await deliver(message, `${at}.${id}`);
    } catch (error) {
      const dueAt = now() + (RETRY_DELAYS_MS[Math.min(tries, RETRY_DELAYS_MS.length - 1)] ?? HOUR_MS);
      if (!isPermanent(error) && dueAt < at + TRIED_MS[message.kind]) return outbox.postpone(id, dueAt);
      count('failed');
      onWarning('A message could not be sent.', error);
      return outbox.fail(waiting);
    }
    count('delivered');
    await outbox.remove(id);
  }

  async function accept(message: Message): Promise<void> {
    if (underWay.size >= UNDER_WAY_MAX || (await isTooMany(message))) {
      count('dropped');
      onWarning('A message was dropped: too many are under way, or went to one address within an hour.', undefined);
      return;
    }
    await tryOnce(await outbox.add(message));
  }

  function track(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => onWarning('The messages that wait could not be read or changed.', error))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  }

  return Object.freeze({
    send(message: Message) {
      // Nobody has a mailbox there.
      if (isDemoEmail(message.to)) return;
      track(accept(message));
    },
    async sweep() {
      if (closed || underWay.size >= UNDER_WAY_MAX) return;
      for (const waiting of await outbox.takeDue(SWEEP_MAX)) track(tryOnce(waiting));
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  });
}

/** The server refuses this very message, however often it is sent. */
function isPermanent(error: unknown): boolean {
  return error instanceof Error && 'permanent' in error && error.permanent === true;
}
