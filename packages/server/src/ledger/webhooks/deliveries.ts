import type { Clock } from '../../clock.ts';
import type { ClaimedEvent, Outbox } from './outbox.ts';
import { SEND_TIMEOUT_MS, type SendFailure } from './send.ts';

/** Deliveries under way in one process. An account has one at a time. */
const IN_FLIGHT_MAX = 20;

/** How long an event belongs to who claimed it. Longer than a delivery can take. */
const LEASE_MS = 6 * SEND_TIMEOUT_MS;

/** How often to see whether a repetition is due. Sends nothing to the database while none is. */
const TICK_MS = 1_000;

/** How often to look for events of a process that died between their commit and their delivery. */
const LOOK_MS = 60_000;

const PRUNE_MS = 3_600_000;

/** After so long an event is given up: it waits in the log to be replayed, and the next one of its account is sent. */
const GIVE_UP_MS = 86_400_000;

const BACKOFF_MIN_MS = 5_000;
const BACKOFF_MAX_MS = 2 * 3_600_000;

/**
 * How long to wait after a failure: as long as an event has failed so far, from 5 seconds to 2 hours, give or take a
 * quarter. Null: no more.
 *
 * @param failingMs - Since the first attempt.
 * @param random - From 0 to 1.
 */
export function backOff(failingMs: number, random: number): number | null {
  if (failingMs >= GIVE_UP_MS) return null;
  const delayMs = Math.min(Math.max(failingMs, BACKOFF_MIN_MS), BACKOFF_MAX_MS);
  return Math.round(delayMs * (0.75 + random / 2));
}

export interface DeliveriesOptions {
  outbox: Outbox;
  send: (event: ClaimedEvent, nowMs: number) => Promise<SendFailure>;
  keepMs: number;
  clock: Pick<Clock, 'wallMs' | 'setTimer'>;
  onWarning: (message: string, cause: unknown) => void;
}

/** Sends what is in the outbox, in the order of each account. Any number of processes may do so at once. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #inFlight = new Set<Promise<void>>();
  #pumping: Promise<void> | null = null;
  /** Whether something may have arrived since the last claim. */
  #isWanted = false;
  #isClosed = false;
  #nextAtMs: number | null = null;
  #lookedAtMs: number;
  #prunedAtMs = -Infinity;
  #stopTimer: () => void;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#lookedAtMs = options.clock.wallMs();
    this.#stopTimer = this.#setTimer();
    this.wake();
  }

  /** Says that there may be something to send. */
  readonly wake = (): void => {
    this.#isWanted = true;
    // With all in flight, the first that ends calls again.
    if (!this.#isClosed && this.#inFlight.size < IN_FLIGHT_MAX) this.#pumping ??= this.#pump();
  };

  /** Waits for deliveries that are under way. What is not sent stays in the outbox. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    await this.#pumping;
    await Promise.all(this.#inFlight);
  }

  #setTimer(): () => void {
    const { clock } = this.#options;
    return clock.setTimer(() => {
      const nowMs = clock.wallMs();
      const isDue = this.#nextAtMs !== null && this.#nextAtMs <= nowMs;
      if (isDue || nowMs - this.#lookedAtMs >= LOOK_MS) this.wake();
      this.#stopTimer = this.#setTimer();
    }, TICK_MS);
  }

  async #pump(): Promise<void> {
    const { outbox, clock, keepMs, onWarning } = this.#options;
    try {
      while (this.#isWanted && !this.#isClosed && this.#inFlight.size < IN_FLIGHT_MAX) {
        this.#isWanted = false;
        const nowMs = clock.wallMs();
        this.#lookedAtMs = nowMs;
        if (nowMs - this.#prunedAtMs >= PRUNE_MS) {
          this.#prunedAtMs = nowMs;
          await outbox.prune(nowMs - keepMs);
        }
        const claimed = await outbox.claim({
          nowMs,
          untilMs: nowMs + LEASE_MS,
          limit: IN_FLIGHT_MAX - this.#inFlight.size,
        });
        for (const event of claimed) this.#start(event);
        if (claimed.length === 0) this.#nextAtMs = await outbox.readNext();
      }
    } catch (error) {
      this.#nextAtMs = clock.wallMs();
      onWarning('Events could not be read from the outbox. They are tried again.', error);
    } finally {
      this.#pumping = null;
    }
  }

  #start(event: ClaimedEvent): void {
    const delivery = this.#deliver(event).finally(() => {
      this.#inFlight.delete(delivery);
      this.wake(); // the next event of the account
    });
    this.#inFlight.add(delivery);
  }

  async #deliver(event: ClaimedEvent): Promise<void> {
    const { outbox, send, clock, onWarning } = this.#options;
    try {
      const error = await send(event, clock.wallMs());
      const nowMs = clock.wallMs();
      const delayMs = error === null ? null : backOff(nowMs - event.firstAtMs, Math.random());
      if (error === null) await outbox.settle(event, { state: 'delivered', atMs: nowMs, error });
      else if (delayMs === null) {
        await outbox.settle(event, { state: 'failed', atMs: nowMs, error });
        onWarning(`Event ${event.id} of account ${event.account} was given up after a day: ${error}`, undefined);
      } else await outbox.settle(event, { state: 'pending', atMs: nowMs + delayMs, error });
    } catch (error) {
      onWarning('What a delivery came to could not be stored. The event is sent again.', error);
    }
  }
}
