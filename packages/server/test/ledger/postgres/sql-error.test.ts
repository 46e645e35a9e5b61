import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import { expect, test } from 'vitest';
import { isConflict, isConnectionFailure, isRefusal, toCreditsError } from '../../../src/ledger/postgres/sql-error.ts';

function sqlError(code: string): Error {
  return Object.assign(new Error('What the database says, with /a/path in it.'), { code });
}

test.each(['57014', '55P03', '25006', '53100', '53200', '53300', '58030'])(
  'a database that refuses with %s is unavailable: not repeated at once, and its sentence tells nothing of the server',
  (code) => {
    const error = sqlError(code);
    expect([isRefusal(error), isConflict(error), isConnectionFailure(error)]).toEqual([true, false, false]);
    const coded = toCreditsError(error);
    expect(coded).toMatchObject({ code: 'unavailable', details: { retryAfterMs: 5_000 }, cause: error });
    expect(String(coded)).not.toContain('/a/path');
  },
);

test('a standby refuses to begin a transaction that writes, which is the refusal of a database that takes no changes', () => {
  const error = Object.assign(sqlError('0A000'), { routine: 'call_bool_check_hook' });
  expect(isRefusal(error)).toBe(true);
  expect(toCreditsError(error)).toMatchObject({ code: 'unavailable', message: expect.stringContaining('standby') });
  expect(isRefusal(sqlError('0A000'))).toBe(false);
});

test.each(['08000', '08006', '57P01', '57P02', '57P03', '25P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])(
  'a connection that fails with %s is unavailable, and its batch may be repeated',
  (code) => {
    const error = sqlError(code);
    expect([isRefusal(error), isConflict(error), isConnectionFailure(error)]).toEqual([false, false, true]);
    expect(toCreditsError(error)).toMatchObject({ code: 'unavailable' });
  },
);

test.each(['23505', '40001', '40P01'])('%s is a conflict: deciding again can succeed', (code) => {
  const error = sqlError(code);
  expect([isRefusal(error), isConflict(error), isConnectionFailure(error)]).toEqual([false, true, false]);
  expect(toCreditsError(error)).toMatchObject({ code: 'unavailable' });
});

test('a pool without a free connection is unavailable', () => {
  const error = new Error('timeout exceeded when trying to connect');
  expect(isRefusal(error)).toBe(true);
  expect(toCreditsError(error)).toMatchObject({ code: 'unavailable' });
});

test('a coded error stays as it is, and so does a bug', () => {
  const coded = new CreditsError('hold_not_found');
  const bug = new TypeError('x is not a function');
  expect(toCreditsError(coded)).toBe(coded);
  expect(toCreditsError(bug)).toBe(bug);
  expect(isCreditsError(toCreditsError(sqlError('22012')))).toBe(false);
});
