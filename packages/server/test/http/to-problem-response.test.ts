import { expect, test } from 'vitest';
import { CREDITS_ERRORS, CreditsError, type CreditsErrorCode, parseProblem } from 'realtime-credits/contract';
import { toProblemResponse } from '../../src/http/to-problem-response.ts';

test.each(Object.keys(CREDITS_ERRORS) as CreditsErrorCode[])(
  '%s crosses the wire and is the same error',
  async (code) => {
    const response = toProblemResponse(new CreditsError(code, 'What happened.'), 'request-1');
    expect(response.status).toBe(CREDITS_ERRORS[code].status ?? 500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const error = parseProblem(await response.json(), response.status);
    expect(error).toMatchObject({ code, requestId: 'request-1' });
  },
);

test('details cross with their error', async () => {
  const details = { requested: 12, available: 5 };
  const sentence = 'Cannot spend 12 credits: 5 are available.';
  const response = toProblemResponse(new CreditsError('insufficient_credits', sentence, { details }), 'request-1');
  expect(response.status).toBe(402);
  expect(await response.json()).toMatchObject({ detail: sentence, details, title: 'Not enough credits' });
});

test.each([
  new Error('secret'),
  'secret',
  { code: 'forbidden', message: 'secret' },
  null,
  undefined,
  new CreditsError('internal', 'secret'),
])('of a bug nothing is said (%#)', async (error) => {
  const response = toProblemResponse(error, 'request-1');
  expect(response.status).toBe(500);
  expect(response.headers.get('x-request-id')).toBe('request-1');
  expect(await response.text()).not.toContain('secret');
});

test('a time to wait is said in whole seconds, rounded up', () => {
  const error = new CreditsError('rate_limited', 'Slow down.', { details: { retryAfterMs: 1_200 } });
  expect(toProblemResponse(error, 'request-1').headers.get('retry-after')).toBe('2');
  expect(toProblemResponse(new CreditsError('rate_limited'), 'request-1').headers.get('retry-after')).toBeNull();
});

test('A9: unavailable always says when to come back', () => {
  expect(toProblemResponse(new CreditsError('unavailable'), 'request-1').headers.get('retry-after')).toBe('1');
});
