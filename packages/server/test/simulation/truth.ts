/**
 * What really happened: every committed change of every account, in each life of the database, as it was seen at the
 * commit itself. The oracle's only source; nothing of it comes from the code under test but what was written.
 */
import type { WrittenRow } from './memory-write.ts';
import { integer, text } from './memory-tables.ts';

export interface Change {
  version: number;
  /** `posted − held` right after it. */
  available: number;
  /** The test's own name for the intention behind it; null for a change by others. */
  tag: string | null;
  /** Virtual milliseconds of the commit. */
  at: number;
}

/** One account in one life of the database. */
export interface History {
  changes: Change[];
  /** First version that an intention is in. */
  versionOf: Map<string, number>;
}

export interface Truth {
  /** Grows with every commit and restore. */
  readonly revision: number;
  readonly epoch: string;
  /** Whether this is not the first life. */
  readonly isRestored: boolean;
  /** Names the intention behind a key before it is used. */
  name(actor: string, key: string, tag: string): void;
  /** Takes in what a transaction wrote, at its commit. */
  commit(rows: readonly WrittenRow[], at: number): void;
  /** A change of a host that keeps no ledger. */
  change(account: string, delta: number, tag: string | null, at: number): void;
  history(account: string, epoch?: string): History;
  available(account: string): number;
  /** Whether nothing can become of a key any more: it was applied, or given up. */
  isDecided(actor: string, key: string): boolean;
  /** Whether a key was given up in some life: after a restore it can be used again, and nobody who gave it up knows. */
  wasGivenUp(actor: string, key: string): boolean;
  /** Whether what an intention took was given back. */
  isUndone(tag: string): boolean;
  backup(): () => void;
  /** The next life goes on from the backup. */
  restore(backup: () => void, epoch: string): void;
}

interface Life {
  accounts: Map<string, History>;
  decided: Set<string>;
}

const NOTHING: History = { changes: [], versionOf: new Map() };

export function createTruth(first: string): Truth {
  const tags = new Map<string, string>();
  const holdTags = new Map<string, string>();
  const undone = new Set<string>();
  const givenUp = new Set<string>();
  const lives = new Map<string, Life>();
  let epoch = first;
  let life: Life = { accounts: new Map(), decided: new Set() };
  lives.set(epoch, life);
  let revision = 0;

  function add(account: string, change: Change): void {
    const history = life.accounts.get(account) ?? { changes: [], versionOf: new Map<string, number>() };
    life.accounts.set(account, history);
    history.changes.push(change);
    if (change.tag !== null && !history.versionOf.has(change.tag)) history.versionOf.set(change.tag, change.version);
  }

  function copy({ accounts, decided }: Life): Life {
    const copied = [...accounts].map(([account, { changes, versionOf }]): [string, History] => [
      account,
      { changes: [...changes], versionOf: new Map(versionOf) },
    ]);
    return { accounts: new Map(copied), decided: new Set(decided) };
  }

  const truth: Truth = {
    get revision() {
      return revision;
    },
    get epoch() {
      return epoch;
    },
    get isRestored() {
      return lives.size > 1;
    },
    name: (actor, key, tag) => void tags.set(`${actor} ${key}`, tag),
    commit(rows, at) {
      revision += 1;
      for (const { table, row } of rows) {
        if (table === 'credits_operations') {
          const key = `${text(row['actor'])} ${text(row['key'])}`;
          life.decided.add(key);
          if (row['fingerprint'] === null) givenUp.add(key);
        }
        if (table !== 'credits_entries') continue;
        const account = text(row['account']);
        const hold = text(row['hold']);
        const tag = tags.get(`${account} ${text(row['operation'])}`) ?? null;
        if (row['kind'] === 'hold' && tag !== null) holdTags.set(hold, tag);
        if (row['kind'] === 'void' || row['kind'] === 'expire') undone.add(holdTags.get(hold) ?? '');
        const available = integer(row['posted_after']) - integer(row['held_after']);
        add(account, { version: integer(row['version']), available, tag, at });
      }
    },
    change(account, delta, tag, at) {
      revision += 1;
      const last = truth.history(account).changes.at(-1);
      add(account, { version: (last?.version ?? 0) + 1, available: (last?.available ?? 0) + delta, tag, at });
    },
    history: (account, which = epoch) => lives.get(which)?.accounts.get(account) ?? NOTHING,
    available: (account) => truth.history(account).changes.at(-1)?.available ?? 0,
    isDecided: (actor, key) => life.decided.has(`${actor} ${key}`),
    wasGivenUp: (actor, key) => givenUp.has(`${actor} ${key}`),
    isUndone: (tag) => undone.has(tag),
    backup() {
      const kept = copy(life);
      return () => void (life = copy(kept));
    },
    restore(backup, next) {
      revision += 1;
      epoch = next;
      backup();
      lives.set(epoch, life);
    },
  };
  return truth;
}
