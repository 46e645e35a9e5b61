import { useRef, useState } from 'react';

import { translateError } from '@/components/credits/messages';
import { send } from '@/components/credits/send';
import type { ActivityAnswer, ActivityItem } from '@/lib/api';

type Page = Pick<ActivityAnswer['data'], 'items' | 'next'>;

const PAGE_SIZE = 100;

const isReserved = ({ group }: ActivityItem) => group === 'reserved';

/**
 * Puts the newest page before what was read behind it, each line once.
 *
 * What is reserved is only taken from the newest page, because it moves once it is charged. Without a line in common
 * there may be a hole between the two: then what was read is left out.
 */
export function joinActivity(first: Page, known: Page | null): Page {
  if (known === null || first.next === null || first.next.startsWith('r')) return first;
  const older = known.items.filter((item) => !isReserved(item));
  // Where the next page begins: the last line may be of several changes.
  const oldestOfFirst = Number(first.next);
  const newestOfOlder = older[0]?.version ?? 0;
  if (newestOfOlder < oldestOfFirst) return first;
  return {
    items: [...first.items, ...older.filter(({ version }) => version < oldestOfFirst)],
    next: older.some(({ version }) => version < oldestOfFirst) ? known.next : first.next,
  };
}

/**
 * The lines of one filter: the newest page, which a server renders again with every change, and older ones on demand.
 *
 * @param api - The route that has them.
 */
export function useActivity(first: Page, query: string, api: string) {
  const [known, setKnown] = useState<Page | null>(null);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const loading = useRef(false);
  const page = joinActivity(first, known);

  async function readOlder(): Promise<void> {
    const { next, items } = page;
    if (next === null || loading.current) return;
    loading.current = true;
    setLoading(true);
    const path = `${api}?${query}${query === '' ? '' : '&'}before=${next}&limit=${PAGE_SIZE}`;
    const result = await send<ActivityAnswer>('GET', path);
    loading.current = false;
    setLoading(false);
    setError(result.ok ? null : translateError(result.failure));
    if (!result.ok) return;
    setKnown({ items: [...items, ...result.answer.data.items], next: result.answer.data.next });
  }

  return { ...page, isLoading, error, readOlder };
}
