// Reads the declarations that the compiler wrote (`dist/*.d.ts`): what a module declares, what it takes from others, and
// what it hands on. It leans on how the compiler lays them out: a statement begins in the first column, and everything
// that belongs to it is indented or closes a bracket.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * @typedef {{ file: string, name: string }} Reference - A name in a module; `*` for the module itself.
 * @typedef {object} Module
 * @property {string} file
 * @property {Map<string, string[]>} declared - By name; functions with overloads have several texts.
 * @property {Map<string, Reference | null>} imported - Null for a name of another package.
 * @property {Map<string, { from: Reference | null, local: string }>} exported - By the name outside.
 * @property {string[]} stars - Modules whose names are handed on.
 * @property {string[]} globals - What it adds to the names of everybody.
 */

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const DECLARATION =
  /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|interface|type|namespace) ([A-Za-z_$][\w$]*)/;
const NAMES = /^(?:import|export) (type )?\{([^}]*)\}(?: from '([^']+)')?;$/;

/** Cuts a module into its statements, without comments. @param {string} text */
function splitStatements(text) {
  const statements = /** @type {string[]} */ ([]);
  for (const line of text.replace(COMMENT, '').split('\n')) {
    const last = statements.length - 1;
    if (line.trim() === '') continue;
    if (/^[\s{}()[\]|&?:]/.test(line) && last >= 0) statements[last] += `\n${line.trimEnd()}`;
    else statements.push(line.trimEnd());
  }
  return statements;
}

/** @param {string} list @returns {[string, string][]} - The name inside and the name outside. */
function readNames(list) {
  return list
    .split(',')
    .map((each) => each.trim().replace(/^type /, ''))
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', alias = name] = each.split(' as ');
      return [name, alias];
    });
}

/** Follows a relative specifier to the declarations beside it; null for another package. @param {string} from @param {string} specifier */
function follow(from, specifier) {
  return specifier.startsWith('.') ? resolve(dirname(from), specifier.replace(/\.(ts|js)x?$/, '.d.ts')) : null;
}

/** @param {string} file @returns {Module} @throws {Error} A statement is of a kind that is not read here. */
export function readModule(file) {
  const read = /** @type {Module} */ ({
    file,
    declared: new Map(),
    imported: new Map(),
    exported: new Map(),
    stars: [],
    globals: [],
  });
  for (const statement of splitStatements(readFileSync(file, 'utf8'))) readStatement(read, statement);
  return read;
}

/** @param {Module} module @param {string} statement */
function readStatement(module, statement) {
  const { file, declared, imported, exported, stars, globals } = module;
  const names = NAMES.exec(statement.replaceAll('\n', ' '));
  const declaration = DECLARATION.exec(statement);
  const star = /^export \* from '([^']+)';$/.exec(statement);
  if (names !== null) {
    const [, , list = '', specifier] = names;
    const target = specifier === undefined ? file : follow(file, specifier);
    for (const [name, alias] of readNames(list)) {
      const reference = target === null ? null : { file: target, name };
      if (statement.startsWith('import')) imported.set(alias, reference);
      else exported.set(alias, { from: specifier === undefined ? null : reference, local: name });
    }
  } else if (star !== null) {
    stars.push(follow(file, star[1] ?? '') ?? '');
  } else if (statement.startsWith('declare global')) {
    globals.push(statement);
  } else if (declaration !== null) {
    const [, name = ''] = declaration;
    declared.set(name, [...(declared.get(name) ?? []), statement.replace(/^export /, '').replace(/^declare /, '')]);
    if (statement.startsWith('export ')) exported.set(name, { from: null, local: name });
  } else if (!/^import '|^import \* as \w+ from '|^import \w+ from '|^'use client'|^#!/.test(statement)) {
    throw new Error(`${file} has a statement that the report cannot read:\n${statement}`);
  }
}
