import { expect, test } from 'vitest';
import type { JournalRow, JournalSide } from '../../src/ledger/rules/state.ts';
import { RefillsModel } from './refills-model.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ANCHOR_MS = Date.UTC(2026, 10, 22, 11);

function side(id: string): JournalSide {
  return { id, number: 1, version: 1, posted: 0, held: 0 };
}

function row(part: Partial<JournalRow>): JournalRow {
  return {
    debit: side('system:issued#0'),
    credit: side('ada'),
    amount: 24,
    kind: 'refill',
    actor: 'system:ledger',
    key: null,
    keyDigest: null,
    fingerprint: null,
    reason: 'A test',
    metadata: null,
    reverses: null,
    hold: null,
    holdRemaining: null,
    holdExpiresAtMs: null,
    lots: null,
    rate: null,
    allowance: null,
    createdAtMs: ANCHOR_MS,
    hash: 'hash',
    ...part,
  };
}

/** A refill of 24 credits a day, of which 10 may be carried over. */
function refill(period: number, part: { granted: number; atMs?: number; kept?: number }): JournalRow {
  const { granted, kept = 0, atMs = ANCHOR_MS + period * DAY_MS } = part;
  const endMs = ANCHOR_MS + (period + 1) * DAY_MS;
  return row({
    amount: 24 + kept,
    lots: JSON.stringify([
      [14 + kept, 50, endMs, null, null],
      [10, 50, endMs + DAY_MS, null, null],
    ]),
    allowance: JSON.stringify(['id', period, endMs, granted]),
    createdAtMs: atMs,
  });
}

/** A model of ada, who got 12 credits for the half of a day that was left, and 24 for the next one. */
function openModel(): RefillsModel {
  const model = new RefillsModel();
  const terms = [24, 'day', ANCHOR_MS, 'UTC', 10, 'Test'];
  model.commit(
    row({
      kind: 'allowance',
      actor: 'system:shop',
      amount: 12,
      lots: `[[2,50,${ANCHOR_MS + DAY_MS},null,null],[10,50,${ANCHOR_MS + 2 * DAY_MS},null,null]]`,
      allowance: JSON.stringify(['id', 0, ANCHOR_MS + DAY_MS, 12, ...terms]),
      createdAtMs: ANCHOR_MS + 12 * HOUR_MS,
    }),
  );
  model.commit(refill(1, { granted: 36 }));
  return model;
}

test('each period is granted at its instant or later, and missed ones leave what may be carried over', () => {
  const model = openModel();
  expect(model.dueSince('ada', ANCHOR_MS + 2 * DAY_MS - 1)).toBeNull();
  expect(model.dueSince('ada', ANCHOR_MS + 2 * DAY_MS)).toBe(ANCHOR_MS + 2 * DAY_MS);
  model.commit(refill(4, { granted: 70, kept: 10 }));
  expect(model.dueSince('ada', ANCHOR_MS + 5 * DAY_MS - 1)).toBeNull();
});

test.each([
  ['a period that is granted twice', refill(1, { granted: 60 })],
  ['a period that is granted early', refill(2, { granted: 60, atMs: ANCHOR_MS + 2 * DAY_MS - 1 })],
  ['more than may be carried over', refill(2, { granted: 70, kept: 10 })],
  ['less than may be carried over', refill(3, { granted: 60 })],
  ['a sum that is another one', refill(2, { granted: 61 })],
])('%s is found', (_what, wrong) => {
  expect(() => openModel().commit(wrong)).toThrow('by definition');
});

test('a command that comes before a refill that is due is found, and what the ledger settles first is not', () => {
  const model = openModel();
  const late = {
    allowance: null,
    debit: side('ada'),
    credit: side('system:spent#0'),
    createdAtMs: ANCHOR_MS + 2 * DAY_MS,
  };
  expect(() => model.commit(row({ ...late, kind: 'breakage' }))).not.toThrow();
  expect(() => model.commit(row({ ...late, kind: 'spend', actor: 'ada' }))).toThrow('with a period due since');
});
