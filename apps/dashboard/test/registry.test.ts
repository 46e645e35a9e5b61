import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DASHBOARD = fileURLToPath(new URL('..', import.meta.url));

interface Item {
  name: string;
  dependencies?: string[];
  registryDependencies?: string[];
  cssVars?: { theme?: Record<string, string>; light?: Record<string, string> };
  files: { path: string; target: string }[];
}

const { items } = JSON.parse(readFileSync(join(DASHBOARD, 'registry.json'), 'utf8')) as { items: Item[] };

/** What every shadcn project has, and what this one asks its host for. */
const OF_THE_HOST = new Set(['lib/utils.ts', 'stores/user-store.ts']);
/** What every host has. None of Next: a host may be built by Vite. */
const OF_REACT = new Set(['react', 'react-dom']);

const IMPORT = /(?:(?<!')\bfrom|import\()\s*'([^']+)'/g;

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

const byPath = new Map(items.map((item) => [`/r/${item.name}.json`, item]));

/** An item with everything that comes with it. */
function withDependencies(item: Item): Item[] {
  return [item, ...(item.registryDependencies ?? []).flatMap((path) => byPath.get(path) ?? [])];
}

test.each(items.map((item) => [item.name, item] as const))(
  'A16: %s brings every file and package that it imports, and needs no Next',
  (_name, item) => {
    const brought = new Set(withDependencies(item).flatMap(({ files }) => files.map(({ target }) => target)));
    const packages = new Set([...(item.dependencies ?? []).map(nameOf), ...OF_REACT]);
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

test('items build only on items of this registry, and on none that builds on others', () => {
  const built = items.flatMap(({ registryDependencies = [] }) => registryDependencies);
  const leaves = new Set(
    items.filter((item) => item.registryDependencies === undefined).map(({ name }) => `/r/${name}.json`),
  );
  expect(built.filter((path) => !leaves.has(path))).toEqual([]);
});

test('a file belongs to one item', () => {
  const targets = items.flatMap(({ files }) => files.map(({ target }) => target));
  expect(targets.filter((target, index) => targets.indexOf(target) !== index)).toEqual([]);
});

/** Where an item may put its files: no host has these of its own, but for the paths that the design document promises. */
const OWN_PATHS =
  /^(components\/(CreditsDisplay\.tsx|credits\/.+|examples\/.+)|hooks\/useCreditsUpdate\.ts|stores\/(credits|user)-store\.ts)$/;

test('A15: no item puts a file where a host has its own', () => {
  expect(
    items.flatMap(({ files }) => files.map(({ target }) => target)).filter((path) => !OWN_PATHS.test(path)),
  ).toEqual([]);
});

/** The colours that every shadcn project has. */
const OF_SHADCN = new Set(
  'background foreground card card-foreground popover popover-foreground primary primary-foreground secondary secondary-foreground muted muted-foreground accent accent-foreground destructive border input ring'.split(
    ' ',
  ),
);
const COLOUR =
  /(?:^|[\s'":])(?:bg|text|border|ring|from|to|decoration|placeholder:text)-((?:background|foreground|card|popover|primary|secondary|muted|accent|destructive|border|input|ring|overlay|sidebar|success|info|credits)(?:-[a-z]+)*)/g;

test.each(items.map((item) => [item.name, item] as const))('%s brings every colour that it uses', (_name, item) => {
  const brought = new Set(
    withDependencies(item).flatMap(({ cssVars }) =>
      Object.keys(cssVars?.theme ?? {}).map((name) => name.replace(/^color-/, '')),
    ),
  );
  const used = item.files.flatMap(({ path }) =>
    [...readFileSync(join(DASHBOARD, path), 'utf8').matchAll(COLOUR)].map(([, name = '']) => name),
  );
  expect([...new Set(used)].filter((name) => !OF_SHADCN.has(name) && !brought.has(name))).toEqual([]);
});

test.each(items.map((item) => [item.name, item] as const))(
  'A14: %s makes its colours of the host’s own, and asks for no class that says what is dark',
  (_name, { cssVars }) => {
    const constants = Object.keys(cssVars?.light ?? {});
    const named = Object.values(cssVars?.theme ?? {}).flatMap((value) =>
      [...value.matchAll(/var\(--([a-z-]+)\)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !OF_SHADCN.has(name) && !constants.includes(name))).toEqual([]);
    expect(Object.keys(cssVars ?? {})).not.toContain('dark');
  },
);

test("the design document's files land where it says", () => {
  const targets = items.flatMap(({ files }) => files.map(({ target }) => target));
  expect(targets).toEqual(
    expect.arrayContaining([
      'components/CreditsDisplay.tsx',
      'components/examples/CreditsUpdateExample.tsx',
      'hooks/useCreditsUpdate.ts',
      'stores/credits-store.ts',
    ]),
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
