import type { Entry } from 'realtime-credits';
import { toBalance } from 'realtime-credits';
import { expect, test } from 'vitest';
import { describeEntry, matchesFilter } from '@/components/credits/activity/describe-entry';

function entry(verb: Entry['verb'], before: [number, number], after: [number, number]): Entry {
  const isHold = verb === 'hold' || verb === 'post' || verb === 'void' || verb === 'expire';
  return {
    account: 'u1',
    version: 1,
    kind: isHold ? verb : 'transfer',
    verb,
    direction: after[0] - after[1] > before[0] - before[1] ? 'credit' : 'debit',
    amount: 300,
    before: toBalance(...before),
    after: toBalance(...after),
    transfer: null,
    hold: isHold ? 'h1' : null,
    counterparty: null,
    actor: 'u1',
    reason: 'Server “Skyblock”',
    metadata: {},
    createdAt: '2026-11-22T12:00:00.000Z',
  };
}

const reserved = entry('hold', [1_000, 0], [1_000, 300]);
const charged = entry('post', [1_000, 300], [700, 0]);
const released = entry('void', [1_000, 300], [1_000, 0]);
const sent = entry('transfer', [1_000, 0], [700, 0]);
const earned = entry('grant', [700, 0], [1_000, 0]);

test('a purchase lowers what can be spent once: when it is reserved, not again when it is charged', () => {
  expect(describeEntry(reserved).change).toBe(-300);
  expect(describeEntry(charged).change).toBe(0);
  expect(describeEntry(charged).note).toContain('did not change');
});

test('a reservation that was released says that nothing was charged', () => {
  expect(describeEntry(released)).toMatchObject({ title: 'Released', change: 300 });
  expect(describeEntry(released).note).toContain('nothing was charged');
});

test('a transfer is sent or received by its direction', () => {
  expect(describeEntry(sent).title).toBe('Sent');
  expect(describeEntry(entry('transfer', [700, 0], [1_000, 0])).title).toBe('Received');
});

test('"In" lists what was earned, and not what was merely released', () => {
  expect([earned, released, sent].filter((one) => matchesFilter(one, 'in'))).toEqual([earned]);
});

test('"Out" lists a purchase once, when it was charged', () => {
  expect([reserved, charged, released, sent, earned].filter((one) => matchesFilter(one, 'out'))).toEqual([
    charged,
    sent,
  ]);
});

test('"Reservations" lists everything that a hold did', () => {
  expect([reserved, charged, released, sent].filter((one) => matchesFilter(one, 'reserved'))).toHaveLength(3);
});
