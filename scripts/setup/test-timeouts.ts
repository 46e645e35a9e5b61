import { vi } from 'vitest';

/**
 * What a test waits for may take long on a busy machine: how long decides nothing. Vitest gives up after a second; and
 * Testing Library, too.
 */
const TIMEOUT_MS = 30_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? { timeout: TIMEOUT_MS });

// Only for tests with a document.
if (typeof document !== 'undefined') {
  const { configure } = await import('@testing-library/react');
  configure({ asyncUtilTimeout: TIMEOUT_MS });
}
