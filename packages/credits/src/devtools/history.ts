/**
 * What happened to one client, newest first: each frame that arrived, its outcome and why, and each step of an own
 * operation. For people who look; the client itself remembers none of it.
 */
import type { CreditsClient } from '../sync/client.ts';
import { selectShown, type CreditsState, type PendingOperation } from '../sync/number/view.ts';
import type { Frame } from '../sync/store.ts';

/** Lines that are kept: about what a person scrolls through. */
export const LINES_MAX = 50;

/** One thing that happened. */
export interface HistoryLine {
  key: number;
  /** Wall-clock milliseconds. */
  at: number;
  via: Frame['via'] | 'you';
  /** What it was, or its outcome. */
  text: string;
  version: number | null;
  /** `available` as the frame says it. */
  said: number | null;
  /** The number shown right after it. */
  shown: number | null;
  /** It changed nothing. */
  refused: boolean;
}

export interface History {
  getState(): readonly HistoryLine[];
  subscribe(listener: () => void): () => void;
  clear(): void;
  /** Starts listening to the client; returns the stop. */
  start(): () => void;
}

/** Records what a client receives and does, from `start` on. */
export function createHistory(client: CreditsClient): History {
  const listeners = new Set<() => void>();
  let lines: readonly HistoryLine[] = [];
  let key = 0;

  function set(next: readonly HistoryLine[]): void {
    lines = next;
    for (const listener of listeners) listener();
  }

  function add(line: Omit<HistoryLine, 'key' | 'shown'>): void {
    key += 1;
    set([{ ...line, key, shown: selectShown(client.getState()) }, ...lines].slice(0, LINES_MAX));
  }

  return Object.freeze<History>({
    getState: () => lines,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => set([]),
    start() {
      const stopFrames = client.onFrame((frame) => {
        const { at, via, snapshot, accepted } = frame;
        add({
          at,
          via,
          text: describeFrame(frame, client.getState()),
          version: snapshot?.version ?? null,
          said: snapshot?.balance.available ?? null,
          refused: !accepted,
        });
      });
      let before = client.getState();
      const stopState = client.subscribe((after) => {
        const own = { at: Date.now(), via: 'you', version: null, said: null, refused: false } as const;
        if (before.account === after.account) {
          for (const text of describeOperations(before.pending, after.pending)) add({ ...own, text });
        } else add({ ...own, text: after.account === null ? 'Signed out' : `Account ${after.account}` });
        before = after;
      });
      return () => {
        stopFrames();
        stopState();
      };
    },
  });
}

/** The outcome of a frame, given the state right after it: the sync model's reasons in words. */
export function describeFrame({ snapshot, accepted }: Frame, { account, confirmed }: CreditsState): string {
  if (snapshot === null) {
    return accepted ? 'Balance without a version' : 'Not taken: asked for while an own request was out';
  }
  if (accepted) {
    const count = snapshot.applied.length;
    if (count === 0) return 'Balance';
    return count === 1 ? 'Balance, with an operation in it' : `Balance, with ${count} operations in it`;
  }
  if (snapshot.account !== account) return 'Ignored: of another account';
  if (confirmed === null) return 'Waits for an own operation to be decided';
  if (snapshot.epoch !== confirmed.epoch) return 'Not taken: of another epoch of the database, the server is asked';
  const version = confirmed.version ?? 0;
  if (snapshot.version === version) return 'The same again: still fresh';
  if (snapshot.version < version) return 'Ignored: late, a newer balance is shown';
  return 'Waits: it may hide an own operation that is pending';
}

const STATE_WORDS: Record<PendingOperation['state'], string> = {
  open: 'predicted',
  sent: 'sent',
  unknown: 'no answer, asking',
  acknowledged: 'accepted',
};

function describeOperations(before: readonly PendingOperation[], after: readonly PendingOperation[]): string[] {
  const texts: string[] = [];
  for (const operation of after) {
    const known = before.find(({ id }) => id === operation.id);
    if (known?.state !== operation.state) texts.push(describeOperation(operation));
  }
  for (const { id, delta, reason } of before) {
    if (after.every((operation) => operation.id !== id)) texts.push(`${nameOf(delta, reason)}: decided`);
  }
  return texts;
}

/** An own operation and how far it is: “−100 Server purchase: sent”. */
export function describeOperation({ delta, reason, state }: PendingOperation): string {
  return `${nameOf(delta, reason)}: ${STATE_WORDS[state]}`;
}

function nameOf(delta: number, reason: string): string {
  return `${formatSigned(delta)} ${reason}`.trimEnd();
}

/** Whole credits with thousands separated. */
export function formatNumber(amount: number): string {
  return amount.toLocaleString('en-US').replace('-', '−');
}

/** The same with its sign; 0 has none. */
export function formatSigned(amount: number): string {
  return amount > 0 ? `+${formatNumber(amount)}` : formatNumber(amount);
}
