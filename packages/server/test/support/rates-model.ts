/**
 * What an account with rates, lots and holds comes to: a clock that advances by one millisecond at a time, and credits
 * that are paid one by one. It shares no code with the ledger, and is the definition that the ledger is compared with.
 */

interface ModelLot {
  priority: number;
  /** Infinity: never. Plain credits are a lot of the last priority. */
  expiresAtMs: number;
  free: number;
  held: number;
}

interface ModelHold {
  endsAtMs: number;
  parts: { lot: ModelLot; amount: number }[];
}

interface ModelRate {
  amount: number;
  periodMs: number;
  minimum: number;
  activeMs: number;
  charged: number;
  state: 'active' | 'suspended' | 'stopped';
}

export class RatesModel {
  nowMs: number;
  readonly lots: ModelLot[] = [{ priority: Infinity, expiresAtMs: Infinity, free: 0, held: 0 }];
  readonly holds = new Map<string, ModelHold>();
  readonly rates = new Map<string, ModelRate>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  get available(): number {
    return this.lots.reduce((sum, { free }) => sum + free, 0);
  }

  get held(): number {
    return this.lots.reduce((sum, { held }) => sum + held, 0);
  }

  /** Lots with credits that can be spent, in spending order, the plain credits last. */
  get spendable(): ModelLot[] {
    const order = (a: number, b: number): number => (a === b ? 0 : a - b);
    return this.lots
      .filter(({ free }) => free > 0)
      .toSorted((a, b) => order(a.priority, b.priority) || order(a.expiresAtMs, b.expiresAtMs));
  }

  waitUntil(untilMs: number): void {
    while (this.nowMs < untilMs) {
      this.nowMs += 1;
      for (const rate of this.rates.values()) if (rate.state === 'active') rate.activeMs += 1;
      this.#pay();
      for (const [id, { endsAtMs }] of this.holds) if (endsAtMs <= this.nowMs) this.release(id);
      for (const lot of this.lots) if (lot.expiresAtMs <= this.nowMs) lot.free = 0;
      this.settle();
    }
  }

  /** Resumes and suspends rates by what is available. */
  settle(): void {
    for (const rate of this.rates.values()) {
      if (rate.state === 'suspended' && this.available > 0) rate.state = 'active';
    }
    this.#pay();
  }

  grant(amount: number, priority = Infinity, expiresAtMs = Infinity): void {
    const plain = this.lots[0];
    if (priority === Infinity && plain !== undefined) plain.free += amount;
    else this.lots.push({ priority, expiresAtMs, free: amount, held: 0 });
  }

  /** Whether there was so much to take. */
  take(amount: number): ModelHold['parts'] | null {
    if (this.available < amount) return null;
    const parts: ModelHold['parts'] = [];
    let rest = amount;
    for (const lot of this.spendable) {
      const taken = Math.min(lot.free, rest);
      if (taken === 0) break;
      lot.free -= taken;
      rest -= taken;
      parts.push({ lot, amount: taken });
    }
    return parts;
  }

  hold(id: string, amount: number, endsAtMs: number): boolean {
    const parts = this.take(amount);
    if (parts === null) return false;
    for (const part of parts) part.lot.held += part.amount;
    this.holds.set(id, { endsAtMs, parts });
    return true;
  }

  post(id: string): void {
    for (const { lot, amount } of this.holds.get(id)?.parts ?? []) lot.held -= amount;
    this.holds.delete(id);
  }

  release(id: string): void {
    for (const { lot, amount } of this.holds.get(id)?.parts ?? []) {
      lot.held -= amount;
      lot.free += lot.expiresAtMs <= this.nowMs ? 0 : amount;
    }
    this.holds.delete(id);
  }

  start(id: string, terms: Pick<ModelRate, 'amount' | 'periodMs' | 'minimum'>, agoMs: number): boolean {
    const passed = Math.floor((terms.amount * agoMs) / terms.periodMs);
    if (this.available < Math.max(terms.minimum, passed + 1)) return false;
    this.take(terms.minimum);
    this.rates.set(id, { ...terms, activeMs: agoMs, charged: terms.minimum, state: 'active' });
    this.#pay();
    return true;
  }

  #pay(): void {
    for (const rate of this.rates.values()) {
      while (rate.state === 'active' && this.#accrued(rate) > rate.charged && this.take(1) !== null) rate.charged += 1;
    }
    for (const rate of this.rates.values()) {
      const isCovered = this.available > 0 || this.#accrued(rate) < rate.minimum;
      if (rate.state === 'active' && !isCovered) rate.state = 'suspended';
    }
  }

  #accrued({ amount, periodMs, activeMs }: ModelRate): number {
    return Math.floor((amount * activeMs) / periodMs);
  }
}
