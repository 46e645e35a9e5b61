import { afterEach, expect, test, vi } from 'vitest';
import { oncePerProcess } from '../../src/http/once-per-process.ts';

afterEach(() => vi.unstubAllEnvs());

test('two copies of a module open one thing between them, and only when it is asked for', async () => {
  const open = vi.fn<() => Promise<{ opened: boolean }>>(async () => ({ opened: true }));
  const [first, second] = [oncePerProcess('test-shared', open), oncePerProcess('test-shared', open)];
  expect(open).not.toHaveBeenCalled();
  const [one, other] = await Promise.all([first(), second()]);
  expect(one).toBe(other);
  expect(await first()).toBe(one);
  expect(open).toHaveBeenCalledOnce();
});

test('what failed to open is opened again by whoever asks next', async () => {
  const open = vi.fn<() => Promise<string>>(async () => 'open').mockRejectedValueOnce(new Error('The disk is full.'));
  const credits = oncePerProcess('test-failing', open);
  await expect(credits()).rejects.toThrow('The disk is full.');
  expect(await credits()).toBe('open');
});

test('other names are other things', async () => {
  expect(await oncePerProcess('test-a', async () => 'a')()).toBe('a');
  expect(await oncePerProcess('test-b', async () => 'b')()).toBe('b');
});

test('nothing is opened while Next builds', async () => {
  vi.stubEnv('NEXT_PHASE', 'phase-production-build');
  const open = vi.fn<() => Promise<string>>(async () => 'open');
  await expect(oncePerProcess('test-build', open)()).rejects.toThrow("export const dynamic = 'force-dynamic'");
  expect(open).not.toHaveBeenCalled();
});
