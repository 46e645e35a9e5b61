import { describe, expect, test } from 'vitest';
import { checkDraft, toBody, toDraft } from '@/components/admin/code-draft';
import { toCodeState } from '@/components/admin/code-state';
import type { AdminCode } from '@/lib/admin-api';
import { translator } from '../support/texts.tsx';

const CODE: AdminCode = {
  id: 1,
  code: 'SUMMER26',
  amount: 50,
  uses: 3,
  uses_max: 10,
  starts_at: '2026-06-01T10:00:30.123Z',
  ends_at: '2026-07-01T10:00:00.000Z',
  note: 'Newsletter',
  stopped: false,
  created_at: '2026-05-01T10:00:00.000Z',
};
const T = translator('admin-codes.wrong');
const JUNE = Date.parse('2026-06-15T00:00:00Z');

describe('a code’s state', () => {
  test.each([
    ['active', {}, JUNE],
    ['scheduled', {}, Date.parse('2026-05-31T00:00:00Z')],
    ['ended', {}, Date.parse(CODE.ends_at ?? '')],
    ['active', { ends_at: null }, Date.parse('2099-01-01T00:00:00Z')],
    ['used_up', { uses: 10 }, JUNE],
    ['ended', { uses: 10 }, Date.parse('2026-08-01T00:00:00Z')],
    ['stopped', { uses: 10, stopped: true }, JUNE],
  ])('is %s for %j', (state, change, at) => {
    expect(toCodeState({ ...CODE, ...change }, at)).toBe(state);
  });
});

test('an edited code sends only what is different, and an instant that was left alone keeps its seconds', () => {
  const draft = toDraft(CODE);
  expect(toBody(draft, CODE)).toEqual({ reason: '' });
  expect(toBody({ ...draft, uses: '20', ends_at: '', reason: ' More ' }, CODE)).toEqual({
    uses: 20,
    ends_at: null,
    reason: 'More',
  });
});

test('times go there and back in the zone of the browser', () => {
  const draft = { ...toDraft(CODE), starts_at: '2026-06-02T18:30' };
  const { starts_at: startsAt } = toBody(draft, CODE);
  expect(toDraft({ ...CODE, starts_at: String(startsAt) }).starts_at).toBe('2026-06-02T18:30');
});

test('a new code without a text leaves it to the server', () => {
  const draft = { ...toDraft(undefined), amount: '5', uses: '1' };
  expect(toBody(draft, undefined)).toEqual({ amount: 5, uses: 1, note: '', starts_at: null, ends_at: null });
  expect(checkDraft(draft, undefined, T)).toEqual({});
});

test.each([
  [{ code: 'abc' }, 'code', 'Use 4 to 24 letters and digits.'],
  [{ amount: '0' }, 'amount', 'Enter a whole number, such as 50.'],
  [{ amount: '1.5' }, 'amount', 'Enter a whole number, such as 50.'],
  [{ uses: '' }, 'uses', 'Enter a whole number, such as 100.'],
  [{ uses: '2' }, 'uses', 'It was used 3 times already.'],
  [{ starts_at: '' }, 'starts_at', 'Enter a date and a time.'],
  [{ ends_at: '2026-05-01T00:00' }, 'ends_at', 'The end must be after the start.'],
])('%j is refused at the field %s', (change, field, problem) => {
  expect(checkDraft({ ...toDraft(CODE), ...change }, CODE, T)).toEqual({ [field]: problem });
});
