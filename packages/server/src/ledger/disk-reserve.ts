import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';

/**
 * Room that is kept on the disk for the moment when it is full.
 *
 * A Postgres that cannot write its log does not report an error: it stops, and starts again only where there is room to
 * write down what it recovered. With this room it finishes what is under way, and then refuses changes politely.
 */
export interface DiskReserve {
  /** Takes the room. @returns whether there was enough. */
  take(): boolean;
  /** Gives the room back. @returns whether there was any to give. */
  release(): boolean;
}

/** Bounds what one batch and one checkpoint may still write: a new segment of the log is 16 MB at once. */
const RESERVE_BYTES = 32 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/** @param file - Holds nothing but room. */
export function createDiskReserve(file: string): DiskReserve {
  return Object.freeze({
    take(): boolean {
      if (existsSync(file)) return true;
      try {
        const descriptor = openSync(file, 'w', 0o600);
        try {
          const chunk = Buffer.alloc(CHUNK_BYTES);
          for (let written = 0; written < RESERVE_BYTES;) written += writeSync(descriptor, chunk);
        } finally {
          closeSync(descriptor);
        }
        return true;
      } catch {
        rmSync(file, { force: true }); // a part of it is no reserve
        return false;
      }
    },
    release(): boolean {
      if (!existsSync(file)) return false;
      rmSync(file, { force: true });
      return true;
    },
  });
}
