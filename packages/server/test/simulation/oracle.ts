/**
 * Looks at a tab after every event and says what is wrong with what it shows, in a sentence. It knows the truth and what
 * this tab has begun, and nothing of how the sync client works.
 *
 * - Explainable number: it is the ledger at some version that only moves forward, and the tab's own undecided operations
 *   that are not in it.
 * - Time: what it takes off by itself is no more than rates have accrued at this instant since that version.
 * - Forward only: neither version nor epoch goes back. Same version, same state: one version has one balance.
 * - Account fence: nobody sees another's number.
 * - Honest freshness: a number that was overtaken long ago says that it is stale.
 * And by a rule that knows less: no number is above what the account had at
 * some version that may be shown, and the grants that were announced.
 */
import { selectShown, type CreditsState } from '../../../credits/src/sync/number/view.ts';
import type { Tab } from '../../../credits/test/support/browser.ts';
import { accruedAt } from './accrual-model.ts';
import type { History, Truth } from './truth.ts';

/** An intention of this tab. */
export interface Begun {
  id: string;
  delta: number;
  account: string;
  /** Whether the tab knew by then whose page it was. */
  isKnown: boolean;
  /** The page was told since that it is somebody's: what it did before was another session, of an unknown account. */
  isLeft?: boolean;
  /** From here on nobody waits for its end: what it does later is like a change by others. */
  windowEndsAt?: number;
}

export interface Watched {
  tab: Tab;
  state(): CreditsState;
  /** By tag. */
  begun: Map<string, Begun>;
  /** Whether an intention was answered for good. */
  isAnswered(tag: string): boolean;
  /** Who may be shown: everybody that this tab's session was of since it was last told who it is. */
  mayShow(account: string): boolean;
}

export interface Oracle {
  /** @throws {Error} what is wrong. */
  check(): void;
}

/** A number is fresh for 45 s without a confirmation; a confirmation may have been true so long before it arrived. */
const STALE_MS = 45_000;
const ON_THE_WAY_MS = 20_000;

export function createOracle(
  { tab, state, begun, isAnswered, mayShow }: Watched,
  {
    truth,
    isOut,
    revision,
    now,
    ledgerMs,
    versioned,
  }: {
    truth: Truth;
    isOut: (tag: string) => boolean;
    /** Grows with everything that may change what is right. */
    revision: () => number;
    now: () => number;
    /** The clock of the ledger. */
    ledgerMs: () => number;
    versioned: boolean;
  },
): Oracle {
  let last: CreditsState | null = null;
  let lastRevision = -1;
  let account: string | null = null;
  const forgotten = new Set<string>();
  let epochs: string[] = [];
  /** The version that explained the last number. */
  let explainedBy = 0;
  /** When the number shown stopped to be the ledger's. */
  let overtakenAt = Infinity;

  /** Every number that the ledger at a version and this tab's own operations can come to. */
  function explain(history: History, at: number, pending: ReadonlySet<string>): number[] {
    let numbers = [history.changes[at - 1]?.available ?? 0];
    for (const [tag, { id, delta, account: actor, isKnown, isLeft = false, windowEndsAt = Infinity }] of begun) {
      // A page that did not know its account yet accepts the first one that it receives.
      const isOurs = actor === account || (!isKnown && pending.has(id));
      if (!isOurs || isLeft || forgotten.has(tag)) continue;
      const version = history.versionOf.get(tag);
      if (version !== undefined && version <= at) continue;
      const undecided = isOut(tag) && !truth.isDecided(actor, id);
      if (version === undefined && !undecided && !pending.has(id)) continue;
      // What was taken and given back counts until the tab learns of either; both are true.
      // So does what an earlier epoch had answered, and what an aborted request may bring to the next epoch.
      const isForgotten = truth.isRestored && isAnswered(tag);
      const isLate = now() >= windowEndsAt;
      const either = (truth.isUndone(tag) || truth.wasGivenUp(actor, id) || isForgotten || isLate) && !pending.has(id);
      const counted = numbers.map((number) => number + delta);
      numbers = either ? [...numbers, ...counted] : counted;
    }
    return numbers;
  }

  function explainShown(number: number, { confirmed, pending, accrued }: CreditsState): void {
    // Without what time took: that is compared by itself.
    const shown = number + accrued;
    const { version = null, epoch = null, balance } = confirmed ?? {};
    const history = truth.history(account ?? '', epoch ?? undefined);
    const pendingIds = new Set(pending.map(({ id }) => id));
    if (!versioned) {
      limit(shown, history, pendingIds);
      return explainUnversioned(shown, history, pendingIds);
    }
    if (version === null || epoch === null) throw new Error(`shows ${shown} without a version`);
    if (epochs.at(-1) !== epoch) {
      if (epochs.includes(epoch)) throw new Error(`went back to epoch ${epoch}`);
      epochs.push(epoch);
      explainedBy = 0;
    }
    limit(shown, history, pendingIds);
    if (version < explainedBy) throw new Error(`went back from version ${explainedBy} to ${version}`);
    explainedBy = version;
    const available = history.changes[version - 1]?.available ?? 0;
    if (balance?.available !== available) {
      throw new Error(`has version ${version} with ${balance?.available} available, where the ledger had ${available}`);
    }
    const due = accruedAt(history.changes[version - 1]?.rates ?? [], available, ledgerMs());
    if (accrued < 0 || accrued > due) throw new Error(`took off ${accrued} for time, of which ${due} had accrued`);
    const numbers = explain(history, version, pendingIds);
    if (!numbers.includes(shown)) {
      throw new Error(`shows ${shown} at version ${version}, explainable is ${numbers.join(' or ')}`);
    }
    const newest = truth.epoch === epoch;
    overtakenAt = history.changes[version]?.at ?? (newest ? Infinity : overtakenAt === Infinity ? now() : overtakenAt);
  }

  /** Never more than the account had at some version that may be shown, and the grants that were announced. */
  function limit(shown: number, { changes }: History, pending: ReadonlySet<string>): void {
    let most = Math.max(0, ...changes.slice(Math.max(0, explainedBy - 1)).map(({ available }) => available));
    for (const { id, delta } of begun.values()) if (delta > 0 && pending.has(id)) most += delta;
    if (shown > most) throw new Error(`shows ${shown}, and there never was more than ${most}`);
  }

  function explainUnversioned(shown: number, history: History, pending: ReadonlySet<string>): void {
    const newest = history.changes.length;
    let first: number | null = null;
    for (let at = Math.max(1, explainedBy); at <= newest; at++) {
      if (!explain(history, at, pending).includes(shown)) continue;
      first ??= at;
      overtakenAt = history.changes[at]?.at ?? Infinity;
    }
    if (first === null) {
      throw new Error(`shows ${shown}, which no version from ${explainedBy} to ${newest} explains`);
    }
    explainedBy = first;
  }

  return {
    check() {
      const current = state();
      const shown = selectShown(current);
      if (current !== last || lastRevision !== revision()) {
        last = current;
        lastRevision = revision();
        // Hosts without versions need not say who it is about.
        const isLeft = current.connection.state === 'signed-out';
        const about = current.account ?? (versioned || isLeft ? null : 'ada');
        // A user who leaves takes along what they have begun: from here on it is what others do.
        if (isLeft) for (const tag of begun.keys()) forgotten.add(tag);
        if (about !== account) {
          if (account !== null) for (const tag of begun.keys()) forgotten.add(tag);
          account = about;
          epochs = [];
          explainedBy = 0;
          overtakenAt = Infinity;
        }
        if (account === null && versioned && shown !== null) throw new Error('shows a number of nobody');
        if (account !== null && !mayShow(account)) throw new Error(`is about ${account}, who is not signed in here`);
        if (shown !== null) explainShown(shown, current);
      }
      const since = Math.max(overtakenAt, tab.thawedAt);
      if (shown !== null && !current.stale && !tab.frozen && now() - since > STALE_MS + ON_THE_WAY_MS) {
        throw new Error(
          `shows a number that was overtaken ${now() - overtakenAt} ms ago, and does not say that it is stale`,
        );
      }
    },
  };
}
