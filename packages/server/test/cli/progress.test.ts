import { expect, test } from 'vitest';
import { createProgress, type Step } from '../../src/cli/progress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** What stands on standard error after these steps. */
function show(isInteractive: boolean, steps: Step[]): string[] {
  const lines: string[] = [];
  const terminal = {
    isInteractive,
    report: (line: string) => void lines.push(line),
    overwrite: (text: string) => void lines.push(text),
  } as Terminal;
  const progress = createProgress(terminal);
  for (const step of steps) progress.update(step);
  progress.end();
  return lines;
}

const steps = (total: number | null, ...done: number[]): Step[] =>
  done.map((each) => ({ what: 'Writing', done: each, total }));

test('somebody who watches sees a bar, and then a new line', () => {
  expect(show(true, steps(2_000, 500, 2_000))).toEqual([
    'Writing ██████░░░░░░░░░░░░░░░░░░ 500 of 2,000',
    'Writing ████████████████████████ 2,000 of 2,000',
    '',
  ]);
});

test('a log gets a line for each tenth', () => {
  expect(show(false, steps(40, 1, 2, 3, 4, 5, 39, 40))).toEqual([
    'Writing 1 of 40',
    'Writing 4 of 40',
    'Writing 39 of 40',
    'Writing 40 of 40',
  ]);
});

test('a log of a work whose end nobody knows gets a line for each hundred thousand', () => {
  expect(show(false, steps(null, 1_000, 99_999, 100_000, 150_000, 200_000))).toEqual([
    'Writing 100,000',
    'Writing 200,000',
  ]);
});

test('nothing of nothing is no division', () => {
  expect(show(false, steps(0, 0))).toEqual([]);
});

test('a work that turns out to be longer than its total ends with a full bar', () => {
  expect(show(true, steps(2, 66))).toEqual(['Writing ████████████████████████ 66 of 66', '']);
});
