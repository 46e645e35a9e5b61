/** A part of a history, newest first. `next` reads on; null at the beginning of the account. */
export interface Page<Item> {
  items: readonly Item[];
  next: number | null;
}

/**
 * Puts the newest page and what was read behind it together: each version once, newest first.
 *
 * The newest page moves on by itself. Versions have no gaps, so one between the two means that more was added than a
 * page holds: then what was read is left out, rather than shown with a hole that nobody sees.
 */
export function joinPages<Item>(
  first: Page<Item>,
  older: Page<Item> | null,
  toVersion: (item: Item) => number,
): Page<Item> {
  if (older === null) return first;
  const newestOfOlder = Math.max(0, ...older.items.map(toVersion));
  const oldestOfFirst = Math.min(Number.MAX_SAFE_INTEGER, ...first.items.map(toVersion));
  if (newestOfOlder < oldestOfFirst - 1) return first;
  const known = new Map([...older.items, ...first.items].map((item) => [toVersion(item), item]));
  return { items: [...known.values()].toSorted((a, b) => toVersion(b) - toVersion(a)), next: older.next };
}
