import { useEffect, useState } from 'react';
import { selectShown, type PendingOperation } from 'realtime-credits/client';
import { creditsClient } from '@/stores/credits-store';

/** One line of what happened: an own operation that opened or ended, or a frame that arrived. */
export interface News {
  key: number;
  /** Wall-clock milliseconds. */
  at: number;
  via: 'you' | 'stream' | 'fetch' | 'answer' | 'tab';
  text: string;
  version: number | null;
  available: number | null;
  /** The number on the screen right after it. */
  shown: number | null;
  /** A frame that changed nothing: late, repeated, or waiting for an own operation to be decided. */
  unused: boolean;
}

const NEWS_MAX = 60;

/** Collects what the client hears and what the person does, newest first, while it is mounted. */
export function useNews(): { news: readonly News[]; clear: () => void } {
  const [news, setNews] = useState<readonly News[]>([]);
  useEffect(() => {
    let key = 0;
    const add = (line: Omit<News, 'key' | 'shown'>) => {
      key += 1;
      const added = { ...line, key, shown: selectShown(creditsClient.getState()) };
      setNews((before) => [added, ...before].slice(0, NEWS_MAX));
    };
    const stopFrames = creditsClient.onFrame(({ at, via, snapshot, accepted }) => {
      // Listeners may be told before the state has moved: what is shown is read after it has.
      queueMicrotask(() =>
        add({
          at,
          via,
          text: snapshot === null ? 'balance without a version' : describeApplied(snapshot.applied.length),
          version: snapshot?.version ?? null,
          available: snapshot?.balance.available ?? null,
          unused: !accepted,
        }),
      );
    });
    let before = creditsClient.getState();
    const stopState = creditsClient.subscribe((after) => {
      for (const text of describeOperations(before.pending, after.pending)) {
        add({ at: Date.now(), via: 'you', text, version: null, available: null, unused: false });
      }
      before = after;
    });
    return () => {
      stopFrames();
      stopState();
    };
  }, []);
  return { news, clear: () => setNews([]) };
}

function describeApplied(count: number): string {
  if (count === 0) return 'balance';
  return count === 1 ? 'balance, with your operation in it' : `balance, with ${count} operations of yours in it`;
}

const STATE_WORDS: Record<PendingOperation['state'], string> = {
  open: 'predicted',
  sent: 'sent',
  unknown: 'no answer, asking again',
  acknowledged: 'accepted',
};

function describeOperations(before: readonly PendingOperation[], after: readonly PendingOperation[]): string[] {
  const lines: string[] = [];
  for (const operation of after) {
    const known = before.find(({ id }) => id === operation.id);
    if (known?.state === operation.state) continue;
    lines.push(`${nameOf(operation)}: ${STATE_WORDS[operation.state]}`);
  }
  for (const operation of before) {
    if (after.every(({ id }) => id !== operation.id)) lines.push(`${nameOf(operation)}: decided`);
  }
  return lines;
}

function nameOf({ delta, reason }: PendingOperation): string {
  return `${delta < 0 ? '−' : '+'}${Math.abs(delta)} ${reason}`.trimEnd();
}
