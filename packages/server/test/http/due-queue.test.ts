import { expect, test } from 'vitest';
import { createDueQueue } from '../../src/http/due-queue.ts';
import { createManualClock } from '../support/manual-clock.ts';

function openQueue() {
  const time = createManualClock();
  const called: string[] = [];
  const queue = createDueQueue<string>({ clock: time.clock, delayMs: 100, onDue: (item) => called.push(item) });
  return { time, queue, called };
}

test('each is called once, after its own time', () => {
  const { time, queue, called } = openQueue();
  queue.add('first');
  time.advance(30);
  queue.add('second');
  time.advance(69);
  expect(called).toEqual([]);
  time.advance(1);
  expect(called).toEqual(['first']);
  time.advance(29);
  expect(called).toEqual(['first']);
  time.advance(1);
  expect(called).toEqual(['first', 'second']);
  time.advance(1_000);
  expect(called).toHaveLength(2);
});

test('one timer is enough for all, and none is left when there is nothing to wait for', () => {
  const { time, queue, called } = openQueue();
  for (let count = 0; count < 1_000; count += 1) {
    queue.add(`item ${count}`);
    if (count % 10 === 0) time.advance(1);
  }
  expect(time.waiting).toBe(1);
  time.advance(100);
  expect(called).toHaveLength(1_000);
  expect(time.waiting).toBe(0);
  queue.add('again');
  queue.delete('again');
  expect(time.waiting).toBe(0);
});

test('one that is deleted is not called, and those behind it are in time', () => {
  const { time, queue, called } = openQueue();
  queue.add('first');
  time.advance(50);
  queue.add('second');
  queue.delete('first');
  time.advance(99);
  expect(called).toEqual([]);
  time.advance(1);
  expect(called).toEqual(['second']);
});

test('one that is added again, also while it is called, waits the whole time again', () => {
  const time = createManualClock();
  const calledAt: number[] = [];
  const queue = createDueQueue<string>({
    clock: time.clock,
    delayMs: 100,
    onDue: (item) => {
      calledAt.push(time.clock.now());
      queue.add(item);
    },
  });
  queue.add('only');
  time.advance(60);
  queue.add('only');
  time.advance(300);
  expect(calledAt).toEqual([160, 260, 360]);
});
