// The public surface as text: for each entry of the package the names that it exports with their declarations, and below
// them what those reach without exporting it. Sorted, without comments: it changes when the surface does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { readModule } from './declarations.mjs';

/** @typedef {import('./declarations.mjs').Module} Module */
/** @typedef {import('./declarations.mjs').Reference} Reference */

/** @param {string} folder - Of the package, below `packages`. */
const pathOf = (folder) => join(ROOT, 'packages', folder, 'api.md');

/** @param {string} folder */
export function apiChanged(folder) {
  return `packages/${folder}/api.md is not the public surface as it is built now. See what has changed by
\`npm run api -- --write\` and \`git diff packages/${folder}/api.md\`; if it is meant, commit it with a changeset.`;
}

/** The report as it stands in git; empty where there is none yet. @param {string} folder */
export function readReport(folder) {
  return existsSync(pathOf(folder)) ? readFileSync(pathOf(folder), 'utf8') : '';
}

/** @param {string} folder @param {string} report */
export function writeReport(folder, report) {
  writeFileSync(pathOf(folder), report);
}

/** Strings and property names are not references. */
const NOT_REFERENCES = /'[^'\n]*'|`[^`]*`|(?<=[\s(;{])(?:readonly )?[\w$]+\??(?=[:(])(?!:\/\/)|\.\s*[\w$]+/g;

/** @param {string} directory - The package, built. */
function createReader(directory) {
  const modules = /** @type {Map<string, Module>} */ (new Map());

  /** @param {string} file @returns {Module} */
  function load(file) {
    const found = modules.get(file) ?? readModule(file);
    modules.set(file, found);
    return found;
  }

  /** Where a name is declared; null for a name of another package. @param {Reference} reference @returns {Reference | null} */
  function resolveName({ file, name }) {
    const { declared, imported } = load(file);
    if (declared.has(name)) return { file, name };
    const elsewhere = imported.get(name);
    if (elsewhere !== undefined) return elsewhere === null ? null : resolveExport(elsewhere);
    return resolveExport({ file, name });
  }

  /** @param {Reference} reference @returns {Reference | null} */
  function resolveExport({ file, name }) {
    const { exported, stars } = load(file);
    const own = exported.get(name);
    if (own !== undefined) return own.from === null ? resolveName({ file, name: own.local }) : resolveExport(own.from);
    for (const star of stars) if (listExports(star).has(name)) return resolveExport({ file: star, name });
    return null;
  }

  /** @param {string} file @returns {Map<string, Reference | null>} - By the name outside, sorted. */
  function listExports(file) {
    const { exported, stars } = load(file);
    const names = [...stars.flatMap((star) => [...listExports(star).keys()]), ...exported.keys()];
    return new Map(names.toSorted().map((name) => [name, resolveExport({ file, name })]));
  }

  /** What a declaration speaks of: other declarations of the package. @param {Reference} reference @returns {Reference[]} */
  function listReached({ file, name }) {
    const { declared, imported } = load(file);
    const text = (declared.get(name) ?? []).join('\n').replace(NOT_REFERENCES, ' ');
    const words = new Set(text.match(/[A-Za-z_$][\w$]*/g));
    return [...words]
      .filter((word) => word !== name && (declared.has(word) || imported.has(word)))
      .flatMap((word) => resolveName({ file, name: word }) ?? []);
  }

  /** @param {Reference} reference */
  const textOf = ({ file, name }) => (load(file).declared.get(name) ?? []).join('\n');

  return { load, listExports, listReached, textOf, place: (/** @type {string} */ file) => relative(directory, file) };
}

/** @param {Reference} reference */
const keyOf = ({ file, name }) => `${file} ${name}`;

/** @param {string[]} texts */
const block = (texts) => `\`\`\`ts\n${texts.join('\n\n')}\n\`\`\`\n`;

/**
 * Writes the report of a package that is built.
 *
 * @param {string} folder - Of the package: below `packages`, or its whole path.
 */
export function reportApi(folder) {
  const directory = resolve(ROOT, 'packages', folder);
  const {
    name: packageName,
    exports,
    bin,
    peerDependencies,
  } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const reader = createReader(directory);
  const shown = /** @type {Map<string, string>} */ (new Map());
  const queue = /** @type {Reference[]} */ ([]);
  const parts = [
    `# The public surface of \`${packageName}\`\n`,
    'Written by `npm run api -- --write` from the declarations of the built package; `npm run check` compares. A change in\nhere is a change for others: it needs a changeset.\n',
    `Programs: ${Object.keys(bin ?? {}).join(', ')}. Peers: ${JSON.stringify(peerDependencies ?? {})}.\n`,
  ];

  for (const [place, target] of Object.entries(exports)) {
    if (typeof target !== 'object') continue;
    const entry = `${packageName}${place.slice(1)}`;
    const file = join(directory, target.types);
    const texts = /** @type {string[]} */ ([]);
    const again = /** @type {Map<string, string[]>} */ (new Map());
    for (const [name, reference] of reader.listExports(file)) {
      if (reference === null) {
        texts.push(`// ${name}: of another package`);
        continue;
      }
      const before = shown.get(keyOf(reference));
      if (before !== undefined) again.set(before, [...(again.get(before) ?? []), name]);
      else {
        shown.set(keyOf(reference), entry);
        queue.push(reference);
        texts.push((name === reference.name ? '' : `// as ${name}\n`) + reader.textOf(reference));
      }
    }
    parts.push(`## \`${entry}\`\n`);
    for (const [from, names] of again) parts.push(`From \`${from}\`: ${names.join(', ')}.\n`);
    texts.push(...reader.load(file).globals);
    if (texts.length > 0) parts.push(block(texts));
  }

  const reached = /** @type {Map<string, Reference>} */ (new Map());
  for (let reference = queue.shift(); reference !== undefined; reference = queue.shift()) {
    for (const other of reader.listReached(reference)) {
      if (shown.has(keyOf(other)) || reached.has(keyOf(other))) continue;
      reached.set(keyOf(other), other);
      queue.push(other);
    }
  }
  const rest = [...reached.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  parts.push('## Reached by these, and not exported\n');
  parts.push(block(rest.map((reference) => `// ${reader.place(reference.file)}\n${reader.textOf(reference)}`)));
  return parts.join('\n');
}
