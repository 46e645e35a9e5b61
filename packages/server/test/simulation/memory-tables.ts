import assert from 'node:assert/strict';
import { isRefillDue } from '../../src/ledger/rules/allowances.ts';
import { isPast } from '../../src/ledger/rules/lots.ts';
import { mayCharge } from '../../src/ledger/rules/rates.ts';
import { isSystemAccount, SYSTEM_ISSUED, toPublicAccount } from '../../src/ledger/rules/system-accounts.ts';
import { toClaimId } from '../../src/ledger/rules/state.ts';
import type {
  AccountState,
  AllowanceRecord,
  BatchChanges,
  BatchState,
  HoldRecord,
  JournalRow,
  Locks,
  LotRecord,
  RateRecord,
} from '../../src/ledger/rules/state.ts';
import { formatTransferId, type TransferRef } from '../../src/ledger/rules/transfer-id.ts';

/** A stored account. `versionBefore` belongs to a batch. */
export type StoredAccount = Readonly<Omit<AccountState, 'versionBefore'>>;

/**
 * The ledger's tables as Maps. Records are never changed in place, so a copy of the Maps is a backup.
 */
export interface MemoryTables {
  epoch: string;
  /** By row id. */
  accounts: Map<string, StoredAccount>;
  /** The journal by account: the row of version v is at index v − 1. A transfer is in the lists of both sides. */
  rows: Map<string, JournalRow[]>;
  /** By key digest. */
  keys: Map<string, JournalRow>;
  holds: Map<string, Readonly<HoldRecord>>;
  /** Key digests by claim. */
  claims: Map<string, string>;
  /** Reversals by the id of the transfer that they undo. */
  reversals: Map<string, TransferRef>;
  /** By account, then by {@link toLotId}. */
  lots: Map<string, Map<string, Readonly<LotRecord>>>;
  /** By id. */
  rates: Map<string, Readonly<RateRecord>>;
  /** By id. */
  allowances: Map<string, Readonly<AllowanceRecord>>;
}

function toLotId({ version, part }: Pick<LotRecord, 'version' | 'part'>): string {
  return `${version}/${part}`;
}

export function createTables(epoch: string): MemoryTables {
  return {
    epoch,
    accounts: new Map(),
    rows: new Map(),
    keys: new Map(),
    holds: new Map(),
    claims: new Map(),
    reversals: new Map(),
    lots: new Map(),
    rates: new Map(),
    allowances: new Map(),
  };
}

export function copyTables(tables: MemoryTables, epoch = tables.epoch): MemoryTables {
  return {
    epoch,
    accounts: new Map(tables.accounts),
    rows: new Map([...tables.rows].map(([account, rows]) => [account, [...rows]])),
    keys: new Map(tables.keys),
    holds: new Map(tables.holds),
    claims: new Map(tables.claims),
    reversals: new Map(tables.reversals),
    lots: new Map([...tables.lots].map(([account, lots]) => [account, new Map(lots)])),
    rates: new Map(tables.rates),
    allowances: new Map(tables.allowances),
  };
}

/** The transfer with this reference, if there is one. */
export function findTransfer({ accounts, rows }: MemoryTables, { debit, version }: TransferRef): JournalRow | null {
  for (const { id, number } of accounts.values()) {
    if (number !== debit) continue;
    const row = rows.get(id)?.[version - 1];
    return row?.debit?.id === id && row.credit !== null ? row : null;
  }
  return null;
}

/** Reads what a batch needs. Accounts that are missing are created; so are those for what expires, what rates charge and
 * what allowances grant. */
export function readBatch(
  tables: MemoryTables,
  locks: Required<Locks>,
  { nowMs, breakage, spent, issued }: { nowMs: number; breakage: string; spent: string; issued: string },
): BatchState {
  const state: BatchState = {
    accounts: new Map(),
    keys: new Map(),
    holds: new Map(),
    transfers: new Map(),
    claims: new Map(),
    lots: new Map(),
    rates: new Map(),
    allowances: new Map(),
  };
  const ids = new Set(locks.accounts);
  for (const id of locks.holds) {
    const hold = tables.holds.get(id);
    if (hold === undefined) continue;
    state.holds.set(id, { ...hold });
    ids.add(hold.account.id);
    if (hold.destination !== null) ids.add(hold.destination.id);
  }
  for (const ref of locks.transfers) {
    const row = findTransfer(tables, ref);
    if (row === null) continue;
    const id = formatTransferId(ref);
    state.transfers.set(id, { row, reversedBy: tables.reversals.get(id) ?? null });
    for (const side of [row.debit, row.credit]) if (side !== null) ids.add(side.id);
  }
  let isAnyPast = false;
  for (const id of ids) {
    const lots = [...(tables.lots.get(id)?.values() ?? [])].map((lot) => ({ ...lot }));
    if (lots.length > 0) state.lots.set(id, { lots, frontier: null });
    isAnyPast ||= lots.some((lot) => isPast(lot, nowMs) && lot.free + lot.held > 0);
  }
  for (const rate of listRates(tables)) {
    const { id } = rate.account;
    if (ids.has(id)) state.rates.set(id, [...(state.rates.get(id) ?? []), { ...rate }]);
  }
  for (const allowance of listAllowances(tables)) {
    const { id } = allowance.account;
    if (!ids.has(id)) continue;
    state.allowances.set(id, [...(state.allowances.get(id) ?? []), { ...allowance }]);
    if (!isRefillDue(allowance, nowMs)) continue;
    ids.add(issued);
    isAnyPast ||= state.rates.has(id);
  }
  if (isAnyPast) ids.add(breakage);
  if ([...state.rates.values()].some((rates) => mayCharge(rates, nowMs))) ids.add(spent);
  for (const id of ids) {
    const account = tables.accounts.get(id) ?? createAccount(tables, id);
    state.accounts.set(id, { ...account, versionBefore: account.version });
    for (const claimKey of locks.claims) {
      const paidBy = tables.keys.get(tables.claims.get(toClaimId(id, claimKey)) ?? '');
      if (paidBy !== undefined) state.claims.set(toClaimId(id, claimKey), paidBy);
    }
  }
  for (const hold of tables.holds.values()) {
    const isDue = hold.remaining > 0 && hold.expiresAtMs <= nowMs && ids.has(hold.account.id);
    if (isDue && !state.holds.has(hold.id)) state.holds.set(hold.id, { ...hold });
  }
  for (const digest of locks.keys) {
    const row = tables.keys.get(digest);
    if (row !== undefined) state.keys.set(digest, { row, hold: tables.holds.get(row.hold ?? '') ?? null });
  }
  return state;
}

/** Rates that are not stopped, the oldest first. */
export function listRates({ rates }: MemoryTables): Readonly<RateRecord>[] {
  return [...rates.values()].filter(({ state }) => state !== 'stopped').toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Allowances that are not stopped, the oldest first. */
export function listAllowances({ allowances }: MemoryTables): Readonly<AllowanceRecord>[] {
  return [...allowances.values()]
    .filter(({ nextAtMs }) => nextAtMs !== null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function createAccount(tables: MemoryTables, id: string): StoredAccount {
  const floor = toPublicAccount(id) === SYSTEM_ISSUED ? -Number.MAX_SAFE_INTEGER : 0;
  const account = { id, number: tables.accounts.size + 1, floor, posted: 0, held: 0, version: 0, hash: '' };
  tables.accounts.set(id, account);
  return account;
}

/** Writes what a batch decided. What a database would refuse by a constraint is a bug here. */
export function writeBatch(tables: MemoryTables, changes: BatchChanges): void {
  for (const row of changes.rows) {
    if (row.keyDigest !== null) {
      assert(!tables.keys.has(row.keyDigest), `Key ${row.key} is taken.`);
      tables.keys.set(row.keyDigest, row);
    }
    if (row.reverses !== null && row.debit !== null) {
      const undone = formatTransferId(row.reverses);
      assert(!tables.reversals.has(undone), `Transfer ${undone} is reversed already.`);
      tables.reversals.set(undone, { debit: row.debit.number, version: row.debit.version });
    }
    if (row.hash === null) continue;
    for (const side of [row.debit, row.credit]) {
      if (side === null) continue;
      const rows = tables.rows.get(side.id) ?? [];
      assert(rows.length + 1 === side.version, `Account ${side.id} has ${rows.length} rows before ${side.version}.`);
      rows.push(row);
      tables.rows.set(side.id, rows);
    }
  }
  for (const { versionBefore, ...account } of changes.accounts) {
    assert(tables.accounts.get(account.id)?.version === versionBefore, `Account ${account.id} was not locked.`);
    tables.accounts.set(account.id, account);
  }
  for (const hold of [...changes.holdsOpened, ...changes.holdsChanged]) tables.holds.set(hold.id, { ...hold });
  for (const lot of [...changes.lotsOpened, ...changes.lotsChanged]) {
    const lots = tables.lots.get(lot.account.id) ?? new Map<string, Readonly<LotRecord>>();
    tables.lots.set(lot.account.id, lots.set(toLotId(lot), { ...lot }));
  }
  for (const rate of [...changes.ratesOpened, ...changes.ratesChanged]) tables.rates.set(rate.id, { ...rate });
  for (const each of [...changes.allowancesOpened, ...changes.allowancesChanged])
    tables.allowances.set(each.id, { ...each });
  for (const { account, claimKey, keyDigest } of changes.claims) {
    const claim = toClaimId(account.id, claimKey);
    assert(!tables.claims.has(claim), `Claim ${claim} is taken.`);
    tables.claims.set(claim, keyDigest);
  }
}

/** User accounts that have an entry, in order of their ids. */
export function listUserAccounts({ accounts }: MemoryTables): StoredAccount[] {
  const users = [...accounts.values()].filter(({ id, version }) => version > 0 && !isSystemAccount(id));
  return users.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
