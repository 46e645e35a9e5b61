/**
 * What really happened: every committed change of every account, in each epoch of the database, as it was seen at the
 * commit itself. The oracle's only source; nothing of it comes from the code under test but what was written.
 */
import type { JournalRow } from '../../src/ledger/rules/state.ts';
import { isSystemAccount } from '../../src/ledger/rules/system-accounts.ts';
import { AccrualModel, type ModelRate } from './accrual-model.ts';
import { LotsModel } from './lots-model.ts';
import { RefillsModel } from './refills-model.ts';

export interface Change {
  version: number;
  /** `posted − held` right after it. */
  available: number;
  /** The test's own name for the intention behind it; null for a change by others. */
  tag: string | null;
  /** Virtual milliseconds of the commit. */
  at: number;
  /** Rates that are active right after it. */
  rates: readonly ModelRate[];
}

/** One account in one epoch of the database. */
export interface History {
  changes: Change[];
  /** First version that an intention is in. */
  versionOf: Map<string, number>;
}

export interface Truth {
  /** Grows with every commit and restore. */
  readonly revision: number;
  readonly epoch: string;
  /** Whether this is not the first epoch. */
  readonly isRestored: boolean;
  /**
   * The first commit that cannot be right, in a sentence: expired credits that were spent, lots that were taken out of order,
   * a period that was granted twice.
   */
  readonly wrong: string | null;
  /** Names the intention behind a key before it is used. */
  name(actor: string, key: string, tag: string): void;
  /** Takes in what a transaction wrote, at its commit. */
  commit(rows: readonly JournalRow[], at: number): void;
  /** A change of a host that keeps no ledger. */
  change(account: string, delta: number, tag: string | null, at: number): void;
  history(account: string, epoch?: string): History;
  available(account: string): number;
  /** Since when a period of an allowance is to be granted; null where none is. */
  dueSince(account: string, nowMs: number): number | null;
  /** Whether nothing can become of a key any more: it was applied, or given up. */
  isDecided(actor: string, key: string): boolean;
  /** Whether a key was given up in some epoch: after a restore it can be used again, and nobody who gave it up knows. */
  wasGivenUp(actor: string, key: string): boolean;
  /** Whether what an intention took was given back. */
  isUndone(tag: string): boolean;
  backup(): () => void;
  /** The next epoch starts from the backup. */
  restore(backup: () => void, epoch: string): void;
}

interface Epoch {
  accounts: Map<string, History>;
  decided: Set<string>;
  lots: LotsModel;
  accrual: AccrualModel;
  refills: RefillsModel;
}

const NOTHING: History = { changes: [], versionOf: new Map() };

export function createTruth(first: string): Truth {
  const tags = new Map<string, string>();
  const holdTags = new Map<string, string>();
  const undone = new Set<string>();
  const givenUp = new Set<string>();
  const epochs = new Map<string, Epoch>();
  let epoch = first;
  let current: Epoch = {
    accounts: new Map(),
    decided: new Set(),
    lots: new LotsModel(),
    accrual: new AccrualModel(),
    refills: new RefillsModel(),
  };
  let wrong: string | null = null;
  epochs.set(epoch, current);
  let revision = 0;

  function add(account: string, change: Change): void {
    const history = current.accounts.get(account) ?? { changes: [], versionOf: new Map<string, number>() };
    current.accounts.set(account, history);
    history.changes.push(change);
    if (change.tag !== null && !history.versionOf.has(change.tag)) history.versionOf.set(change.tag, change.version);
  }

  function copy({ accounts, decided, ...models }: Epoch): Epoch {
    const copied = [...accounts].map(([account, { changes, versionOf }]): [string, History] => [
      account,
      { changes: [...changes], versionOf: new Map(versionOf) },
    ]);
    return {
      accounts: new Map(copied),
      decided: new Set(decided),
      lots: models.lots.copy(),
      accrual: models.accrual.copy(),
      refills: models.refills.copy(),
    };
  }

  const truth: Truth = {
    get revision() {
      return revision;
    },
    get epoch() {
      return epoch;
    },
    get isRestored() {
      return epochs.size > 1;
    },
    get wrong() {
      return wrong;
    },
    name: (actor, key, tag) => void tags.set(`${actor} ${key}`, tag),
    commit(rows, at) {
      revision += 1;
      for (const row of rows) {
        try {
          current.lots.commit(row);
          current.refills.commit(row);
        } catch (error) {
          wrong ??= (error as Error).message;
        }
        current.accrual.commit(row);
        const key = `${row.actor} ${row.key}`;
        if (row.key !== null) current.decided.add(key);
        if (row.key !== null && row.fingerprint === null) givenUp.add(key);
        if (row.hash === null) continue;
        for (const side of [row.debit, row.credit]) {
          if (side === null || isSystemAccount(side.id)) continue;
          const tag = row.actor === side.id ? (tags.get(key) ?? null) : null;
          if (row.kind === 'hold' && tag !== null) holdTags.set(row.hold ?? '', tag);
          if (row.kind === 'void' || row.kind === 'expire') undone.add(holdTags.get(row.hold ?? '') ?? '');
          add(side.id, {
            version: side.version,
            available: side.posted - side.held,
            tag,
            at,
            rates: current.accrual.activeOf(side.id),
          });
        }
      }
    },
    change(account, delta, tag, at) {
      revision += 1;
      const last = truth.history(account).changes.at(-1);
      add(account, {
        version: (last?.version ?? 0) + 1,
        available: (last?.available ?? 0) + delta,
        tag,
        at,
        rates: [],
      });
    },
    history: (account, which = epoch) => epochs.get(which)?.accounts.get(account) ?? NOTHING,
    available: (account) => truth.history(account).changes.at(-1)?.available ?? 0,
    dueSince: (account, nowMs) => current.refills.dueSince(account, nowMs),
    isDecided: (actor, key) => current.decided.has(`${actor} ${key}`),
    wasGivenUp: (actor, key) => givenUp.has(`${actor} ${key}`),
    isUndone: (tag) => undone.has(tag),
    backup() {
      const kept = copy(current);
      return () => void (current = copy(kept));
    },
    restore(backup, next) {
      revision += 1;
      epoch = next;
      backup();
      epochs.set(epoch, current);
    },
  };
  return truth;
}
