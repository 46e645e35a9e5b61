import { useSyncExternalStore } from 'react';
import type { Entry, HistoryPage, Snapshot } from 'realtime-credits';
import { onlyTimePassed } from 'realtime-credits/contract';
import { creditsClient } from '@/stores/credits-store';
import { translate } from './messages';

/**
 * The last changes of the number, with their reasons: one list for all displays of a page.
 *
 * Reads `GET /api/credits/history` of the package's server, and only when the balance has a new version or someone opens
 * the details, on a page that is looked at. A host without that route has no list.
 */
export interface RecentChanges {
  account: string | null;
  /** Newest first; null while they are unknown. */
  entries: readonly Entry[] | null;
  /** Came since the details were last open, and not by the person's own action. Newest first. */
  unread: readonly Entry[];
}

const SHOWN = 5;
/** Charging what was reserved changes nothing that can be spent, so a few more are read than are shown. */
const READ = 15;
/** Waits for the rest of a burst. */
const DELAY_MS = 250;

type State = Pick<Snapshot, 'balance' | 'time'> & { version: number };

const NONE: RecentChanges = { account: null, entries: null, unread: [] };

let changes = NONE;
/** The version that the list is of. */
let readVersion = -1;
/** The version at which someone began to look: what happened before is not unread. */
let firstVersion = -1;
/** What was asked for last, or what someone began to look at. */
let known: State | null = null;
let hasRoute = true;
let timer: ReturnType<typeof setTimeout> | undefined;
let stop: (() => void) | undefined;
const listeners = new Set<() => void>();

function set(next: RecentChanges): void {
  changes = next;
  for (const listener of listeners) listener();
}

/** Signed change of what can be spent, in whole credits. */
export function changeOf({ before, after }: Entry): number {
  return after.available - before.available;
}

/** Holds that were released whole: together, reserving and releasing changed nothing. */
function findUndone(entries: readonly Entry[]): ReadonlySet<string | null> {
  const reserved = new Map(entries.filter(({ verb }) => verb === 'hold').map(({ hold, amount }) => [hold, amount]));
  const released = entries.filter(({ verb }) => verb === 'void' || verb === 'expire');
  return new Set(released.filter(({ hold, amount }) => reserved.get(hold) === amount).map(({ hold }) => hold));
}

/** What a rate charges credit by credit is one change, as long as nothing else comes between. */
function joinCharges(entries: readonly Entry[]): Entry[] {
  const joined: Entry[] = [];
  for (const entry of entries) {
    const newer = joined.at(-1);
    if (newer?.verb === 'charge' && entry.verb === 'charge' && newer.reason === entry.reason) {
      joined[joined.length - 1] = { ...newer, before: entry.before };
    } else joined.push(entry);
  }
  return joined;
}

async function readChanges(): Promise<void> {
  const { account, confirmed } = creditsClient.getState();
  const newest = confirmed?.version ?? null;
  if (!hasRoute || account === null || confirmed === null || newest === null || newest <= readVersion) return;
  const before = known;
  known = { ...confirmed, version: newest };
  const response = await fetch(`/api/credits/history?limit=${READ}`).catch(() => null);
  if (response?.status === 404) hasRoute = false;
  if (creditsClient.getState().account !== account) return;
  // Asked again with the next balance, or once there is a connection.
  if (response?.ok !== true) {
    known = before;
    return;
  }
  const page = (await response.json().catch(() => null)) as HistoryPage | null;
  if (!Array.isArray(page?.entries)) return;
  const sinceVersion = Math.max(firstVersion, changes.entries?.[0]?.version ?? 0);
  const undone = findUndone(page.entries);
  const changed = page.entries.filter((entry) => changeOf(entry) !== 0 && !undone.has(entry.hold));
  const entries = joinCharges(changed).slice(0, SHOWN);
  const added = entries.filter(
    ({ version, actor, verb }) => version > sinceVersion && actor !== account && verb !== 'charge',
  );
  readVersion = page.snapshot.version;
  set({ account, entries, unread: [...added, ...changes.unread].slice(0, SHOWN) });
}

function follow(): void {
  const { account, confirmed } = creditsClient.getState();
  if (account !== changes.account) {
    readVersion = firstVersion = -1;
    known = null;
    set({ ...NONE, account });
  }
  // Hosts without versions have no history either.
  const version = confirmed?.version ?? null;
  if (confirmed === null || version === null) return;
  if (firstVersion === -1) firstVersion = version;
  known ??= { ...confirmed, version };
  const isNew = version > Math.max(known.version, readVersion) && !onlyTimePassed(known, confirmed);
  if (isNew && document.visibilityState === 'visible') {
    timer ??= setTimeout(() => {
      timer = undefined;
      void readChanges();
    }, DELAY_MS);
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (stop === undefined) {
    const unsubscribe = creditsClient.subscribe((state, previous) => {
      // Counting down is no change.
      if (state.confirmed !== previous.confirmed || state.connection !== previous.connection) follow();
    });
    document.addEventListener('visibilitychange', follow);
    stop = () => {
      unsubscribe();
      document.removeEventListener('visibilitychange', follow);
      clearTimeout(timer);
      timer = undefined;
    };
    follow();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

const never = () => () => undefined;

/** @param enabled - False: nothing is read. */
export function useRecentChanges(enabled: boolean): RecentChanges {
  return useSyncExternalStore(
    enabled ? subscribe : never,
    () => (enabled ? changes : NONE),
    () => NONE,
  );
}

/** Reads the list for someone who opens the details, and takes what is new as seen. */
export function openRecentChanges(): void {
  if (changes.unread.length > 0) set({ ...changes, unread: [] });
  void readChanges();
}

/** Who is on the other side of a change: `from mara`, `to mara`; null where it is nobody. */
export function describeOther({ counterparty, direction }: Entry): string | null {
  // Accounts of the system have a colon in their names.
  if (counterparty === null || counterparty.includes(':')) return null;
  return direction === 'credit' ? translate('from', { name: counterparty }) : translate('to', { name: counterparty });
}
