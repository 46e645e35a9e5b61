import { expect, test } from 'vitest';
import { joinPages } from '@/components/credits/activity/join-pages';

const page = (items: number[], next: number | null) => ({ items, next });
const same = (version: number) => version;

test('two pages that overlap show each version once, newest first', () => {
  expect(joinPages(page([5, 4], 4), page([4, 3, 2], 2), same)).toEqual(page([5, 4, 3, 2], 2));
});

test('pages that touch are one list', () => {
  expect(joinPages(page([6, 5], 5), page([4, 3], null), same)).toEqual(page([6, 5, 4, 3], null));
});

test('a hole between the pages is never shown as if nothing had happened there', () => {
  expect(joinPages(page([9, 8], 8), page([4, 3], null), same)).toEqual(page([9, 8], 8));
});

test('without older pages the first one stands as it is', () => {
  expect(joinPages(page([2, 1], null), null, same)).toEqual(page([2, 1], null));
});
