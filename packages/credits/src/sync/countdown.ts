import { accrue, nextCreditMs } from '../contract/accrual.ts';
import type { SnapshotTime } from '../contract/snapshot.ts';
import type { Environment } from './environment.ts';
import type { Confirmed } from './number/view.ts';

/** The number moves at most four times a second, however fast credits are charged. */
const STEP_MS_MIN = 250;
/** Timers of browsers end at 2^31 ms. A later credit is looked for again. */
const STEP_MS_MAX = 3_600_000;
/** A request takes 10 s at most. A clock that is further behind than that was set back. */
const BEHIND_MS_MAX = 30_000;

type Clock = Pick<Environment, 'active' | 'isVisible' | 'now' | 'setTimer'>;

/** Counts what rates take between snapshots: whole credits, on the ledger's clock, without requests. */
export class Countdown {
  readonly #environment: Clock;
  readonly #onStep: () => void;
  #cancelTimer = (): void => undefined;
  /** The ledger's clock, less the monotonic one of this page. */
  #aheadMs = -Infinity;

  /** @param onStep - Called when the next credit is due: {@link count} returns another number then. */
  constructor(environment: Clock, onStep: () => void) {
    this.#environment = environment;
    this.#onStep = onStep;
  }

  /** Compares clocks. Of snapshots that took differently long to arrive, the fastest is the most exact. */
  compareClock({ at }: SnapshotTime): void {
    const aheadMs = Date.parse(at) - this.#environment.now();
    if (aheadMs > this.#aheadMs || aheadMs < this.#aheadMs - BEHIND_MS_MAX) this.#aheadMs = aheadMs;
  }

  /** Credits that are due since a balance was confirmed; no more than are available. Sets the timer for the next one. */
  count(confirmed: Pick<Confirmed, 'balance' | 'time'> | null): number {
    this.stop();
    if (confirmed?.time === undefined || confirmed.time.rates.length === 0) return 0;
    const { active, isVisible, now, setTimer } = this.#environment;
    const nowMs = Math.floor(now() + this.#aheadMs);
    const available = Math.max(confirmed.balance.available, 0);
    let accrued = 0n;
    let nextMs = Infinity;
    for (const { settledAt, ...rest } of confirmed.time.rates) {
      const rate = { ...rest, settledUntilMs: Date.parse(settledAt) };
      const { due } = accrue(rate, nowMs);
      accrued += due;
      nextMs = Math.min(nextMs, nextCreditMs(rate, due + 1n));
    }
    const isExhausted = accrued >= available;
    if (active && isVisible() && !isExhausted) {
      this.#cancelTimer = setTimer(this.#onStep, Math.min(Math.max(nextMs - nowMs, STEP_MS_MIN), STEP_MS_MAX));
    }
    return isExhausted ? available : Number(accrued);
  }

  stop(): void {
    this.#cancelTimer();
  }
}
