import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The table of ARCHITECTURE.md, enforced by the linter: these tests write one wrong import each into a copy of the tree
// and look whether the build would be red. A rule that was lost from the configuration is a failing test here.

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const OXLINT = join(ROOT, 'node_modules/oxlint/bin/oxlint');
const directory = mkdtempSync(join(tmpdir(), 'import-rules-'));
cpSync(join(ROOT, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Lints files that hold only this code, at once; returns the rules that each of them breaks. */
function lintAll(sources: readonly [path: string, code: string][]): string[][] {
  for (const [path, code] of sources) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  const paths = sources.map(([path]) => path);
  const linting = spawnSync(process.execPath, [OXLINT, '--format=json', ...paths], {
    cwd: directory,
    encoding: 'utf8',
  });
  const { diagnostics, number_of_files: count } = JSON.parse(linting.stdout) as Printed;
  expect(count).toBe(paths.length);
  for (const path of paths) rmSync(join(directory, path));
  return paths.map((path) => diagnostics.filter(({ filename }) => filename === path).map(({ code }) => code));
}

interface Printed {
  diagnostics: { code: string; filename: string }[];
  number_of_files: number;
}

const lint = (path: string, code: string): string[] => lintAll([[path, code]])[0] ?? [];

/** The folders of the server's package; the others are the browser's. */
const OF_SERVER = new Set(['ledger', 'ledger/rules', 'ledgers', 'http', 'cli']);

const source = (folder: string, specifier: string, name = 'example'): [string, string] => [
  `packages/${OF_SERVER.has(folder) ? 'server' : 'credits'}/src/${folder}/${name}.ts`,
  `import { example } from '${specifier}';\n\nexport const value = example;\n`,
];

const FORBIDDEN: [folder: string, specifier: string][] = [
  ['contract', '../sync/client.ts'],
  ['contract', 'zod'],
  ['contract', 'node:crypto'],
  ['ledger', '../http/handler.ts'],
  ['ledger', '../cli/main.ts'],
  ['ledger', '../index.ts'],
  ['ledger', '../ledgers/create-ledgers.ts'],
  ['ledgers', '../http/handler.ts'],
  ['ledgers', '../cli/main.ts'],
  ['ledgers', 'realtime-credits/client'],
  ['ledger', '../../../credits/src/contract/error.ts'],
  ['ledger', 'realtime-credits'],
  ['ledger', 'realtime-credits/client'],
  ['ledger', 'hono'],
  ['ledger/rules', 'pg'],
  ['ledger/rules', '../storage.ts'],
  ['ledger/rules', '../postgres/statements.ts'],
  ['ledger/rules', 'node:fs'],
  ['ledger/rules', 'node:timers/promises'],
  ['ledger/rules', 'realtime-credits/client'],
  ['http', '../cli/main.ts'],
  ['http', '../index.ts'],
  ['http', '../../../credits/src/sync/client.ts'],
  ['http', 'realtime-credits/react'],
  ['http', 'realtime-credits-server'],
  ['http', 'pg'],
  ['cli', '../http/handler.ts'],
  ['cli', '../index.ts'],
  ['cli', '../../../credits/src/sync/client.ts'],
  ['cli', 'realtime-credits/element'],
  ['cli', 'hono'],
  ['cli', '@electric-sql/pglite'],
  ['sync', '../react/use-credits.ts'],
  ['sync', '../element/credits-balance.ts'],
  ['sync', '../devtools/faults.ts'],
  ['sync', './compat/predictions.ts'],
  ['sync/commands', '../compat/predictions.ts'],
  ['sync/number', '../environment.ts'],
  ['sync/number', '../../react/use-credits-state.ts'],
  ['sync', '../../../server/src/ledger/ledger.ts'],
  ['sync', 'realtime-credits-server'],
  ['sync', 'node:events'],
  ['sync', 'react'],
  ['react', '../element/credits-balance.ts'],
  ['react', '../devtools/faults.ts'],
  ['react', '../../../server/src/ledger/ledger.ts'],
  ['react', 'realtime-credits-server'],
  ['react', 'node:events'],
  ['react', 'react-dom'],
  ['devtools', '../element/credits-balance.ts'],
  ['devtools', '../../../server/src/http/handler.ts'],
  ['devtools', 'realtime-credits-server'],
  ['devtools', 'node:events'],
  ['devtools', 'react-dom'],
  ['element', '../react/use-credits-state.ts'],
  ['element', '../../../server/src/http/handler.ts'],
  ['element', 'realtime-credits-server'],
  ['element', 'node:events'],
  ['element', 'react'],
];

const ALLOWED: typeof FORBIDDEN = [
  ['contract', './error.ts'],
  ['ledger', 'realtime-credits/contract'],
  ['ledger', 'pg'],
  ['ledger', 'node:crypto'],
  ['ledger/rules', './journal.ts'],
  ['ledger/rules', '../commands.ts'],
  ['ledger/rules', 'realtime-credits/contract'],
  ['ledger/rules', 'node:crypto'],
  ['ledgers', 'realtime-credits/contract'],
  ['ledgers', '../ledger/ledger.ts'],
  ['http', 'realtime-credits/contract'],
  ['http', '../ledger/ledger.ts'],
  ['http', 'hono'],
  ['cli', 'realtime-credits/contract'],
  ['cli', '../ledger/create-ledger.ts'],
  ['cli', 'node:util'],
  ['sync', '../contract/error.ts'],
  ['sync/number', '../../contract/error.ts'],
  ['sync/compat', '../client.ts'],
  ['react', '../sync/client.ts'],
  ['react', 'react'],
  ['devtools', '../react/use-credits-state.ts'],
  ['devtools', '../sync/client.ts'],
  ['devtools', 'react'],
  ['element', '../contract/route.ts'],
  ['element', '../sync/client.ts'],
];

const CASES = [...FORBIDDEN, ...ALLOWED];
let broken: string[][];
beforeAll(() => {
  broken = lintAll(CASES.map(([folder, specifier], index) => source(folder, specifier, `example-${index}`)));
});

test.each(FORBIDDEN.map((forbidden) => [...forbidden, CASES.indexOf(forbidden)] as const))(
  '%s/ may not import %s',
  (_folder, _specifier, index) => {
    expect(broken[index]).toContain('eslint(no-restricted-imports)');
  },
);

test.each(ALLOWED.map((allowed) => [...allowed, CASES.indexOf(allowed)] as const))(
  '%s/ may import %s',
  (_folder, _specifier, index) => {
    expect(broken[index]).toEqual([]);
  },
);

test('a nested folder is held to the rule of the folder above it', () => {
  expect(lint(...source('sync/connection', '../../react/use-credits-state.ts'))).toContain(
    'eslint(no-restricted-imports)',
  );
});

test('no server code is reachable from the entries that browsers load', () => {
  for (const specifier of ['../../server/src/index.ts', 'realtime-credits-server', 'node:crypto']) {
    const code = `export { createLedger } from '${specifier}';\n`;
    expect(lint('packages/credits/src/client.ts', code)).toContain('eslint(no-restricted-imports)');
  }
});

test('what the dashboard sends to browsers may take types of the server, and nothing else of it', () => {
  const path = 'apps/dashboard/stores/example.ts';
  const taken = "import { createLedger } from 'realtime-credits-server';\n\nexport const value = createLedger;\n";
  const typed = "import type { Ledger } from 'realtime-credits-server';\n\nexport type Value = Ledger;\n";
  expect(lint(path, taken)).toContain('eslint(no-restricted-imports)');
  expect(lint(path, typed)).toEqual([]);
});

test.each(['packages/credits/src/sync', 'packages/server/src/http'])('%s never writes to the console', (folder) => {
  expect(lint(`${folder}/example.ts`, "console.log('hello');\n")).toContain('eslint(no-console)');
});

test('any and non-null assertions are refused everywhere', () => {
  expect(lint('apps/dashboard/lib/example.ts', 'export const value: any = 1;\n')).toContain(
    'typescript(no-explicit-any)',
  );
  expect(lint('apps/dashboard/lib/example.ts', 'export const first = (list: string[]) => list[0]!;\n')).toContain(
    'typescript(no-non-null-assertion)',
  );
});

test('modules that import each other are refused', () => {
  const other = join(directory, 'packages/credits/src/sync/other.ts');
  mkdirSync(dirname(other), { recursive: true });
  writeFileSync(other, "import { value } from './example.ts';\n\nexport const example = () => value;\n");
  const [path, code] = source('sync', './other.ts');
  expect(lint(path, code)).toContain('import(no-cycle)');
  rmSync(other);
});
