// How much script a browser downloads before a page of the dashboard works, which Next does not print: for each page
// the files that every page loads and those of its own client components, compressed as the server sends them to browsers (brotli).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { StepFailure } from '../setup/step.mjs';

/** A bare page of Next and React is 110 KiB; the rest is what we may add to any one page before it must be argued. */
const FIRST_LOAD_BYTES_MAX = 172 * 1024;

/** @param {string} directory @returns {string[]} */
function listManifests(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return listManifests(path);
    return entry.name === 'page_client-reference-manifest.js' ? [path] : [];
  });
}

/**
 * Measures every page of a build.
 *
 * @param {string} build - The folder that Next built into.
 * @returns {string} The heaviest page and its size.
 * @throws {StepFailure} A page is heavier than the budget.
 */
export function measureFirstLoad(build) {
  const app = join(build, 'server/app');
  if (!existsSync(app)) throw new StepFailure(`There are no pages in ${build}: has Next changed its layout?`);
  const { rootMainFiles } = JSON.parse(readFileSync(join(build, 'build-manifest.json'), 'utf8'));
  const sizes = new Map();
  /** @param {string} file */
  const sizeOf = (file) => {
    const known = sizes.get(file);
    if (known !== undefined) return known;
    const size = brotliCompressSync(readFileSync(join(build, file))).length;
    sizes.set(file, size);
    return size;
  };

  const pages = listManifests(app).map((path) => {
    const text = readFileSync(path, 'utf8');
    const manifest = JSON.parse(text.slice(text.indexOf('{', text.indexOf('] =') + 1), text.lastIndexOf('}') + 1));
    const files = new Set([...rootMainFiles, ...Object.values(manifest.entryJSFiles ?? {}).flat()]);
    const bytes = [...files].filter((file) => file.endsWith('.js')).reduce((sum, file) => sum + sizeOf(file), 0);
    return { page: `/${relative(app, path).replace(/\/?page_client-reference-manifest\.js$/, '')}`, bytes };
  });
  const sorted = pages.toSorted((a, b) => b.bytes - a.bytes);
  const heaviest = sorted[0];
  if (heaviest === undefined) throw new StepFailure(`No page was found in ${app}: has Next changed its layout?`);
  const said = sorted.map(({ page, bytes }) => `${(bytes / 1024).toFixed(0).padStart(5)} KiB  ${page}`).join('\n');
  if (heaviest.bytes > FIRST_LOAD_BYTES_MAX) {
    throw new StepFailure(
      `${said}\n\nThe budget of a page is ${FIRST_LOAD_BYTES_MAX / 1024} KiB of script, in brotli.`,
    );
  }
  return `heaviest ${heaviest.page} ${(heaviest.bytes / 1024).toFixed(0)} of ${FIRST_LOAD_BYTES_MAX / 1024} KiB`;
}
