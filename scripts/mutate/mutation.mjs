import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { ELEMENT_MUTATIONS } from './element.mjs';
import { SYNC_MUTATIONS } from './sync.mjs';

/**
 * One rule, taken out of the source in the way in which somebody might lose it.
 *
 * @typedef {object} Mutation
 * @property {string} rule - What is kept, by the name of the rule.
 * @property {string} mistake - What the mutated source does instead.
 * @property {string} file - Below the `src` of its package.
 * @property {string} by - The test file, below the `test` of its package, that is the first to be asked. Where it notices
 *   nothing the whole suite is.
 * @property {string} [test] - The beginning of the name of one test in it, where the file
 *   takes long.
 * @property {string} find - Stands in the file exactly once.
 * @property {string} replace
 *
 * @typedef {{ name: string, mutations: Mutation[], tests: string[] }} Suite
 */

const CREDITS = 'packages/credits';
const SERVER = 'packages/server';

/** @param {string} path - Of a source or a test, below the folder of its kind. */
const packageOf = (path) => (/^(ledger|http|cli|simulation|durability)\//.test(path) ? SERVER : CREDITS);

/** What is tested by what. */
export const SUITES = /** @type {Suite[]} */ ([
  {
    name: 'sync',
    mutations: SYNC_MUTATIONS,
    tests: [`${CREDITS}/test/sync/`, `${CREDITS}/test/contract/`, `${SERVER}/test/simulation/simulation.`],
  },
  { name: 'element', mutations: ELEMENT_MUTATIONS, tests: [`${CREDITS}/test/element/`] },
]);

/** What to ask first. @param {Mutation} mutation @returns {{ tests: string[], name: string | null }} */
export function firstTestsOf({ by, test }) {
  return { tests: [`${packageOf(by)}/test/${by}.`], name: test ?? null };
}

/** Where the file is, as bundlers name it. @param {Mutation} mutation */
export function pathOf({ file }) {
  return join(ROOT, packageOf(file), 'src', file).replaceAll('\\', '/');
}

/**
 * Why a mutation says nothing about the source as it stands; null when it does.
 *
 * @param {Mutation} mutation
 */
export function findRot(mutation) {
  const { file, find, replace, rule } = mutation;
  const found = readFileSync(pathOf(mutation), 'utf8').split(find).length - 1;
  if (found !== 1) return `${rule}: its text stands ${found} times in ${file}, where it must stand once:\n    ${find}`;
  return find === replace ? `${rule}: it changes nothing` : null;
}
