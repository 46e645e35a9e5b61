import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { viteAliases } from './scripts/setup/source-aliases.mjs';

/** Processes that tests start by tsx run the sources as well. */
const SOURCES_IN_PROCESSES = {
  TSX_TSCONFIG_PATH: fileURLToPath(new URL('packages/server/tsconfig.json', import.meta.url)),
};

/** In place of the embedded engine: what only saves `initdb`. */
const TEMPLATE = fileURLToPath(new URL('packages/server/test/support/pglite-from-template.ts', import.meta.url));

// A test that wants a document says so in its first line: `// @vitest-environment happy-dom`.
// Tests that want a Postgres server are named `*.pg.test.ts`; it is started once, and only when one of them runs.
export default defineConfig({
  // Both packages are tested as their sources are, without a build.
  resolve: { alias: [...viteAliases(), { find: /^@electric-sql\/pglite$/, replacement: TEMPLATE }] },
  test: {
    setupFiles: [fileURLToPath(new URL('scripts/setup/test-timeouts.ts', import.meta.url))],
    expect: { poll: { timeout: 30_000 } },
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
          name: 'server',
          include: ['packages/server/test/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
          env: SOURCES_IN_PROCESSES,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['{packages/server,apps/dashboard,examples}/test/**/*.pg.test.ts'],
          globalSetup: ['packages/server/test/support/postgres-server.ts'],
          env: SOURCES_IN_PROCESSES,
        },
      },
      {
        extends: true,
        resolve: {
          alias: [{ find: /^@(?=\/)/, replacement: fileURLToPath(new URL('apps/dashboard', import.meta.url)) }],
        },
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
