/**
 * What rates accrue, computed from the committed rows alone and without the code of the ledger. The oracle of the
 * simulator, whose schedules are minutes in one November.
 */
import type { JournalRow } from '../../src/ledger/rules/state.ts';

const HOUR_MS = 3_600_000n;
/** A month counts in finer units than milliseconds. */
const PERIODS: Readonly<Record<string, { ms: bigint; unitsPerMs: bigint }>> = {
  hour: { ms: HOUR_MS, unitsPerMs: 1n },
  day: { ms: 24n * HOUR_MS, unitsPerMs: 1n },
  week: { ms: 168n * HOUR_MS, unitsPerMs: 1n },
  month: { ms: 720n * HOUR_MS, unitsPerMs: 12_586n },
};

/** A rate right after a row. */
export interface ModelRate {
  account: string;
  amount: number;
  per: string;
  isActive: boolean;
  settledMs: number;
  remainder: number;
  prepaid: number;
}

export class AccrualModel {
  readonly #rates: Map<string, ModelRate>;

  constructor(rates: ReadonlyMap<string, ModelRate> = new Map()) {
    this.#rates = new Map(rates);
  }

  copy(): AccrualModel {
    return new AccrualModel(this.#rates);
  }

  /** Takes in a committed row. */
  commit({ kind, rate, debit }: JournalRow): void {
    if (rate === null || debit === null) return;
    const [id, settledMs, remainder, prepaid, , , amount, per] = JSON.parse(rate) as [
      string,
      ...[number, number, number, number, number, number],
      string,
    ];
    if (kind === 'stop') {
      this.#rates.delete(id);
      return;
    }
    const before = this.#rates.get(id) ?? { account: debit.id, amount, per };
    this.#rates.set(id, { ...before, isActive: kind !== 'suspend', settledMs, remainder, prepaid });
  }

  activeOf(account: string): ModelRate[] {
    return [...this.#rates.values()].filter((rate) => rate.account === account && rate.isActive);
  }
}

/** Credits that rates have accrued at an instant since they were settled; no more than are available. */
export function accruedAt(rates: readonly ModelRate[], available: number, nowMs: number): number {
  let accrued = 0;
  for (const { amount, per, settledMs, remainder, prepaid } of rates) {
    const { ms = 1n, unitsPerMs = 1n } = PERIODS[per] ?? {};
    const passed = BigInt(Math.max(0, Math.floor(nowMs) - settledMs)) * unitsPerMs;
    const whole = (BigInt(amount) * passed + BigInt(remainder)) / (ms * unitsPerMs);
    accrued += Math.max(0, Number(whole) - prepaid);
  }
  return Math.min(accrued, Math.max(0, available));
}
