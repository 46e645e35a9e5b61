import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DASHBOARD = fileURLToPath(new URL('..', import.meta.url));

interface Item {
  name: string;
  dependencies?: string[];
  files: { path: string; target: string }[];
}

const { items } = JSON.parse(readFileSync(join(DASHBOARD, 'registry.json'), 'utf8')) as { items: Item[] };

/** What every shadcn project has, and what this one asks its host for. */
const OF_THE_HOST = new Set(['lib/utils.ts', 'stores/user-store.ts']);
/** What every Next project has. */
const OF_NEXT = new Set(['react', 'react-dom']);

const IMPORT = /(?:from|import\()\s*'([^']+)'/g;

function importsOf(path: string): string[] {
  return [...readFileSync(join(DASHBOARD, path), 'utf8').matchAll(IMPORT)].map(([, from = '']) => from);
}

/** The file that an import of the host's own means; null for a package. */
function resolve(from: string, importer: string): string | null {
  if (!from.startsWith('@/') && !from.startsWith('.')) return null;
  const path = from.startsWith('@/') ? from.slice(2) : normalize(join(dirname(importer), from));
  return (
    ['', '.ts', '.tsx']
      .map((end) => path + end)
      .find((file) => existsSync(join(DASHBOARD, file)) && /\.\w+$/.test(file)) ?? path
  );
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

function nameOf(dependency: string): string {
  return dependency.replace(/(.)@.*$/, '$1');
}

test.each(items.map((item) => [item.name, item] as const))(
  '%s brings every file and package that it imports',
  (_name, item) => {
    const brought = new Set(item.files.map(({ path }) => path));
    const packages = new Set([...(item.dependencies ?? []).map(nameOf), ...OF_NEXT]);
    const missing = item.files.flatMap(({ path }) =>
      importsOf(path).flatMap((from) => {
        const file = resolve(from, path);
        if (file === null) return packages.has(packageOf(from)) ? [] : [`${path} imports ${from}`];
        return brought.has(file) || OF_THE_HOST.has(file) ? [] : [`${path} imports ${file}`];
      }),
    );
    expect(missing).toEqual([]);
  },
);

test.each(items.map((item) => [item.name, item] as const))(
  '%s brings nothing that it does not import',
  (_name, item) => {
    const imported = new Set(item.files.flatMap(({ path }) => importsOf(path)).map(packageOf));
    expect((item.dependencies ?? []).map(nameOf).filter((name) => !imported.has(name))).toEqual([]);
  },
);

test("the design document's files land where it says", () => {
  const targets = items.find(({ name }) => name === 'credits')?.files.map(({ target }) => target);
  expect(targets).toEqual(
    expect.arrayContaining(['components/CreditsDisplay.tsx', 'hooks/useCreditsUpdate.ts', 'stores/credits-store.ts']),
  );
});

test('the package is named at the version that is packed', () => {
  const { version } = JSON.parse(readFileSync(join(DASHBOARD, '../../packages/credits/package.json'), 'utf8')) as {
    version: string;
  };
  const named = items.flatMap(({ dependencies = [] }) =>
    dependencies.filter((name) => name.startsWith('realtime-credits')),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(new Set(named)).toEqual(new Set([`realtime-credits@${version}`]));
});
