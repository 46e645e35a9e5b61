import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import {
  acknowledge,
  endRequests,
  createModel,
  markUnknown,
  closeWindow,
  ingest,
  ingestAmount,
  needsFetch,
  addOperation,
  dropOperation,
  type Model,
} from '../../../src/sync/number/state.ts';
import { takeBack } from '../../../src/sync/compat/take-back.ts';
import { selectShown } from '../../../src/sync/number/view.ts';

function snapshot(version: number, available: number, more: Partial<Snapshot> = {}): Snapshot {
  const balance = { posted: available, held: 0, available };
  return { account: 'ada', epoch: 'one', version, balance, from: version, applied: [], ...more };
}

/** Version 1 with 1,000 credits. */
function begin(): Model {
  return ingest(createModel('ada'), snapshot(1, 1_000), { startedAt: 0 });
}

function shown(model: Model): number | null {
  return selectShown({ confirmed: model.confirmed, pending: model.operations, accrued: 0 });
}

function spend(model: Model, id: string, amount: number): Model {
  return addOperation(model, { id, delta: -amount, reason: '', identified: true });
}

function announce(model: Model, id: string, amount: number): Model {
  return addOperation(model, { id, delta: -amount, reason: '', identified: false });
}

const frame = { startedAt: 0 };

test('nothing is shown before anything is known: never a 0 that nobody said', () => {
  expect(shown(createModel('ada'))).toBeNull();
  expect(shown(spend(createModel('ada'), 'a', 10))).toBeNull();
});

test('sum: the number is confirmed available and what is pending', () => {
  const held = snapshot(2, 0, { balance: { posted: 1_000, held: 300, available: 700 } });
  const model = spend(spend(ingest(begin(), held, frame), 'a', 10), 'b', 20);
  expect(shown(model)).toBe(670);
});

test('count once: an operation is dropped by the frame that names it, and counted once', () => {
  const model = ingest(spend(begin(), 'a', 100), snapshot(2, 900, { from: 1, applied: ['a'] }), frame);
  expect(shown(model)).toBe(900);
  expect(model.operations).toEqual([]);
});

test('count once: a frame that is too old to be shown still drops the operation it names', () => {
  const ahead = ingest(begin(), snapshot(5, 850, { from: 1 }), frame);
  const model = spend(ahead, 'a', 100);
  expect(ingest(model, snapshot(4, 900, { from: 3, applied: ['a'] }), frame).operations).toEqual([]);
  expect(shown(ingest(model, snapshot(4, 900, { from: 3, applied: ['a'] }), frame))).toBe(850);
});

test('forward only: an older version never comes back', () => {
  const model = ingest(begin(), snapshot(3, 700, { from: 1 }), frame);
  expect(ingest(model, snapshot(2, 900, { from: 1 }), frame).confirmed).toBe(model.confirmed);
});

test('same version, same state: the same version again changes nothing', () => {
  const model = begin();
  expect(ingest(model, snapshot(1, 1_000), frame)).toBe(model);
});

test('local rollback: rejecting one operation changes the number by exactly its amount, in any order', () => {
  const all = spend(spend(spend(begin(), 'a', 1), 'b', 20), 'c', 300);
  expect(shown(dropOperation(all, 'b'))).toBe(699);
  expect(shown(dropOperation(dropOperation(all, 'c'), 'a'))).toBe(980);
  expect(shown(dropOperation(dropOperation(dropOperation(all, 'b'), 'c'), 'a'))).toBe(1_000);
  expect(dropOperation(all, 'unknown')).toBe(all);
});

test('account fence: another user’s snapshot is ignored', () => {
  const model = begin();
  expect(ingest(model, snapshot(9, 7, { account: 'bob' }), frame)).toBe(model);
});

test('epoch rule: a frame of a former epoch of the database does not come back, and the server is asked', () => {
  const restored = ingest(begin(), snapshot(1, 500, { epoch: 'two' }), { startedAt: 99 });
  expect(shown(restored)).toBe(500);
  const late = ingest(restored, snapshot(7, 1_000), { startedAt: 0 });
  expect(shown(late)).toBe(500);
  expect(needsFetch(late)).toBe(true);
});

test('epoch rule: versions of another epoch are not compared', () => {
  const model = ingest(begin(), snapshot(40, 1_000, { from: 1 }), frame);
  const restored = ingest(model, snapshot(2, 500, { epoch: 'two' }), { startedAt: model.tick });
  expect(restored.confirmed).toMatchObject({ version: 2, epoch: 'two' });
});

test('epoch rule: when a restored database has lost an operation whose repetition is still out, it counts as pending again', () => {
  const sent = markUnknown(spend(begin(), 'a', 100), 'a');
  const confirmed = ingest(sent, snapshot(2, 900, { from: 1, applied: ['a'] }), frame);
  expect(shown(confirmed)).toBe(900);
  const restored = snapshot(1, 1_000, { epoch: 'two' });
  const asked = { startedAt: confirmed.tick, asked: ['a'] };

  // Without the question, whether the new epoch has it is unknown: nothing moves, and the server is asked.
  const unasked = ingest(confirmed, restored, { startedAt: confirmed.tick });
  expect(shown(unasked)).toBe(900);
  expect(needsFetch(unasked)).toBe(true);

  const lost = ingest(confirmed, restored, asked);
  expect([lost.confirmed?.balance.available, shown(lost)]).toEqual([1_000, 900]);
  // Once its answer is here, or it was given up, no repetition is out any more.
  expect(shown(ingest(endRequests(confirmed, 'a'), restored, asked))).toBe(1_000);
});

test('gap rule: after a gap the number waits while something is pending', () => {
  const waiting = ingest(spend(begin(), 'a', 100), snapshot(4, 850, { from: 3 }), frame);
  expect(shown(waiting)).toBe(900);
  expect(needsFetch(waiting)).toBe(true);
  const answered = ingest(waiting, snapshot(4, 850, { from: 1, applied: ['a'] }), { startedAt: waiting.tick });
  expect(shown(answered)).toBe(850);
  expect(needsFetch(answered)).toBe(false);
});

test('gap rule: a gap does not matter while nothing is pending', () => {
  expect(shown(ingest(begin(), snapshot(4, 850, { from: 3 }), frame))).toBe(850);
});

test('gap rule: a gap does not matter for operations that the frame names, or that were asked about and are not in it', () => {
  const pending = spend(spend(begin(), 'a', 100), 'b', 30);
  const source = { startedAt: pending.tick, asked: ['a', 'b'] };
  const model = ingest(pending, snapshot(4, 850, { from: 4, applied: ['a'] }), source);
  expect(shown(model)).toBe(820);
  expect(model.operations.map(({ id }) => id)).toEqual(['b']);
});

test('gap rule: a deferred frame is shown as soon as no operation is undecided', () => {
  const waiting = ingest(spend(begin(), 'a', 100), snapshot(4, 850, { from: 3 }), frame);
  expect(shown(dropOperation(waiting, 'a'))).toBe(850);
});

test('gap rule: an operation that was opened after a frame had come is not in it', () => {
  const waiting = ingest(spend(begin(), 'a', 100), snapshot(4, 850, { from: 3 }), frame);
  const later = spend(waiting, 'b', 30);
  expect(shown(dropOperation(later, 'a'))).toBe(820);
});

test('applied ids: a rejection is final whatever else the snapshot brings', () => {
  const rejected = [{ id: 'a', code: 'operation_abandoned' as const }];
  expect(shown(ingest(spend(begin(), 'a', 100), snapshot(1, 1_000, { rejected }), frame))).toBe(1_000);
  const gap = ingest(spend(spend(begin(), 'a', 100), 'b', 10), snapshot(9, 5, { from: 8, rejected }), frame);
  expect(shown(gap)).toBe(990);
});

test('an answer’s snapshot contains its operation, also where the frame does not name it', () => {
  const model = acknowledge(spend(begin(), 'a', 100), 'a', { snapshot: snapshot(2, 900), startedAt: 1 });
  expect(shown(model)).toBe(900);
  expect(model.operations).toEqual([]);
});

test('an answer behind a gap waits for the frame that contains it, whatever brings it', () => {
  const two = spend(spend(begin(), 'a', 100), 'b', 30);
  const waiting = acknowledge(two, 'a', { snapshot: snapshot(3, 870), startedAt: 1 });
  expect(waiting.confirmed?.version).toBe(1);
  expect(shown(waiting)).toBe(870);
  const settled = ingest(waiting, snapshot(4, 875, { from: 1, applied: ['b'] }), { startedAt: 0 });
  expect(shown(settled)).toBe(875);
  expect(settled.operations).toEqual([]);
});

test('window fence: a balance is accepted only if no window overlaps its request', () => {
  const begun = ingestAmount(createModel('ada'), 1_000, 0);
  const askedAt = begun.tick;
  const during = spend(begun, 'a', 100);
  expect(shown(ingestAmount(during, 1_000, askedAt))).toBe(900);
  const answered = acknowledge(during, 'a', { startedAt: during.tick });
  expect(shown(ingestAmount(answered, 1_000, askedAt))).toBe(900);
  expect(shown(ingestAmount(answered, 900, answered.tick))).toBe(900);
  expect(ingestAmount(answered, 900, answered.tick).operations).toEqual([]);
});

test('window fence: an unknown outcome holds every balance back until its window is closed', () => {
  const unknown = markUnknown(spend(ingestAmount(createModel('ada'), 1_000, 0), 'a', 100), 'a');
  expect(shown(ingestAmount(unknown, 900, unknown.tick))).toBe(900);
  expect(needsFetch(unknown)).toBe(false);
  const ended = closeWindow(unknown, 'a');
  expect(needsFetch(ended)).toBe(true);
  expect(shown(ingestAmount(ended, 900, ended.tick))).toBe(900);
  expect(ingestAmount(ended, 900, ended.tick).operations).toEqual([]);
});

test('window fence: nothing is asked while an open window would keep the answer from being shown', () => {
  const first = spend(ingestAmount(createModel('ada'), 1_000, 0), 'a', 100);
  const second = spend(acknowledge(first, 'a', { startedAt: first.tick }), 'b', 30);
  expect(needsFetch(second)).toBe(false);
  expect(needsFetch(dropOperation(second, 'b'))).toBe(true);
});

test('window fence: an answer’s balance is accepted only if no other window overlapped its own', () => {
  const alone = spend(ingestAmount(createModel('ada'), 1_000, 0), 'a', 100);
  expect(acknowledge(alone, 'a', { available: 895, startedAt: alone.tick }).confirmed?.balance.available).toBe(895);
  const two = spend(alone, 'b', 30);
  const answered = acknowledge(two, 'a', { available: 870, startedAt: alone.tick });
  expect(answered.confirmed?.balance.available).toBe(1_000);
  expect(shown(answered)).toBe(870);
});

test('window fence: an answer’s balance drops what was acknowledged before its window began', () => {
  const first = spend(ingestAmount(createModel('ada'), 1_000, 0), 'a', 100);
  const second = spend(acknowledge(first, 'a', { startedAt: first.tick }), 'b', 30);
  const model = acknowledge(second, 'b', { available: 870, startedAt: second.tick });
  expect(shown(model)).toBe(870);
  expect(model.operations).toEqual([]);
});

test('window fence: among versions a bare balance in a command’s answer has no place', () => {
  const sent = spend(begin(), 'a', 100);
  const model = acknowledge(sent, 'a', { available: 5, startedAt: sent.tick });
  expect(model.confirmed).toMatchObject({ version: 1, balance: { available: 1_000 } });
  expect([shown(model), needsFetch(model)]).toEqual([900, true]);
});

test('frozen window: while an announced operation is open the balance does not move', () => {
  const frozen = ingest(announce(begin(), 'a', 100), snapshot(2, 900, { from: 1 }), frame);
  expect(shown(frozen)).toBe(900);
  expect(frozen.confirmed?.version).toBe(1);
  expect(needsFetch(frozen)).toBe(false);
});

test('window end: a deferred frame is taken if it is as new as the answer', () => {
  const frozen = ingest(announce(begin(), 'a', 100), snapshot(3, 950, { from: 1 }), frame);
  const model = acknowledge(frozen, 'a', { snapshot: snapshot(2, 900), startedAt: frozen.tick });
  expect(model.confirmed?.version).toBe(3);
  expect(shown(model)).toBe(950);
});

test('window end: without an authoritative answer only a request sent afterwards ends it', () => {
  const ended = acknowledge(announce(begin(), 'a', 100), 'a', { startedAt: 1 });
  expect(needsFetch(ended)).toBe(true);
  const early = ingest(ended, snapshot(2, 900, { from: 1 }), { startedAt: 0 });
  expect(shown(early)).toBe(900);
  expect(early.confirmed?.version).toBe(1);
  expect(shown(ingest(early, snapshot(2, 900, { from: 1 }), { startedAt: early.tick }))).toBe(900);
});

test('window end: taking back ends the spend of that amount, and nothing else', () => {
  const two = announce(announce(begin(), 'a', 100), 'b', 30);
  expect(takeBack(two, 31)).toBeNull();
  const taken = takeBack(two, 30);
  expect(taken?.id).toBe('b');
  expect(taken?.model.operations.map(({ state }) => state)).toEqual(['open', 'unknown']);
});

test('window end: of two spends of that amount, the one that has no answer yet is taken back', () => {
  const two = announce(announce(begin(), 'a', 100), 'b', 100);
  const settled = acknowledge(two, 'a', { startedAt: 1 });
  expect(takeBack(settled, 100)?.id).toBe('b');
});

test('oldest first: when a spend that was settled in another’s place is taken back, the other stays displayed', () => {
  const two = announce(announce(begin(), 'a', 100), 'b', 30);
  const settled = acknowledge(two, 'a', { snapshot: snapshot(2, 970), startedAt: 1 });
  const model = takeBack(settled, 100)?.model ?? settled;
  expect(model.operations.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'unknown'],
    ['b', 'open'],
  ]);
  expect(shown(ingest(model, snapshot(2, 970, { from: 1 }), { startedAt: model.tick }))).toBe(870);
});

test('identified operation: a frame that names an announced operation ends it', () => {
  const model = ingest(announce(begin(), 'a', 100), snapshot(2, 900, { from: 1, applied: ['a'] }), frame);
  expect(shown(model)).toBe(900);
  expect(model.operations).toEqual([]);
});

test('frozen window: of the frames that wait, the newest is shown, whatever came last', () => {
  const waiting = ingest(ingest(announce(begin(), 'a', 100), snapshot(3, 1_020), frame), snapshot(2, 1_010), frame);
  expect(shown(dropOperation(waiting, 'a'))).toBe(1_020);
});

test('applied ids: an answer too old to be shown still ends what it contains, and the frame that waited for that is shown', () => {
  const ended = closeWindow(announce(begin(), 'a', 100), 'a');
  const waiting = ingest(ended, snapshot(2, 700, { from: 1 }), frame);
  expect(shown(waiting)).toBe(900);
  const model = ingest(waiting, snapshot(1, 1_000), { startedAt: waiting.tick });
  expect([shown(model), model.confirmed?.version, needsFetch(model)]).toEqual([700, 2, false]);
});

test('window fence: the bare balance of one command takes no place among versions', () => {
  const model = spend(begin(), 'a', 100);
  const answered = acknowledge(model, 'a', { available: 850, startedAt: model.tick });
  expect(answered.confirmed).toEqual(begin().confirmed);
  expect(shown(answered)).toBe(900);
  expect(needsFetch(answered)).toBe(true);
});
