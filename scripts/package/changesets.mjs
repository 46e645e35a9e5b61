// Who changes the public surface says so: where the packages' api.md are not what was released last, a changeset has to
// lie in .changeset. The files are those of the tool Changesets, which reads them when a release is made.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { PACKAGES } from '../setup/source-aliases.mjs';

const HEAD = /^---\n((?:.+\n)*?)---\n+\S/;
const BUMP = /^(['"]?)realtime-credits(?:-server)?\1: (patch|minor|major)$/;

/**
 * @typedef {object} Released
 * @property {string | null} version - Null before the first release: everything counts as changed.
 * @property {string | null} surface - Fingerprint of both `api.md` at that version.
 */

/** @param {string} root */
const pathsOf = (root) => ({
  reports: PACKAGES.map((folder) => join(root, 'packages', folder, 'api.md')),
  changesets: join(root, '.changeset'),
  released: join(root, '.changeset/released.json'),
});

/** @param {string} root */
function fingerprint(root) {
  const hash = createHash('sha256');
  for (const report of pathsOf(root).reports) hash.update(readFileSync(report));
  return hash.digest('hex');
}

/** The changesets that wait for the next release, by file. @param {string} [root] @returns {Map<string, string>} */
export function readChangesets(root = ROOT) {
  const { changesets } = pathsOf(root);
  const files = readdirSync(changesets).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return new Map(files.toSorted().map((file) => [file, readFileSync(join(changesets, file), 'utf8')]));
}

/**
 * What is wrong with the changesets; null when nothing is.
 *
 * One changeset is enough for any number of changes between two releases: whether each is told is for people to see.
 *
 * @param {string} [root]
 */
export function findMissingChangeset(root = ROOT) {
  const changesets = readChangesets(root);
  for (const [file, text] of changesets) {
    const head = HEAD.exec(text)?.[1]?.trimEnd().split('\n') ?? [];
    if (head.length > 0 && head.every((line) => BUMP.test(line))) continue;
    return `.changeset/${file} is not read by anybody: it begins with ---, 'realtime-credits': minor (or patch, major), ---, and then says what has changed.`;
  }
  const released = /** @type {Released} */ (JSON.parse(readFileSync(pathsOf(root).released, 'utf8')));
  if (changesets.size > 0 || released.surface === fingerprint(root)) return null;
  return `The public surface is not that of ${released.version ?? 'any release'}, and no changeset says why. Write one: .changeset/README.md shows how.`;
}

/** Remembers the surface as it is now as the released one. @param {string} version @param {string} [root] */
export function rememberRelease(version, root = ROOT) {
  const released = /** @type {Released} */ ({ version, surface: fingerprint(root) });
  writeFileSync(pathsOf(root).released, `${JSON.stringify(released, null, 2)}\n`);
}
