// A thread of its own: colours the blocks that it was given, in the same order, and ends. Threads do not inherit the
// loader that reads TypeScript, so that this file is none and registers it.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { highlight } = await import('./highlight.ts');
parentPort?.postMessage(
  workerData.map((/** @type {{ code: string, language: string }} */ { code, language }) => highlight(code, language)),
);
