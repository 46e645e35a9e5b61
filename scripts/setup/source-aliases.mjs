// The packages' entries as paths of their sources, for tools that run them without a build: vitest, the bundles of the
// simulator and of the kill loop, the mutations. One path for each entry: no module is loaded twice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './install.mjs';

/** The packages, in the order in which they are built: below `packages/`. */
export const PACKAGES = /** @type {const} */ (['credits', 'server']);

/** @returns {Record<string, string>} - By the specifier: the source file. */
export function sourceAliases() {
  const entries = PACKAGES.flatMap((folder) => {
    const directory = join(ROOT, 'packages', folder);
    const { name, exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return Object.entries(exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([place, target]) => [
        name + place.slice(1),
        join(directory, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
      ]);
  });
  return Object.fromEntries(entries);
}

/** The same as vite takes it: each specifier as a whole, since one is the beginning of others. */
export function viteAliases() {
  return Object.entries(sourceAliases()).map(([specifier, replacement]) => ({
    find: new RegExp(`^${specifier}$`),
    replacement,
  }));
}
