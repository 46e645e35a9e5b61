import { expect, test } from 'vitest';
import {
  CREDITS_ERROR_CODES,
  CREDITS_ERRORS,
  CreditsError,
  isCreditsError,
  type CreditsErrorCode,
  type CreditsErrorDetails,
} from '../../src/contract/error.ts';
import { parseProblem, toProblem } from '../../src/contract/problem.ts';

const codes = Object.keys(CREDITS_ERRORS) as CreditsErrorCode[];

/** Details of every code that has any, as a type check that the table below leaves none out. */
const DETAILS = {
  insufficient_credits: { requested: 12, available: 5 },
  version_conflict: { expected: 3, actual: 4 },
  already_claimed: { claimKey: 'daily:2026-11-22', transfer: 'id' },
  invalid_request: { field: 'amount', issues: [{ path: 'amount', message: 'too small' }] },
  rate_limited: { retryAfterMs: 1_500 },
  unavailable: { retryAfterMs: 2_000 },
  hold_already_resolved: { state: 'voided' },
  transfer_already_reversed: { reversedBy: 'tr_1_2' },
} satisfies { [Code in keyof CreditsErrorDetails]: unknown };

test.each(codes)('%s crosses the wire unchanged', (code) => {
  const details = (DETAILS as Record<string, unknown>)[code] as never;
  const problem = toProblem(new CreditsError(code, 'What happened, with values.', { details }), 'request-1');
  const wire: unknown = JSON.parse(JSON.stringify(problem));
  const error = parseProblem(wire, problem.status);
  expect(error).toMatchObject({ code, message: 'What happened, with values.', requestId: 'request-1' });
  expect(error.details).toEqual(details);
  expect(error.retryable).toBe(CREDITS_ERRORS[code].retryable);
  expect(problem.status).toBe(CREDITS_ERRORS[code].status ?? 500);
});

test('every code has a line in the table, and the class knows which can be retried', () => {
  expect(codes.toSorted()).toEqual(CREDITS_ERROR_CODES.toSorted());
  for (const code of codes) expect(new CreditsError(code).retryable).toBe(CREDITS_ERRORS[code].retryable);
});

test('an error without a message of its own is a sentence', () => {
  expect(new CreditsError('hold_not_found').message).toBe('Hold not found.');
  for (const code of ['unauthenticated', 'internal', 'unavailable', 'network', 'protocol'] as const) {
    expect(new CreditsError(code).message).toBe(`${CREDITS_ERRORS[code].title}.`);
  }
});

test('every code has a status that means an error, or none where no answer was had', () => {
  for (const code of codes) {
    const { status, title } = CREDITS_ERRORS[code];
    expect(status === null || (status >= 400 && status <= 599)).toBe(true);
    expect(title).toMatch(/^[A-Z][^.]+$/);
  }
});

test.each([
  [401, 'unauthenticated'],
  [402, 'insufficient_credits'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [408, 'unavailable'],
  [413, 'body_too_large'],
  [418, 'invalid_request'],
  [429, 'rate_limited'],
  [500, 'internal'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [599, 'internal'],
  [302, 'protocol'],
])('an answer of %s that is not a problem document is %s', (status, code) => {
  for (const body of [undefined, null, 'a page', [], {}, { code: 'toString' }, { code: 7 }, { code: 'no_such_code' }]) {
    expect(parseProblem(body, status).code).toBe(code);
  }
});

test('an error of another copy of the package is recognised, and a look-alike is not', () => {
  const foreign = Object.defineProperty(new Error('foreign'), Symbol.for('realtime-credits.error'), { value: true });
  expect(isCreditsError(foreign)).toBe(true);
  expect(isCreditsError(new CreditsError('internal'))).toBe(true);
  for (const value of [new Error('x'), { code: 'internal' }, null, undefined, 'internal'])
    expect(isCreditsError(value)).toBe(false);
});

test('an error without a message keeps its cause', () => {
  const cause = new Error('below');
  const error = new CreditsError('unavailable', undefined, { cause });
  expect(error.message).toBe('Try again shortly.');
  expect(error.cause).toBe(cause);
});

test('a problem carries neither cause nor stack', () => {
  const error = new CreditsError('internal', 'Broken.', { cause: new Error('password=1234') });
  expect(JSON.stringify(toProblem(error))).not.toContain('password');
});
