import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { DocumentFile } from '../../lib/docs/document.ts';

/**
 * The documentation's files, read from the repository: `docs/README.md`, whose lists are the navigation, and every
 * Markdown file that it links to. No other file can be asked for.
 */

const REPOSITORY = new URL('../../../../', import.meta.url);
const FRONT_PAGE = 'docs/README.md';
const LINK = /\]\(([^)#\s]+\.md)\)/g;

async function readDocument(path: string): Promise<DocumentFile> {
  return { path, text: await readFile(new URL(path, REPOSITORY), 'utf8') };
}

async function readAll(): Promise<readonly DocumentFile[]> {
  const front = await readDocument(FRONT_PAGE);
  const paths = [...front.text.matchAll(LINK)].map(([, href = '']) => posix.join(posix.dirname(FRONT_PAGE), href));
  const isInside = (path: string) => !path.startsWith('../') && path !== FRONT_PAGE;
  return [front, ...(await Promise.all([...new Set(paths)].filter(isInside).map(readDocument)))];
}

/**
 * Makes the function that reads them, the front page first.
 *
 * @param fresh - Reads them again at every call, for those who write them; else once per process.
 * @throws {Error} (the function) a file that the front page links to is not there.
 */
export function createDocuments({ fresh }: { fresh: boolean }): () => Promise<readonly DocumentFile[]> {
  let known: Promise<readonly DocumentFile[]> | null = null;
  return () => {
    if (fresh || known === null) {
      known = readAll();
      // A failure is not kept: the next page tries again.
      known.catch(() => (known = null));
    }
    return known;
  };
}
