import { CreditsError } from 'realtime-credits';
import { expect, test, vi } from 'vitest';
import { repeatWhole } from '../../recipes/repeat-whole.ts';

test('a transaction that conflicted with another one is run again, whole', async () => {
  const work = vi.fn<() => Promise<string>>(async () => 'done');
  work.mockRejectedValueOnce(new CreditsError('unavailable'));
  work.mockRejectedValueOnce(Object.assign(new Error('deadlock detected'), { code: '40P01' }));
  expect(await repeatWhole(work)).toBe('done');
  expect(work).toHaveBeenCalledTimes(3);
});

test('the third refusal in a row is the last', async () => {
  const work = vi.fn<() => Promise<string>>(() => Promise.reject(new CreditsError('unavailable')));
  await expect(repeatWhole(work)).rejects.toMatchObject({ code: 'unavailable' });
  expect(work).toHaveBeenCalledTimes(3);
});

test('what would be refused again is not repeated', async () => {
  for (const error of [new CreditsError('already_claimed'), new Error('A bug.'), null]) {
    const work = vi.fn<() => Promise<string>>(() => Promise.reject(error));
    await expect(repeatWhole(work)).rejects.toBe(error);
    expect(work).toHaveBeenCalledOnce();
  }
});
