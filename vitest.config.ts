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

/** Tests of the server package that start programs, end them, or replace the timers of their own process. */
const WITH_PROCESSES = 'packages/server/test/{cli,durability,ledger/embedded,package,simulation}/**';

/** How the dashboard's own modules are named in it. */
const DASHBOARD_ALIAS = [{ find: /^@(?=\/)/, replacement: fileURLToPath(new URL('apps/dashboard', import.meta.url)) }];

// A test that wants a document says so in its first line: `// @vitest-environment happy-dom`.
// Where `isolate` is off, files follow each other in one process, which loads its modules and compiles the embedded database
// once: half the time of the tests went into that. What a file changes globally, it restores.
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
    // Much of it waits for processes and disks: with as many files at once as processors, one of them is often idle.
    maxWorkers: availableParallelism() + 1,
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
          isolate: false,
          include: ['packages/server/test/**/*.test.ts'],
          exclude: [WITH_PROCESSES, '**/*.pg.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: [`${WITH_PROCESSES}/*.test.ts`],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
          env: SOURCES_IN_PROCESSES,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          setupFiles: [fileURLToPath(new URL('scripts/setup/test-passwords.mjs', import.meta.url))],
          include: ['{packages/server,apps/dashboard,examples}/test/**/*.pg.test.ts'],
          globalSetup: ['packages/server/test/support/postgres-server.ts'],
          env: SOURCES_IN_PROCESSES,
        },
      },
      {
        extends: true,
        resolve: { alias: DASHBOARD_ALIAS },
        test: {
          name: 'dashboard',
          include: ['apps/dashboard/test/{server,fuzz}/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
          isolate: false,
          setupFiles: [fileURLToPath(new URL('scripts/setup/test-passwords.mjs', import.meta.url))],
        },
      },
      {
        extends: true,
        resolve: { alias: DASHBOARD_ALIAS },
        test: {
          name: 'pages',
          include: ['apps/dashboard/test/**/*.test.{ts,tsx}'],
          exclude: ['apps/dashboard/test/{e2e,server,fuzz}/**', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'documents',
          isolate: false,
          include: ['{examples,docs}/test/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
        },
      },
    ],
  },
});
