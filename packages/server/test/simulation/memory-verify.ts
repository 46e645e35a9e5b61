import { PERIOD_UNITS, unitsAt } from 'realtime-credits/contract';
import type { VerifyDifference, VerifyOptions, VerifyReport } from '../../src/ledger/ledger.ts';
import { findAllowanceDifference } from '../../src/ledger/rules/allowances.ts';
import { hashRow } from '../../src/ledger/rules/hash.ts';
import { toEntry } from '../../src/ledger/rules/journal-views.ts';
import { readParcels } from '../../src/ledger/rules/lots.ts';
import { writeRate } from '../../src/ledger/rules/rates.ts';
import type { JournalRow, JournalSide, LotRecord, RateRecord } from '../../src/ledger/rules/state.ts';
import { isSystemAccount, toPublicAccount } from '../../src/ledger/rules/system-accounts.ts';
import { findTransfer, type MemoryTables, type StoredAccount } from './memory-tables.ts';

/** Recomputes everything that journal rows say, and compares it with what is stored. */
export function verifyTables(tables: MemoryTables, options: VerifyOptions & { nowMs: number }): VerifyReport {
  const { account, heads = [], onProgress = () => undefined, nowMs } = options;
  const differences: VerifyDifference[] = [];
  const found = [...tables.accounts.values()].filter(({ id }) => account === undefined || id === account);
  const report = (id: string, version: number | null, message: string): void => {
    differences.push({ account: toPublicAccount(id), version, message: `Account ${id}: ${message}` });
  };
  let entries = 0;
  let transfers = 0;
  for (const stored of found) {
    const rows = tables.rows.get(stored.id) ?? [];
    entries += rows.length;
    transfers += rows.filter(({ debit, credit }) => debit?.id === stored.id && credit !== null).length;
    for (const [index, row] of rows.entries()) {
      const message = compareRow(tables, stored, index, row);
      if (message !== null) report(stored.id, index + 1, message);
    }
    const last = sideOf(rows.at(-1), stored.id);
    for (const field of ['version', 'posted', 'held'] as const) {
      if (stored[field] !== (last?.[field] ?? 0))
        report(stored.id, stored.version, `${field} is not its last entry's.`);
    }
    if (stored.hash !== (rows.at(-1)?.hash ?? '')) report(stored.id, stored.version, 'hash is not its last entry’s.');
    const lots = canonicalLots([...(tables.lots.get(stored.id)?.values() ?? [])]);
    const derived = canonicalLots(deriveLots(rows, stored.id));
    if (lots !== derived) report(stored.id, stored.version, `its lots are ${lots}, its entries say ${derived}.`);
    for (const rate of tables.rates.values()) {
      const wrong = rate.account.id === stored.id ? compareRate(rate, rows) : null;
      if (wrong !== null) report(stored.id, null, wrong);
    }
    for (const allowance of tables.allowances.values()) {
      if (allowance.account.id !== stored.id) continue;
      const own = rows.filter((row) => (row.allowance ?? '').startsWith(`["${allowance.id}"`));
      const place = findAllowanceDifference(
        allowance,
        own.map((row) => ({ ...row, amount: row.amount ?? 0 })),
      );
      if (place !== null) report(stored.id, null, `allowance ${allowance.id} does not follow from its entries.`);
    }
    const held = [...tables.holds.values()].filter((hold) => hold.account.id === stored.id);
    const remaining = held.reduce((sum, hold) => sum + hold.remaining, 0);
    if (remaining !== stored.held) report(stored.id, stored.version, `holds ${stored.held}, its holds ${remaining}.`);
  }
  for (const head of heads) {
    const hash = tables.rows.get(head.account)?.[head.version - 1]?.hash;
    if (hash !== head.hash)
      report(head.account, head.version, `has the hash ${hash ?? 'of nothing'}, not ${head.hash}.`);
  }
  const sum = [...tables.accounts.values()].reduce((total, { posted }) => total + posted, 0);
  if (sum !== 0) differences.push({ account: null, version: null, message: `All balances sum to ${sum}, not 0.` });
  onProgress({ accounts: found.length, entries });
  return {
    ok: differences.length === 0,
    accounts: found.length,
    entries,
    transfers,
    differences,
    checkedAt: new Date(nowMs).toISOString(),
  };
}

type Lot = Pick<LotRecord, 'version' | 'part' | 'amount' | 'priority' | 'expiresAtMs' | 'free' | 'held'>;

/** What the rows of an account say about its lots. */
function deriveLots(rows: readonly JournalRow[], id: string): Lot[] {
  const lots: Lot[] = [];
  for (const { kind, credit, lots: parcels } of rows) {
    const isRelease = kind === 'void' || kind === 'expire';
    for (const [part, { amount, priority, expiresAtMs, from }] of readParcels(parcels).entries()) {
      if (credit?.id === id && !isRelease) {
        if (isSystemAccount(id)) continue;
        lots.push({ version: credit.version, part, amount, priority, expiresAtMs, free: amount, held: 0 });
        continue;
      }
      const lot = lots.find(({ version, part: place }) => version === from?.version && place === from.part);
      if (lot === undefined) continue;
      lot.free += isRelease ? amount : kind === 'post' ? 0 : -amount;
      lot.held += kind === 'hold' ? amount : isRelease || kind === 'post' ? -amount : 0;
    }
  }
  return lots;
}

/** Whether the rows of a rate follow from one another, and end as it is stored. */
function compareRate(rate: Readonly<RateRecord>, rows: readonly JournalRow[]): string | null {
  const { id, per, amount: price } = rate;
  const own = rows.flatMap(({ kind, amount, rate: text }) => {
    const [named, until, ...counts] = JSON.parse(text ?? '[""]') as [string, number, number, number, number];
    if (named !== id || text === null) return [];
    const [remainder = 0n, prepaid = 0n, charged = 0n] = counts.slice(0, 3).map(BigInt);
    return [{ kind, amount: BigInt(amount ?? 0), text, units: unitsAt(per, until), remainder, prepaid, charged }];
  });
  for (const [index, row] of own.entries()) {
    const last = own[index - 1];
    const { kind, amount, prepaid, charged, remainder } = row;
    const passed = last === undefined || last.kind === 'suspend' ? 0n : row.units - last.units;
    const accrued = (last?.remainder ?? 0n) + BigInt(price) * passed;
    const used = last === undefined ? 0n : amount + last.prepaid - prepaid;
    if ((kind === 'start') !== (last === undefined)) return `rate ${id} has ${kind} at ${index}.`;
    if (accrued !== used * PERIOD_UNITS[per] + remainder)
      return `rate ${id} does not follow from its terms at ${index}.`;
    if (charged !== (last?.charged ?? 0n) + amount) return `rate ${id} has charged ${charged} at ${index}.`;
  }
  const last = own.at(-1);
  const isSame = last !== undefined && writeRate(rate, last.kind === 'start' || last.kind === 'stop') === last.text;
  return isSame ? null : `rate ${id} is ${writeRate(rate, true)}, its last entry says ${last?.text}.`;
}

function canonicalLots(lots: readonly Lot[]): string {
  const rows = lots.map((l) => [l.version, l.part, l.amount, l.priority, l.expiresAtMs ?? 0, l.free, l.held].join(':'));
  return rows.toSorted().join(' ');
}

function sideOf(row: JournalRow | undefined, id: string): JournalSide | null {
  return (row?.debit?.id === id ? row.debit : row?.credit) ?? null;
}

function compareRow(tables: MemoryTables, { id, floor }: StoredAccount, index: number, row: JournalRow): string | null {
  const side = sideOf(row, id);
  if (side?.id !== id || side.version !== index + 1) return 'the version is not the next one.';
  const previous = sideOf(tables.rows.get(id)?.[index - 1], id);
  const { before } = toEntry(row, row.debit?.id === id ? 'debit' : 'credit');
  if (before.posted !== (previous?.posted ?? 0) || before.held !== (previous?.held ?? 0)) {
    return 'the balance does not follow from the entry before.';
  }
  if (side.posted - side.held < floor) return 'the balance is below the floor.';
  if (row.reverses !== null) {
    const undone = findTransfer(tables, row.reverses);
    const isOpposite = undone?.debit?.id === row.credit?.id && undone?.credit?.id === row.debit?.id;
    if (!isOpposite || undone?.amount !== row.amount) return 'the reversal is not the opposite of its transfer.';
  }
  const head = (of: JournalSide | null) => (of === null ? '' : (tables.rows.get(of.id)?.[of.version - 2]?.hash ?? ''));
  const destination = row.kind === 'hold' ? (tables.holds.get(row.hold ?? '')?.destination?.id ?? null) : null;
  const hash = hashRow(row, { debit: head(row.debit), credit: head(row.credit) }, destination);
  return hash === row.hash ? null : 'the hash is another one.';
}
