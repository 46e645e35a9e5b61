import { SYSTEM_CLOCK, type Clock } from '../../clock.ts';

/**
 * The clock of the database, kept by what its statements say and the monotonic clock of this process. It decides when
 * something ends and what a rate costs, so instances whose own clocks are wrong agree.
 *
 * A statement read the database's clock at some time between its sending and its result. An offset that fits in between
 * is kept, so a statement that waited for a lock moves nothing; another one is moved to the nearest that fits.
 */
export class DatabaseClock {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** From the monotonic clock to the database's. */
  #offsetMs: number | null = null;

  constructor(clock: Pick<Clock, 'monotonicMs'> = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Takes in what the database's clock was in a statement that was sent at this monotonic instant and has just returned. */
  observe(databaseMs: number, sentAtMs: number): void {
    const [lowest, highest] = [databaseMs - this.#clock.monotonicMs(), databaseMs - sentAtMs];
    this.#offsetMs = Math.min(Math.max(this.#offsetMs ?? (lowest + highest) / 2, lowest), highest);
  }

  /** Milliseconds since 1970. */
  readonly wallMs = (): number => Math.floor(this.#clock.monotonicMs() + (this.#offsetMs ?? 0));
}
