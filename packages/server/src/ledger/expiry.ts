import type { Clock } from '../clock.ts';
import type { Intent } from './rules/command-table.ts';
import type { LedgerStorage } from './storage.ts';

/** Accounts that are settled at once: as many as one batch takes. */
const BATCH_MAX = 200;

/** Accounts that are looked for at once: a look goes over everything that is due. */
const ACCOUNTS_MAX = 10 * BATCH_MAX;

/** How often to look for what another process opened without a notification, and may not have lived to settle. */
const UNNOTIFIED_SWEEP_MS = 60_000;

export interface ExpiryOptions {
  storage: LedgerStorage;
  clock: Pick<Clock, 'wallMs' | 'setTimer'>;
  sweepMs: number;
  submit: (intent: Intent) => Promise<unknown>;
  onWarning: (message: string, cause: unknown) => void;
}

/**
 * Settles holds, lots, rates and allowances that nobody reads, so open streams are updated in time. It remembers when the
 * next one is due: a ledger that nobody uses sends its database no queries.
 */
export class ExpirySweep {
  readonly #options: ExpiryOptions;
  /** Whether something changed since the last sweep: the next expiry may then be another. */
  #isDue = true;
  #nextExpiryMs: number | null = null;
  #sweptAtMs: number;
  /** The notification generation of the last sweep. */
  #sweptIn: number | null;
  #sweeping: Promise<void> | null = null;
  #stopTimer: () => void;
  #isClosed = false;

  constructor(options: ExpiryOptions) {
    this.#options = options;
    this.#sweptAtMs = options.clock.wallMs();
    this.#sweptIn = options.storage.notificationGeneration;
    this.#stopTimer = this.#setTimer();
  }

  /** Says that accounts changed: one of them may have a new hold, lot, rate or allowance. */
  markDue(): void {
    this.#isDue = true;
  }

  /** Settles every account with something whose instant has come. */
  async expireAll(): Promise<void> {
    let found: number;
    do found = await this.#expireSome();
    while (found === ACCOUNTS_MAX);
  }

  /** Stops the timer and waits for a running sweep. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    await this.#sweeping;
  }

  #setTimer(): () => void {
    const { clock, sweepMs } = this.#options;
    const leftMs = (this.#nextExpiryMs ?? Infinity) - clock.wallMs();
    // What is known to be due sooner is not left until the next look.
    const delayMs = leftMs > 0 && leftMs < sweepMs ? leftMs : sweepMs;
    return clock.setTimer(() => {
      if (this.#isSweepDue()) this.#sweeping ??= this.#sweep();
      this.#stopTimer = this.#setTimer();
    }, delayMs);
  }

  #restartTimer(): void {
    this.#stopTimer();
    this.#stopTimer = this.#setTimer();
  }

  #isSweepDue(): boolean {
    const { clock, storage } = this.#options;
    const nowMs = clock.wallMs();
    if (this.#isDue || (this.#nextExpiryMs !== null && this.#nextExpiryMs <= nowMs)) return true;
    const generation = storage.notificationGeneration;
    const mayHaveMissed = generation === null || generation !== this.#sweptIn;
    return mayHaveMissed && nowMs - this.#sweptAtMs >= UNNOTIFIED_SWEEP_MS;
  }

  async #sweep(): Promise<void> {
    const { clock, storage, onWarning } = this.#options;
    this.#isDue = false;
    this.#sweptAtMs = clock.wallMs();
    this.#sweptIn = storage.notificationGeneration;
    try {
      await this.expireAll();
      this.#nextExpiryMs = await storage.readNextExpiry();
    } catch (error) {
      this.#isDue = true;
      onWarning('Expired holds could not be settled. The next sweep tries again.', error);
    } finally {
      this.#sweeping = null;
      if (!this.#isClosed) this.#restartTimer();
    }
  }

  /** Returns how many accounts had something that expired. */
  async #expireSome(): Promise<number> {
    const { clock, storage, submit } = this.#options;
    const accounts = await storage.readExpiredAccounts(clock.wallMs(), ACCOUNTS_MAX);
    for (let from = 0; from < accounts.length; from += BATCH_MAX) {
      const batch = accounts.slice(from, from + BATCH_MAX);
      await Promise.all(batch.map((account) => submit({ kind: 'expire', account })));
    }
    return accounts.length;
  }
}
