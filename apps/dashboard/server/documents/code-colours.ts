import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { toCodeKey, type CodeColours, type CodePiece, type DocumentFile } from '../../lib/docs/document.ts';
import { parseMarkdown } from '../../lib/docs/markdown.ts';

/**
 * The colours of the documentation's code, found once, in a thread that then ends and takes its grammars with it: about
 * two seconds of a processor, which the thread that answers requests must not spend.
 */

const WORKER = new URL('highlight-worker.mjs', import.meta.url);

interface CodeBlock {
  code: string;
  language: string;
}

function* findBlocks(files: readonly DocumentFile[]): Generator<CodeBlock> {
  for (const { text } of files) {
    for (const token of parseMarkdown(text)) {
      if (token.type === 'code') yield { code: token.text, language: token.lang ?? 'text' };
    }
  }
}

async function colour(blocks: readonly CodeBlock[]): Promise<CodePiece[][][]> {
  const worker = new Worker(WORKER, { workerData: blocks });
  // Nobody's shutdown waits for colours.
  worker.unref();
  const [lines] = (await once(worker, 'message')) as [CodePiece[][][]];
  return lines;
}

/**
 * Makes the function that reads them. Blocks are known by what they say, so that a file that changed costs only what is
 * new in it.
 *
 * @returns A function that never throws: where the thread fails, it warns, and code has no colours.
 */
export function createCodeColours(
  readDocuments: () => Promise<readonly DocumentFile[]>,
  onWarning: (message: string, cause: unknown) => void,
): () => Promise<CodeColours> {
  const known = new Map<string, CodePiece[][]>();
  let seen: readonly DocumentFile[] | null = null;
  let last: Promise<void> = Promise.resolve();

  async function addUnknown(): Promise<void> {
    try {
      const files = await readDocuments();
      if (files === seen) return;
      const blocks = [...findBlocks(files)].filter(({ code, language }) => !known.has(toCodeKey(code, language)));
      const lines = blocks.length === 0 ? [] : await colour(blocks);
      blocks.forEach(({ code, language }, index) => known.set(toCodeKey(code, language), lines[index] ?? []));
      seen = files;
    } catch (error) {
      onWarning('The code of the documentation is shown without colours.', error);
    }
  }

  return async () => {
    // One thread at a time, however many pages are asked for at once.
    last = last.then(addUnknown);
    await last;
    return known;
  };
}
