import { CreditsError } from 'realtime-credits/contract';
import { expect, test } from 'vitest';
import { groupFaults } from '../../../src/ledger/postgres/group-faults.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
const full = () => Object.assign(new Error('No space left on device'), { code: '53100' });

function openLog() {
  const lines: string[] = [];
  const time = createManualClock();
  const write = (message: string) => void lines.push(message);
  return { lines, time, write, onWarning: groupFaults(write, time.clock) };
}

test('A9: a fault is one warning, whatever fails by it; another fault is another', () => {
  const { lines, time, onWarning } = openLog();
  for (let second = 0; second < 30; second += 1) {
    onWarning('A request failed.', away());
    onWarning('The sweep failed.', new Error('Query failed', { cause: away() }));
    time.advance(1_000);
  }
  onWarning('A request failed.', full());
  expect(lines).toEqual(['A request failed.', 'A request failed.']);
});

test('A9: a fault that lasts is reported every minute with a count, and one that comes back at once', () => {
  const { lines, time, onWarning } = openLog();
  for (let second = 0; second <= 60; second += 1) {
    onWarning('A request failed.', away());
    time.advance(1_000);
  }
  expect(lines).toEqual(['A request failed.', 'A request failed. And 59 more failures of the same cause.']);
  time.advance(20_000);
  onWarning('Another request failed.', away());
  expect(lines.at(-1)).toBe('Another request failed.');
});

test('bugs and refusals are no faults: each is reported', () => {
  const { lines, onWarning } = openLog();
  const bug = new TypeError('x is not a function');
  const refusal = new CreditsError('unavailable', 'The server is restarting.');
  for (const cause of [bug, bug, refusal, refusal, undefined, undefined]) onWarning('Something.', cause);
  expect(lines).toHaveLength(6);
});

test('parts that log to the same function share its faults', () => {
  const { lines, write, onWarning } = openLog();
  expect(groupFaults(write)).toBe(onWarning);
  groupFaults(write)('One part.', away());
  groupFaults(onWarning)('Another part.', away());
  expect(lines).toEqual(['One part.']);
});
