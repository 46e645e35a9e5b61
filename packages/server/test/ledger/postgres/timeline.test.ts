import { expect, test } from 'vitest';
import { TimelineFence } from '../../../src/ledger/postgres/timeline.ts';

test('an older timeline of the same system is refused, until the newest one is back', () => {
  const fence = new TimelineFence(true);
  fence.observe('71/00000009');
  fence.observe('71/0000000A');
  expect(() => fence.observe('71/00000009')).toThrow(
    'it writes timeline 9, and timeline 10 has begun. Nothing was changed.',
  );
  fence.observe('71/0000000A');
});

test('another system, such as after an upgrade, begins its timelines again', () => {
  const fence = new TimelineFence(true);
  fence.observe('71/00000009');
  expect(() => fence.observe('72/00000001')).not.toThrow();
});

test('a standby and a database without timelines are not refused', () => {
  const fence = new TimelineFence(false);
  fence.observe('71/00000002');
  fence.observe(null);
  fence.observe(undefined);
  expect(fence.column).toBe('NULL::text');
});
