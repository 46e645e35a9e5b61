import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DocumentFile } from '@/lib/docs/document';
import { createDocuments } from '../../server/documents/documents.ts';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The documentation's files, as the server reads them. */
export const readFiles = createDocuments({ fresh: true });

/** Any file of the repository. */
export function readRepositoryFile(path: string): DocumentFile {
  return { path, text: readFileSync(ROOT + path, 'utf8') };
}
