import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The pure model and its tests alone: what Stryker runs for each mutant. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [
      'packages/credits/test/sync/number/**/*.test.ts',
      'packages/credits/test/sync/connection/{connection,backoff,event-parser,response}*.test.ts',
    ],
  },
});
