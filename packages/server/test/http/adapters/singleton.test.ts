import { afterEach, expect, test, vi } from 'vitest';
import { singleton } from '../../../src/http/adapters/singleton.ts';

afterEach(() => vi.unstubAllEnvs());

test('two copies of a module open one thing between them, and only when it is asked for', async () => {
  const open = vi.fn<() => Promise<{ opened: boolean }>>(async () => ({ opened: true }));
  const [first, second] = [singleton('test-shared', open), singleton('test-shared', open)];
  expect(open).not.toHaveBeenCalled();
  const [one, other] = await Promise.all([first(), second()]);
  expect(one).toBe(other);
  expect(await first()).toBe(one);
  expect(open).toHaveBeenCalledOnce();
});

test('what failed to open is opened again by the next caller', async () => {
  const open = vi.fn<() => Promise<string>>(async () => 'open').mockRejectedValueOnce(new Error('The disk is full.'));
  const credits = singleton('test-failing', open);
  await expect(credits()).rejects.toThrow('The disk is full.');
  expect(await credits()).toBe('open');
});

test('other names are other things', async () => {
  expect(await singleton('test-a', async () => 'a')()).toBe('a');
  expect(await singleton('test-b', async () => 'b')()).toBe('b');
});

test('nothing is opened while Next builds', async () => {
  vi.stubEnv('NEXT_PHASE', 'phase-production-build');
  const open = vi.fn<() => Promise<string>>(async () => 'open');
  await expect(singleton('test-build', open)()).rejects.toThrow('connection()');
  expect(open).not.toHaveBeenCalled();
});
