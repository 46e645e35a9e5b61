import { getRuntime } from '@/server/runtime';
import { createDocs } from './create-docs.ts';
import type { Docs, DocumentFile } from './document.ts';

/** Made once of the same files, which the server reads once; while they are written, at every page. */
const made = new WeakMap<readonly DocumentFile[], Docs>();

/** The documentation as it is in the repository that this server runs from. */
export async function readDocs(): Promise<Docs> {
  const files = await getRuntime().readDocuments();
  const known = made.get(files);
  if (known !== undefined) return known;
  const docs = createDocs(files);
  made.set(files, docs);
  return docs;
}
