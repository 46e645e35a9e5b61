import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// A test that wants a document says so in its first line: `// @vitest-environment happy-dom`.
// Tests that want a Postgres server are named `*.pg.test.ts`; it is started once, and only when one of them runs.
export default defineConfig({
  test: {
    // The embedded database takes seconds to be made where processors are shared.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Much of it waits for processes and disks: also on two processors, one file after the other leaves one of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'credits',
          include: ['packages/credits/test/**/*.test.{ts,tsx}'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['{packages/credits,apps/dashboard,examples}/test/**/*.pg.test.ts'],
          globalSetup: ['packages/credits/test/support/postgres-server.ts'],
        },
      },
      {
        extends: true,
        resolve: { alias: { '@': fileURLToPath(new URL('apps/dashboard', import.meta.url)) } },
        test: {
          name: 'dashboard',
          include: ['apps/dashboard/test/**/*.test.{ts,tsx}'],
          exclude: ['apps/dashboard/test/e2e/**', '**/*.pg.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'documents',
          include: ['{examples,docs}/test/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
        },
      },
    ],
  },
});
