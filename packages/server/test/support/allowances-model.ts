/**
 * What an account with allowances comes to: one pot of credits for each allowance, of which at most so much is kept when a
 * period ends, and a calendar that is read hour by hour. It shares no code with the ledger, and is the definition that
 * the ledger is compared with.
 *
 * Anchors are at full hours by day, so no change of clocks touches them.
 */

const HOUR_MS = 3_600_000;

export interface ModelTerms {
  amount: number;
  per: 'day' | 'week' | 'month';
  anchorMs: number;
  timeZone: string;
  carryOver: number;
}

interface ModelAllowance extends ModelTerms {
  nextMs: number | null;
  granted: number;
}

/** Credits that are spent together. */
interface Pot {
  priority: number;
  endsAtMs: number;
  free: number;
  /** Kept at the end, until the period after it ends too. */
  keptMax: number;
  allowance: ModelAllowance | null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local time as `2027-03-28, 14:00`, and the weekday. */
function readLocal(timeZone: string, ms: number): { date: string; time: string; weekday: string } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' });
  formats.set(timeZone, format);
  const [date = '', time = ''] = format.format(ms).split(', ');
  return { date, time, weekday: String(new Date(date).getUTCDay()) };
}

function beginsAt({ per, anchorMs, timeZone }: ModelTerms, ms: number): boolean {
  const [anchor, local] = [readLocal(timeZone, anchorMs), readLocal(timeZone, ms)];
  if (anchor.time !== local.time) return false;
  if (per === 'day') return true;
  if (per === 'week') return anchor.weekday === local.weekday;
  const [day, wanted] = [Number(local.date.slice(8)), Number(anchor.date.slice(8))];
  const tomorrow = new Date(Date.parse(local.date) + 24 * HOUR_MS).getUTCDate();
  return day === wanted || (day < wanted && tomorrow === 1);
}

/** The first beginning of a period after an instant that is one. */
export function nextAfter(terms: ModelTerms, beginMs: number): number {
  for (let ms = beginMs + HOUR_MS; ; ms += HOUR_MS) if (beginsAt(terms, ms)) return ms;
}

export class AllowancesModel {
  nowMs: number;
  plain = 0;
  pots: Pot[] = [];
  readonly allowances = new Map<string, ModelAllowance>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  get available(): number {
    return this.plain + this.pots.reduce((sum, { free }) => sum + free, 0);
  }

  waitUntil(untilMs: number): void {
    for (;;) {
      const instants = [
        ...this.pots.map(({ endsAtMs }) => endsAtMs),
        ...[...this.allowances.values()].flatMap(({ nextMs }) => nextMs ?? []),
      ];
      const next = Math.min(...instants);
      if (next > untilMs) break;
      this.nowMs = next;
      this.#settle();
    }
    this.nowMs = untilMs;
  }

  grant(amount: number): void {
    this.plain += amount;
  }

  lot(amount: number, priority: number, endsAtMs: number): void {
    this.pots.push({ priority, endsAtMs, free: amount, keptMax: 0, allowance: null });
  }

  /** Whether there was so much to take. */
  take(amount: number): boolean {
    if (amount > this.available) return false;
    let wanted = amount;
    for (const pot of this.pots.toSorted((a, b) => a.priority - b.priority || a.endsAtMs - b.endsAtMs)) {
      const taken = Math.min(pot.free, wanted);
      pot.free -= taken;
      wanted -= taken;
    }
    this.plain -= wanted;
    return true;
  }

  start(id: string, terms: ModelTerms): void {
    const allowance: ModelAllowance = { ...terms, nextMs: terms.anchorMs, granted: 0 };
    this.allowances.set(id, allowance);
    if (terms.anchorMs > this.nowMs) return;
    let beginMs = terms.anchorMs;
    for (let next = nextAfter(terms, beginMs); next <= this.nowMs; next = nextAfter(terms, next)) beginMs = next;
    const endMs = nextAfter(terms, beginMs);
    const part = (BigInt(terms.amount) * BigInt(endMs - this.nowMs)) / BigInt(endMs - beginMs);
    this.#refill(allowance, Number(part), endMs);
  }

  #refill(allowance: ModelAllowance, amount: number, endsAtMs: number): void {
    allowance.nextMs = endsAtMs;
    allowance.granted += amount;
    const kept = this.pots.find((pot) => pot.allowance === allowance)?.free ?? 0;
    this.pots = this.pots.filter((pot) => pot.allowance !== allowance);
    const keptMax = Math.min(allowance.carryOver, amount);
    this.pots.push({ priority: 50, endsAtMs, free: kept + amount, keptMax, allowance });
  }

  #settle(): void {
    for (const pot of this.pots) {
      if (pot.endsAtMs > this.nowMs) continue;
      pot.free = Math.min(pot.free, pot.keptMax);
      pot.keptMax = 0;
      pot.endsAtMs = pot.allowance === null ? Infinity : nextAfter(pot.allowance, this.nowMs);
    }
    for (const allowance of this.allowances.values()) {
      if (allowance.nextMs === null || allowance.nextMs > this.nowMs) continue;
      this.#refill(allowance, allowance.amount, nextAfter(allowance, this.nowMs));
    }
    this.pots = this.pots.filter(({ free }) => free > 0);
  }
}
