import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes: results on standard output, everything about them on standard error. */
export interface Terminal {
  readonly input: Readable;
  /** Whether somebody watches standard error. */
  readonly isInteractive: boolean;
  /** Writes to standard output, and waits where the reader is slow. */
  write(text: string): Promise<void>;
  /** Writes a line about the work to standard error. */
  report(line: string): void;
  /** Writes over the last line of standard error; only where somebody watches. */
  overwrite(text: string): void;
}

export function createTerminal(streams: {
  input: Readable;
  output: Writable;
  errors: Writable & { isTTY?: boolean };
}): Terminal {
  const { input, output, errors } = streams;
  return Object.freeze({
    input,
    isInteractive: errors.isTTY === true,
    async write(text: string) {
      if (!output.write(text)) await once(output, 'drain');
    },
    report: (line: string) => void errors.write(`${line}\n`),
    overwrite: (text: string) => void errors.write(`\r${text}\x1b[K`),
  });
}
