import { expect, test } from 'vitest';
import type { JournalRow, JournalSide } from '../../src/ledger/rules/state.ts';
import { LotsModel } from './lots-model.ts';

const NOW_MS = 1_000;

function side(id: string, version: number, posted: number, held = 0): JournalSide {
  return { id, number: 1, version, posted, held };
}

function row(part: Partial<JournalRow>): JournalRow {
  return {
    debit: null,
    credit: null,
    amount: 10,
    kind: 'grant',
    actor: 'ada',
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
    createdAtMs: NOW_MS,
    hash: 'hash',
    ...part,
  };
}

/** A model of ada, who has 10 credits that expire after a second. */
function openModel(): LotsModel {
  const model = new LotsModel();
  const lots = `[[10,50,${NOW_MS + 1_000},null,null]]`;
  model.commit(row({ debit: side('system:issued#0', 1, -10), credit: side('ada', 1, 10), lots }));
  return model;
}

const SPEND = {
  kind: 'spend',
  debit: side('ada', 2, 6),
  credit: side('system:spent#0', 1, 4),
  amount: 4,
  lots: `[[4,50,${NOW_MS + 1_000},1,0]]`,
} as const;

test('credits are spent before their instant', () => {
  const model = openModel();
  model.commit(row({ ...SPEND, createdAtMs: NOW_MS + 999 }));
  expect(model.spendable('ada')).toEqual([{ priority: 50, expiresAtMs: NOW_MS + 1_000, free: 6 }]);
});

test('credits that are spent at their instant are found', () => {
  expect(() => openModel().commit(row({ ...SPEND, createdAtMs: NOW_MS + 1_000 }))).toThrow('10 credits that expired');
});

test.each([
  ['more than the lot has', { amount: 11, createdAtMs: NOW_MS + 1_000 }],
  ['before the instant', { amount: 10, createdAtMs: NOW_MS + 999 }],
])('an expiry of %s is found', (_what, part) => {
  const debit = side('ada', 2, 0);
  const breakage = row({ kind: 'breakage', debit, credit: side('system:breakage#0', 1, 10), ...part });
  expect(() => openModel().commit(breakage)).toThrow('expired, where');
});

test('credits that are taken from no lot, or from another one, are found', () => {
  for (const lots of [null, `[[4,50,${NOW_MS + 1_000},1,1]]`, `[[3,50,${NOW_MS + 1_000},1,0]]`]) {
    expect(() => openModel().commit(row({ ...SPEND, lots }))).toThrow('in order it is 4 of 1000');
  }
});

test('less available than lots have is found', () => {
  const spend = row({ ...SPEND, debit: side('ada', 2, 5) });
  expect(() => openModel().commit(spend)).toThrow('ada has 5 available, and 6 of lots');
});
