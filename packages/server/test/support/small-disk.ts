import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real disk in memory that is small enough to be filled. Making one takes the right to mount. */
export interface SmallDisk {
  /** An empty folder on it. */
  path: string;
  /** Takes all room that is left. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  /** Gives the disk back. Whatever has files open on it has ended before. */
  remove(): void;
}

const PIECE = Buffer.alloc(64 * 1024);

/** Mounts a disk of so many MB; null where that is not permitted. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'credits-disk-'));
  const filler = join(path, 'filler');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    fill() {
      const descriptor = openSync(filler, 'a');
      try {
        // A page at a time in the end: what is left is less than one.
        for (const length of [PIECE.length, 4096]) {
          try {
            while (writeSync(descriptor, PIECE, 0, length) > 0);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          }
        }
      } finally {
        closeSync(descriptor);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}
