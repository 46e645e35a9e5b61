import { APPLIED_SPAN_MAX, CreditsError, toBalance, type Hold, type Snapshot } from 'realtime-credits/contract';
import type { Circulation } from '../../src/ledger/ledger.ts';
import { collectLocks } from '../../src/ledger/rules/collect-locks.ts';
import type { Intent } from '../../src/ledger/rules/command-table.ts';
import { decide } from '../../src/ledger/rules/decide.ts';
import { digestKey } from '../../src/ledger/rules/fingerprint.ts';
import { createHoldId } from '../../src/ledger/rules/hold-id.ts';
import { isRefillDue } from '../../src/ledger/rules/allowances.ts';
import { toAllowance, toEntry, toHold, toLot, toTransfer } from '../../src/ledger/rules/journal-views.ts';
import { compareLots, isPast } from '../../src/ledger/rules/lots.ts';
import { toSnapshotTime } from '../../src/ledger/rules/rates-page.ts';
import type { HoldRecord, LotRecord, RateRecord } from '../../src/ledger/rules/state.ts';
import {
  isSystemAccount,
  SYSTEM_BREAKAGE,
  SYSTEM_ISSUED,
  SYSTEM_SPENT,
  toPublicAccount,
  toSlotAccount,
} from '../../src/ledger/rules/system-accounts.ts';
import { formatTransferId } from '../../src/ledger/rules/transfer-id.ts';
import type { BatchResult, ErrorClass, HoldsQuery, LedgerStorage, SnapshotQuery } from '../../src/ledger/storage.ts';
import {
  copyTables,
  createTables,
  findTransfer,
  listAllowances,
  listRates,
  listUserAccounts,
  readBatch,
  writeBatch,
  type MemoryTables,
} from './memory-tables.ts';
import { verifyTables } from './memory-verify.ts';

/** One database in memory, for any number of ledgers. */
export class MemoryDatabase {
  #tables: MemoryTables;
  #opened = 0;
  readonly #listeners = new Map<object, (accounts: readonly string[]) => void>();

  constructor(epoch: string) {
    this.#tables = createTables(epoch);
  }

  get tables(): MemoryTables {
    return this.#tables;
  }

  backup(): MemoryTables {
    return copyTables(this.#tables);
  }

  /** Everything is as it was at the backup, in another epoch. */
  restore(backup: MemoryTables, epoch: string): void {
    this.#tables = copyTables(backup, epoch);
  }

  /** Opens a storage as another process would: with a slot of its own, in the epoch of now. */
  openStorage(): LedgerStorage {
    const slot = (this.#opened++ % 16) * 2;
    return createMemoryStorage(this, slot, this.#listeners);
  }
}

/**
 * The storage port over Maps: the ledger's rules and everything above them without a database. A batch takes effect at
 * one instant, so there is nothing to lock.
 */
function createMemoryStorage(
  database: MemoryDatabase,
  slot: number,
  listeners: Map<object, (accounts: readonly string[]) => void>,
): LedgerStorage {
  const { epoch } = database.tables;

  function execute(intents: readonly Intent[], nowMs: number): BatchResult {
    const { tables } = database;
    const [breakage, spent] = [toSlotAccount(SYSTEM_BREAKAGE, slot), toSlotAccount(SYSTEM_SPENT, slot)];
    const issued = toSlotAccount(SYSTEM_ISSUED, slot);
    const state = readBatch(tables, collectLocks(intents, slot), { nowMs, breakage, spent, issued });
    const { outcomes, changes } = decide(intents, state, { nowMs, slot, createId: () => createHoldId(nowMs) });
    writeBatch(tables, changes);
    const accounts = [...changes.accounts].map(({ id }) => id).filter((id) => !isSystemAccount(id));
    for (const [owner, listener] of listeners) if (owner !== storage && accounts.length > 0) listener(accounts);
    return { outcomes, accounts, rows: changes.rows };
  }

  function toSnapshot({ account, since, operations }: Omit<SnapshotQuery, 'nowMs'>): Snapshot {
    const { accounts, rows, keys } = database.tables;
    const { version = 0, posted = 0, held = 0 } = accounts.get(account) ?? {};
    const from = Math.min(version, Math.max(since ?? version, version - APPLIED_SPAN_MAX));
    const own = (rows.get(account) ?? []).slice(from).filter(({ actor }) => actor === account);
    const known = operations.flatMap((id) => keys.get(digestKey(account, id)) ?? []);
    const applied = [...own, ...known.filter(({ fingerprint }) => fingerprint !== null)].map(({ key }) => key ?? '');
    const abandoned = known.filter(({ fingerprint }) => fingerprint === null);
    return {
      account,
      epoch,
      version,
      balance: toBalance(posted, held),
      from,
      applied: [...new Set(applied)],
      ...(abandoned.length === 0
        ? {}
        : { rejected: abandoned.map(({ key }) => ({ id: key ?? '', code: 'operation_abandoned' as const })) }),
    };
  }

  function isDue({ remaining, expiresAtMs }: HoldRecord, nowMs: number): boolean {
    return remaining > 0 && expiresAtMs <= nowMs;
  }

  function hasExpired(account: string, nowMs: number): boolean {
    for (const hold of database.tables.holds.values()) {
      if (hold.account.id === account && isDue(hold, nowMs)) return true;
    }
    const isToRefill = allowancesOf(account).some((allowance) => isRefillDue(allowance, nowMs));
    const isToSettle = ({ account: { id }, nextAtMs }: RateRecord) =>
      id === account && nextAtMs !== null && nextAtMs <= nowMs;
    return (
      isToRefill ||
      listRates(database.tables).some(isToSettle) ||
      spendableLots(account).some((lot) => isPast(lot, nowMs))
    );
  }

  function allowancesOf(account: string) {
    return listAllowances(database.tables).filter((allowance) => allowance.account.id === account);
  }

  function spendableLots(account: string): LotRecord[] {
    return [...(database.tables.lots.get(account)?.values() ?? [])]
      .filter(({ free }) => free > 0)
      .toSorted(compareLots);
  }

  function listHolds({ state, before, limit }: HoldsQuery, account: string | null) {
    const holds: Hold[] = [...database.tables.holds.values()]
      .filter((hold) => (hold.remaining > 0 ? 'open' : hold.state) === state)
      .filter(({ id }) => before === null || id < before)
      .filter((hold) => account === null || hold.account.id === account)
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map(toHold);
    return { holds, next: holds.length < limit ? null : (holds.at(-1)?.id ?? null) };
  }

  const storage: LedgerStorage = {
    epoch,
    notificationGeneration: 0,
    executeBatch: async (intents, { nowMs }) => execute(intents, nowMs),
    classifyError: (error) => ERROR_CLASSES[codeOf(error)] ?? 'other',
    toCreditsError: (error) =>
      codeOf(error) === '08006' ? new CreditsError('unavailable', 'The database is away.', { cause: error }) : error,
    async readSnapshot(query) {
      const { account, nowMs } = query;
      const snapshot = toSnapshot(query);
      if (hasExpired(account, nowMs)) return { snapshot, hasExpired: true };
      const rates = listRates(database.tables).filter((rate) => rate.account.id === account && rate.state === 'active');
      const lots = spendableLots(account);
      const allowances = allowancesOf(account);
      const expiries = lots.flatMap(({ expiresAtMs }) => expiresAtMs ?? []);
      const first = Math.min(...expiries);
      const amount = lots.reduce((sum, { expiresAtMs, free }) => (expiresAtMs === first ? sum + free : sum), 0);
      const expires = expiries.length === 0 ? null : { atMs: first, amount };
      const refills = allowances
        .flatMap((each) => (each.nextAtMs === null ? [] : { atMs: each.nextAtMs, amount: each.amount }))
        .toSorted((one, other) => one.atMs - other.atMs);
      const found = { rates, lots, expires, refills: refills[0] ?? null };
      const time = toSnapshotTime(found, snapshot, { nowMs });
      return { snapshot: { ...snapshot, ...(time && { time }) }, hasExpired: false };
    },
    async readVersions(ids) {
      const found = ids.flatMap((id) => database.tables.accounts.get(id) ?? []);
      return new Map(found.map(({ id, version }) => [id, version]));
    },
    async readEntries({ account, before, limit }) {
      const rows = (database.tables.rows.get(account) ?? []).slice(Math.max(0, before - 1 - limit), before - 1);
      return rows.toReversed().map((row) => toEntry(row, row.debit?.id === account ? 'debit' : 'credit'));
    },
    async readVersionAt(account, instantMs) {
      const rows = database.tables.rows.get(account) ?? [];
      return rows.findLastIndex(({ createdAtMs }) => createdAtMs <= instantMs) + 1;
    },
    async readBalanceAt(account, version) {
      if (version === 0) return toBalance(0, 0);
      const row = database.tables.rows.get(account)?.[version - 1];
      const side = row?.debit?.id === account ? row.debit : row?.credit;
      return side == null ? null : toBalance(side.posted, side.held);
    },
    async readTransfer(ref) {
      const row = findTransfer(database.tables, ref);
      if (row === null) return null;
      const reversals: string[] = [];
      for (let id = formatTransferId(ref); ; id = reversals.at(-1) ?? '') {
        const next = database.tables.reversals.get(id);
        if (next === undefined) return { ...toTransfer(row), reversals };
        reversals.push(formatTransferId(next));
      }
    },
    async readHold(id) {
      const hold = database.tables.holds.get(id);
      return hold === undefined ? null : toHold(hold);
    },
    async readHolds({ account, nowMs, ...query }) {
      const snapshot = toSnapshot({ account, since: null, operations: [] });
      return { page: { ...listHolds(query, account), snapshot }, hasExpired: hasExpired(account, nowMs) };
    },
    readAllHolds: async (query) => listHolds(query, null),
    async readLots({ account, limit, nowMs }) {
      const lots = spendableLots(account);
      const snapshot = toSnapshot({ account, since: null, operations: [] });
      const page = { lots: lots.slice(0, limit).map(toLot), hasMore: lots.length > limit, snapshot };
      return { page, hasExpired: hasExpired(account, nowMs) };
    },
    async readRates({ account, nowMs }) {
      return {
        rates: listRates(database.tables).filter((rate) => rate.account.id === account),
        lots: spendableLots(account),
        allowances: allowancesOf(account),
        snapshot: toSnapshot({ account, since: null, operations: [] }),
        hasExpired: hasExpired(account, nowMs),
      };
    },
    async readAllowances({ account, nowMs }) {
      const snapshot = toSnapshot({ account, since: null, operations: [] });
      const allowances = allowancesOf(account).map(toAllowance);
      return { page: { allowances, snapshot }, hasExpired: hasExpired(account, nowMs) };
    },
    async readExpiredAccounts(nowMs, limit) {
      const due = [...database.tables.holds.values()].filter((hold) => isDue(hold, nowMs));
      const accounts = due.map(({ account }) => account.id);
      for (const account of database.tables.lots.keys()) {
        if (spendableLots(account).some((lot) => isPast(lot, nowMs))) accounts.push(account);
      }
      for (const { account, dueAtMs } of listRates(database.tables)) {
        if (dueAtMs !== null && dueAtMs <= nowMs) accounts.push(account.id);
      }
      for (const each of listAllowances(database.tables)) if (isRefillDue(each, nowMs)) accounts.push(each.account.id);
      return [...new Set(accounts)].slice(0, limit);
    },
    async readNextExpiry() {
      const ends = [...database.tables.holds.values()].flatMap((hold) => (hold.remaining > 0 ? hold.expiresAtMs : []));
      for (const account of database.tables.lots.keys()) {
        for (const { expiresAtMs } of spendableLots(account)) if (expiresAtMs !== null) ends.push(expiresAtMs);
      }
      for (const { dueAtMs } of listRates(database.tables)) if (dueAtMs !== null) ends.push(dueAtMs);
      for (const { nextAtMs } of listAllowances(database.tables)) if (nextAtMs !== null) ends.push(nextAtMs);
      return ends.length === 0 ? null : Math.min(...ends);
    },
    async readCirculation() {
      return toCirculation(database.tables);
    },
    async readHeads({ after, limit }) {
      const users = listUserAccounts(database.tables).filter(({ id }) => id > after);
      return users.slice(0, limit).map(({ id, version, hash }) => ({ account: id, version, hash }));
    },
    verify: async (options) => verifyTables(database.tables, options),
    listen(onChanged) {
      listeners.set(storage, onChanged);
      return async () => void listeners.delete(storage);
    },
  };
  return storage;
}

/** Failures that tests inject, by their SQLSTATE. */
const ERROR_CLASSES: Readonly<Record<string, ErrorClass>> = {
  '08006': 'connection_lost',
  '23505': 'conflict',
  '40001': 'conflict',
  '40P01': 'conflict',
  '25006': 'unavailable',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function toCirculation(tables: MemoryTables): Circulation {
  let issued = 0;
  let spent = 0;
  let expired = 0;
  for (const { id, posted } of tables.accounts.values()) {
    if (toPublicAccount(id) === SYSTEM_ISSUED) issued -= posted;
    if (toPublicAccount(id) === SYSTEM_SPENT) spent += posted;
    if (toPublicAccount(id) === SYSTEM_BREAKAGE) expired += posted;
  }
  const users = listUserAccounts(tables);
  return {
    issued,
    spent,
    expired,
    circulating: users.reduce((sum, { posted }) => sum + posted, 0),
    held: users.reduce((sum, { held }) => sum + held, 0),
    accounts: users.length,
  };
}
