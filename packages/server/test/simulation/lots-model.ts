/**
 * What lots must come to, computed from the committed rows alone and without the code of the ledger: which grants expire,
 * the order in which they are spent, and that nothing is spent after its instant. The oracle of the simulator and of the
 * property test.
 */
import type { JournalRow } from '../../src/ledger/rules/state.ts';

interface ModelLot {
  priority: number;
  /** Infinity: never. */
  expiresAtMs: number;
  /** When it came to its account: by version, then by place. */
  age: number;
  free: number;
}

interface Part {
  lot: ModelLot | null;
  amount: number;
}

const isSystem = (id: string): boolean => id.startsWith('system:');

/** Reads the lots that a row says arrived: amount, priority and instant of each. */
function arrivals({ lots }: JournalRow): { amount: number; priority: number; expiresAtMs: number }[] {
  const parcels = JSON.parse(lots ?? '[]') as [number, number, number | null][];
  return parcels.map(([amount, priority, expiresAtMs]) => ({ amount, priority, expiresAtMs: expiresAtMs ?? Infinity }));
}

/** Fails unless a row took what it took from these lots. */
function compare({ kind, lots }: JournalRow, parts: readonly Part[]): void {
  const parcels = JSON.parse(lots ?? '[]') as [number, number, number | null, number, number][];
  const taken = parcels.map(([amount, , , version, part]) => `${amount} of ${version * 1_000 + part}`).join(', ');
  const expected = parts.flatMap(({ lot, amount }) => (lot === null ? [] : `${amount} of ${lot.age}`)).join(', ');
  if (taken !== expected) throw new Error(`${kind} took ${taken} from lots, in order it is ${expected}`);
}

export class LotsModel {
  #lots = new Map<string, ModelLot[]>();
  #holds = new Map<string, { parts: Part[] }>();

  /** As it is now. */
  copy(): LotsModel {
    const model = new LotsModel();
    // Together: parts of holds refer to lots.
    [model.#lots, model.#holds] = structuredClone([this.#lots, this.#holds]);
    return model;
  }

  /** Lots with credits that can be spent, in spending order. */
  spendable(account: string): { priority: number; expiresAtMs: number; free: number }[] {
    return this.#sorted(account).map(({ priority, expiresAtMs, free }) => ({ priority, expiresAtMs, free }));
  }

  /**
   * Takes in a committed row.
   * @throws {Error} credits were spent that had expired, or something else expired than what was left
   */
  commit(row: JournalRow): void {
    if (row.hash === null) return;
    const { debit, credit, kind, createdAtMs, rate } = row;
    const amount = row.amount ?? 0;
    for (const side of [debit, credit]) {
      // A refill takes nothing; with rates it may be of a period that is over.
      if (
        side === null ||
        isSystem(side.id) ||
        kind === 'refill' ||
        kind === 'breakage' ||
        kind === 'void' ||
        kind === 'expire'
      )
        continue;
      // What a rate charges was used up to an instant: what expires at that very instant could still be spent.
      const usedUntilMs = rate === null ? createdAtMs : (JSON.parse(rate) as [string, number])[1] - 1;
      const due = this.#sorted(side.id).find((lot) => lot.expiresAtMs <= usedUntilMs);
      if (due !== undefined)
        throw new Error(`${side.id} has ${due.free} credits that expired, and ${kind} moves ${amount}`);
    }
    if (kind === 'breakage' && debit !== null) this.#expire(debit.id, amount, createdAtMs);
    else if (kind === 'hold' && debit !== null) {
      const parts = this.#take(debit.id, amount);
      compare(row, parts);
      this.#holds.set(row.hold ?? '', { parts });
    } else if (kind === 'post') compare(row, this.#takeHeld(row, amount));
    else if (kind === 'void' || kind === 'expire') {
      const parts = this.#takeHeld(row, amount);
      compare(row, parts);
      for (const { lot, amount: part } of parts) if (lot !== null) lot.free += part;
    } else if (kind === 'reverse' && debit !== null) this.#takeBack(debit.id, row);
    else if (debit !== null && !isSystem(debit.id)) compare(row, this.#take(debit.id, amount));
    if (credit !== null && debit !== null && !isSystem(credit.id)) {
      for (const [part, arrived] of arrivals(row).entries()) {
        const { amount: free, priority, expiresAtMs } = arrived;
        const lots = this.#lots.get(credit.id) ?? [];
        lots.push({ priority, expiresAtMs, age: credit.version * 1_000 + part, free });
        this.#lots.set(credit.id, lots);
      }
    }
    for (const side of [debit, credit]) if (side !== null && !isSystem(side.id)) this.#check(side.id, side);
  }

  #sorted(account: string): ModelLot[] {
    const lots = (this.#lots.get(account) ?? []).filter(({ free }) => free > 0);
    return lots.toSorted(
      (a, b) =>
        a.priority - b.priority ||
        (a.expiresAtMs === b.expiresAtMs ? 0 : a.expiresAtMs - b.expiresAtMs) ||
        a.age - b.age,
    );
  }

  #take(account: string, amount: number): Part[] {
    const parts: Part[] = [];
    let rest = amount;
    for (const lot of this.#sorted(account)) {
      const taken = Math.min(lot.free, rest);
      if (taken === 0) break;
      lot.free -= taken;
      rest -= taken;
      parts.push({ lot, amount: taken });
    }
    if (rest > 0) parts.push({ lot: null, amount: rest });
    return parts;
  }

  /** A reversal takes what its transfer brought, whatever the order. */
  #takeBack(account: string, { lots }: JournalRow): void {
    const parcels = JSON.parse(lots ?? '[]') as [number, number, number | null, number | null, number | null][];
    for (const [amount, , , version, part] of isSystem(account) ? [] : parcels) {
      const lot = this.#lots.get(account)?.find(({ age }) => age === (version ?? 0) * 1_000 + (part ?? 0));
      if (lot === undefined || lot.free < amount) throw new Error(`${account} gives back ${amount} that it has not`);
      lot.free -= amount;
    }
  }

  #takeHeld({ hold }: JournalRow, amount: number): Part[] {
    const { parts = [] } = this.#holds.get(hold ?? '') ?? {};
    const taken: Part[] = [];
    let rest = amount;
    while (rest > 0) {
      const [first] = parts;
      if (first === undefined) throw new Error(`hold ${hold} has ${rest} credits less than it released`);
      const part = Math.min(first.amount, rest);
      first.amount -= part;
      rest -= part;
      if (first.amount === 0) parts.shift();
      taken.push({ lot: first.lot, amount: part });
    }
    return taken;
  }

  #expire(account: string, amount: number, nowMs: number): void {
    const due = this.#sorted(account).filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
    const [first] = due.toSorted((a, b) => a.expiresAtMs - b.expiresAtMs || a.priority - b.priority || a.age - b.age);
    if (first?.free !== amount)
      throw new Error(`${amount} credits of ${account} expired, where ${first?.free} were due`);
    first.free = 0;
  }

  /** What is of lots is a part of what is available. */
  #check(account: string, { posted, held }: { posted: number; held: number }): void {
    const free = this.#sorted(account).reduce((sum, lot) => sum + lot.free, 0);
    if (free > posted - held) throw new Error(`${account} has ${posted - held} available, and ${free} of lots`);
  }
}
