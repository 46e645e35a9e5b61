import assert from 'node:assert/strict';
import type { Credits } from 'realtime-credits/contract';
import type { AccountState, BatchState, HoldRecord, JournalRow, LotRecord } from './state.ts';
import { isSystemAccount } from './system-accounts.ts';

/**
 * Lots: what remains of credits that expire or have a priority. Everything else of a balance is plain. Lots are spent
 * first, in an order that is total: priority, then the earliest expiry (none is last), then the oldest.
 *
 * The journal says everything about lots: each row lists the parcels of lots that it moved, and what is stored of a lot
 * follows from the rows that name it.
 */

/** Lower is spent first. */
export const PRIORITY_MAX = 100;

/** The priority of a grant that expires, when it does not say. */
export const PRIORITY_DEFAULT = 50;

/** How long credits that come back after their instant can still be spent. */
export const GRACE_MS = 24 * 60 * 60 * 1_000;

/** Names a lot of an account: by the version at which it arrived, and its place among the parcels of that row. */
export interface LotRef {
  readonly version: number;
  readonly part: number;
}

/**
 * A part of what a row moves that is of a lot. Where the row has no parcel, the credits are plain. What reaches a user
 * account becomes a lot of it, one for each parcel.
 */
export interface Parcel {
  readonly amount: Credits;
  readonly priority: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  /** The lot that it is taken from or released to; null when it comes from a system account. */
  readonly from: LotRef | null;
}

/** The lots of one account in a batch. */
export interface AccountLots {
  readonly lots: LotRecord[];
  /** The last one that was read, in spending order; null when every lot with credits was read. */
  readonly frontier: LotRecord | null;
}

/** Thrown where a decision needs lots that were not read: the batch is to be read again with more of them. */
export class MoreLotsNeeded extends Error {
  constructor(account: string) {
    super(`The batch needs more lots of account ${account} than were read.`);
  }
}

/** A lot that holds or transfers of a batch name. */
export interface NamedLot extends LotRef {
  /** Number of the account. */
  readonly account: number;
}

/** The lots that a batch may change because of the holds and transfers that it read. */
export function listNamedLots({ holds, transfers }: Pick<BatchState, 'holds' | 'transfers'>): NamedLot[] {
  const ofHolds = [...holds.values()].flatMap(({ account, lots, remaining }) =>
    remaining === 0 ? [] : readParcels(lots).map((parcel) => ({ account: account.number, ref: parcel.from })),
  );
  const ofTransfers = [...transfers.values()].flatMap(({ row, reversedBy }) =>
    reversedBy === null
      ? parcelsToReturn(row).map((parcel) => ({ account: row.credit?.number ?? 0, ref: parcel.from }))
      : [],
  );
  return [...ofHolds, ...ofTransfers].flatMap(({ account, ref }) => (ref === null ? [] : [{ account, ...ref }]));
}

/** The parcels of a transfer, as the lots that it opened: what its reversal takes back. */
export function parcelsToReturn({ credit, lots }: Pick<JournalRow, 'credit' | 'lots'>): Parcel[] {
  const isUser = credit !== null && !isSystemAccount(credit.id);
  return readParcels(lots).map((parcel, part) => ({
    ...parcel,
    from: isUser ? { version: credit.version, part } : null,
  }));
}

type Ordered = Pick<LotRecord, 'priority' | 'expiresAtMs' | 'version' | 'part'>;

/** The spending order of the lots of one account. */
export function compareLots(a: Ordered, b: Ordered): number {
  const [first, second] = [a.expiresAtMs ?? Infinity, b.expiresAtMs ?? Infinity];
  return a.priority - b.priority || (first === second ? 0 : first - second) || a.version - b.version || a.part - b.part;
}

/** Whether the instant of a lot has come. */
export function isPast({ expiresAtMs }: Pick<Parcel, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs;
}

/** Writes parcels as they are stored and hashed: a list of `[amount, priority, expiresAtMs, version, part]`. */
export function writeParcels(parcels: readonly Parcel[]): string | null {
  if (parcels.length === 0) return null;
  return JSON.stringify(
    parcels.map(({ amount, priority, expiresAtMs, from }) => [
      amount,
      priority,
      expiresAtMs,
      from?.version ?? null,
      from?.part ?? null,
    ]),
  );
}

export function readParcels(text: string | null): Parcel[] {
  if (text === null) return [];
  const rows = JSON.parse(text) as [number, number, number | null, number | null, number | null][];
  return rows.map(([amount, priority, expiresAtMs, version, part]) => ({
    amount,
    priority,
    expiresAtMs,
    from: version === null || part === null ? null : { version, part },
  }));
}

/** The parcels of the next credits of an open hold. Its parcels come first, in their order, then its plain credits. */
export function parcelsOfHold(hold: HoldRecord, amount: Credits): Parcel[] {
  let skipped = hold.amount - hold.remaining;
  let wanted = amount;
  const found: Parcel[] = [];
  for (const parcel of readParcels(hold.lots)) {
    const taken = Math.min(Math.max(parcel.amount - skipped, 0), wanted);
    skipped = Math.max(skipped - parcel.amount, 0);
    wanted -= taken;
    if (taken > 0) found.push({ ...parcel, amount: taken });
  }
  return found;
}

/** Parcels as they arrive at a user account: what is past its instant can be spent for the grace period. */
export function toArriving(parcels: readonly Parcel[], destination: string, nowMs: number): Parcel[] {
  if (isSystemAccount(destination)) return [...parcels];
  return parcels.map((parcel) => (isPast(parcel, nowMs) ? { ...parcel, expiresAtMs: nowMs + GRACE_MS } : parcel));
}

/** The lots of a batch. Changes them in place, and collects what is to be written. */
export class Lots {
  readonly #lots: BatchState['lots'];
  readonly #opened: Set<LotRecord>;
  readonly #changed: Set<LotRecord>;
  /** By account: its lots in spending order. */
  readonly #ordered = new Map<string, readonly LotRecord[]>();

  constructor(lots: BatchState['lots'], changes: { lotsOpened: Set<LotRecord>; lotsChanged: Set<LotRecord> }) {
    this.#lots = lots;
    this.#opened = changes.lotsOpened;
    this.#changed = changes.lotsChanged;
  }

  /** Which lots the next credits of an account are of, in spending order. What remains of the amount is plain. */
  select({ id }: AccountState, amount: Credits): Parcel[] {
    const own = this.#lots.get(id);
    const parcels: Parcel[] = [];
    if (own === undefined) return parcels;
    let wanted = amount;
    const ordered = this.#ordered.get(id) ?? own.lots.toSorted(compareLots);
    this.#ordered.set(id, ordered);
    for (const lot of ordered) {
      if (wanted === 0) return parcels;
      if (lot.free === 0) continue;
      if (own.frontier !== null && compareLots(lot, own.frontier) > 0) break;
      const taken = Math.min(lot.free, wanted);
      parcels.push(toParcel(lot, taken));
      wanted -= taken;
    }
    if (wanted > 0 && own.frontier !== null) throw new MoreLotsNeeded(id);
    return parcels;
  }

  /** The available credits of an account that are of no lot. */
  plainOf({ id, posted, held }: AccountState): Credits {
    const own = this.#lots.get(id);
    if (own === undefined) return posted - held;
    if (own.frontier !== null) throw new MoreLotsNeeded(id);
    return posted - held - own.lots.reduce((sum, { free }) => sum + free, 0);
  }

  /** What can be taken from a lot. */
  freeOf(account: string, ref: LotRef): Credits {
    return this.#find(account, ref).free;
  }

  /** Changes the lots that parcels are of. */
  change(account: string, parcels: readonly Parcel[], sign: { free: -1 | 0 | 1; held: -1 | 0 | 1 }): void {
    for (const { amount, from } of parcels) {
      assert(from !== null, 'A parcel of a user account is of one of its lots.');
      const lot = this.#find(account, from);
      lot.free += sign.free * amount;
      lot.held += sign.held * amount;
      assert(lot.free >= 0 && lot.held >= 0, `Lot ${lot.version}/${lot.part} of account ${account} is overdrawn.`);
      if (!this.#opened.has(lot)) this.#changed.add(lot);
    }
  }

  /** Opens a lot for each parcel that arrives at a user account. */
  open({ id, number, version }: AccountState, parcels: readonly Parcel[]): void {
    for (const [part, { amount, priority, expiresAtMs }] of parcels.entries()) {
      const account = { id, number };
      const lot: LotRecord = { account, version, part, amount, priority, expiresAtMs, free: amount, held: 0 };
      const own = this.#lots.get(id) ?? { lots: [], frontier: null };
      own.lots.push(lot);
      this.#ordered.delete(id);
      this.#lots.set(id, own);
      this.#opened.add(lot);
    }
  }

  /** Lots with credits that are past their instant and not held, the earliest instant first; of one account or of all. */
  due(nowMs: number, account?: string): { lot: LotRecord; parcel: Parcel }[] {
    const found = account === undefined ? [...this.#lots.values()] : [this.#lots.get(account) ?? { lots: [] }];
    const due = found.flatMap(({ lots }) => lots.filter((lot) => lot.free > 0 && isPast(lot, nowMs)));
    due.sort(
      (a, b) => (a.expiresAtMs ?? 0) - (b.expiresAtMs ?? 0) || a.account.number - b.account.number || compareLots(a, b),
    );
    return due.map((lot) => ({ lot, parcel: toParcel(lot, lot.free) }));
  }

  /** A lot as it is now in the batch, if the batch has read it. */
  current(lot: LotRecord): LotRecord {
    const own = this.#lots.get(lot.account.id)?.lots ?? [];
    return own.find(({ version, part }) => version === lot.version && part === lot.part) ?? lot;
  }

  #find(account: string, { version, part }: LotRef): LotRecord {
    const found = this.#lots.get(account)?.lots.find((lot) => lot.version === version && lot.part === part);
    assert(found !== undefined, `Lot ${version}/${part} of account ${account} was not read.`);
    return found;
  }
}

function toParcel({ priority, expiresAtMs, version, part }: LotRecord, amount: Credits): Parcel {
  return { amount, priority, expiresAtMs, from: { version, part } };
}
