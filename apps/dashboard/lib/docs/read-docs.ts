import { getRuntime } from '@/server/runtime';
import { createDocs } from './create-docs.ts';
import type { CodeColours, Docs, DocumentFile } from './document.ts';

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

/** Who reads first is not kept waiting for colours: they take seconds on a busy machine, and are there for the next. */
const COLOURS_MS_MAX = 1_000;

/** The colours of its blocks of code; none while they are being found. */
export async function readCode(): Promise<CodeColours> {
  const patience = new Promise<CodeColours>((resolve) => setTimeout(() => resolve(new Map()), COLOURS_MS_MAX));
  return Promise.race([getRuntime().readCode(), patience]);
}
