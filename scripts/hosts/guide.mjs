// What the documents tell a host to do, read from them word by word.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { StepFailure } from '../setup/step.mjs';

const GUIDE = read('docs/install.md');
const RECIPES = read('docs/recipes.md');

/** @typedef {{ path: string, code: string }} File */

/** @param {string} path */
function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What the expression's group finds. @param {string} text @param {RegExp} expression @returns {string} */
function find(text, expression) {
  const found = expression.exec(text)?.[1];
  if (found === undefined) throw new StepFailure(`The documents no longer say ${expression}.`);
  return found;
}

/**
 * The files that the guide shows for one kind of host, by the path in their first line.
 *
 * @param {'Next' | 'React Router' | 'Express' | null} label - Null: those that are the same in every host.
 * @returns {File[]}
 */
export function readGuideFiles(label) {
  const files = /** @type {Map<string, string>} */ (new Map());
  for (const [, of = null, path = '', code = ''] of GUIDE.matchAll(
    /```tsx?(?: \[([\w ]+)\])?\n\/\/ (\S+)\n([\s\S]*?)```/g,
  )) {
    // A file that is shown twice is continued.
    if (of === label) files.set(path, (files.get(path) ?? '') + code);
  }
  return [...files].map(([path, code]) => ({ path, code }));
}

/** A file that the recipes show. @param {string} path - Below `examples/`. */
export function readRecipe(path) {
  return find(RECIPES, new RegExp(`\\n// examples/${path}\\n([^]*?)\`\`\``));
}

/** The items of the registry that the guide installs, in its order. */
export const ITEMS = [...GUIDE.matchAll(/^npx shadcn@\S+ add http:\/\/localhost:3000(\/r\/\S+)$/gm)].map(
  ([, path = '']) => path,
);

/** The packages of the server that it installs after them; what a registry serves is named by its address. */
const SERVER_PACKAGES = find(GUIDE, /^npm install (http:\/\/localhost:3000\/r\/.+)$/m).split(' ');

/** @param {string} registry - The address to install from. */
export function listServerPackages(registry) {
  return SERVER_PACKAGES.map((name) => name.replace('http://localhost:3000', registry));
}

/** The line of Vite's configuration that passes requests on to `http://localhost:3001`. */
export const VITE_PROXY = find(GUIDE, /`(server: \{ proxy: .+ \})` in `vite.config.ts`/);

/** The line of `tsconfig.json` by which files beside `app/` are found. */
export const REACT_ROUTER_PATHS = find(GUIDE, /```json\n("paths": .+)\n```/);

/** The table of the purchase's recipe. */
export const ORDERS_TABLE = find(RECIPES, /```sql\n(CREATE TABLE orders .+)\n```/);

/** A grant on the server, which needs `credits`. */
export const WELCOME = find(read('README.md'), /```ts\n(const \{ ledger \} = await credits\(\)\n[^]*?)```/);

/** A page without React, with the element. */
export const ELEMENT_PAGE = find(read('packages/credits/README.md'), /```html\n([^]*?)```/);
