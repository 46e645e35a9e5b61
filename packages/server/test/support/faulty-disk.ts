import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * A disk that fails on order, below the file system of the embedded database: Node's own functions, for one folder.
 *
 * When it is full it behaves as ext4 does: what lies within a file can be written again, what makes a file longer cannot,
 * and what is removed makes room.
 */
export interface FaultyDisk {
  /** Nothing fits any more, but for this many bytes. */
  fill(freeBytes?: number): void;
  /** Writes, or syncs, below paths that contain this fail from now on. */
  fail(what: 'write' | 'sync', path: string, code: string): void;
  /** The disk has room and works again. */
  heal(): void;
  /** Failures so far. */
  count(): number;
  /** Gives Node its functions back. */
  remove(): void;
}

const NAMES = [
  'openSync',
  'writeSync',
  'fdatasyncSync',
  'fsyncSync',
  'unlinkSync',
  'rmSync',
  'ftruncateSync',
  'truncateSync',
] as const;
type Functions = Pick<typeof fs, (typeof NAMES)[number]>;

/** @param root - Only what lies below it is touched. */
export function installFaultyDisk(root: string): FaultyDisk {
  const real: Functions = { ...fs };
  const paths = new Map<number, string>();
  let free = Infinity;
  let failing: { what: 'write' | 'sync'; path: string; code: string } | null = null;
  let failures = 0;

  function failure(code: string): NodeJS.ErrnoException {
    failures += 1;
    return Object.assign(new Error(`${code}: injected`), { code });
  }

  function meet(what: 'write' | 'sync', descriptor: number): void {
    const path = paths.get(descriptor);
    if (failing !== null && failing.what === what && path?.includes(failing.path)) throw failure(failing.code);
  }

  /** Takes or gives room for a change of size. */
  function resize(before: number, after: number): void {
    if (after > before && after - before > free) throw failure('ENOSPC');
    free -= after - before;
  }

  function sizeOf(path: fs.PathLike): number {
    return String(path).startsWith(root) && fs.existsSync(path) ? fs.statSync(path).size : 0;
  }

  function replace(name: keyof Functions, replacement: unknown): void {
    Object.assign(fs, { [name]: replacement });
  }

  replace('openSync', (path: fs.PathLike, ...rest: [fs.OpenMode, fs.Mode?]) => {
    const descriptor = real.openSync(path, ...rest);
    if (String(path).startsWith(root)) paths.set(descriptor, String(path));
    else paths.delete(descriptor);
    return descriptor;
  });
  replace('writeSync', (descriptor: number, bytes: Uint8Array, offset?: number, length?: number, position?: number) => {
    if (!paths.has(descriptor)) return real.writeSync(descriptor, bytes, offset, length, position);
    meet('write', descriptor);
    const { size } = fs.fstatSync(descriptor);
    const end = (position ?? size) + (length ?? bytes.length);
    resize(size, Math.max(size, end));
    return real.writeSync(descriptor, bytes, offset, length, position);
  });
  for (const name of ['fdatasyncSync', 'fsyncSync'] as const) {
    replace(name, (descriptor: number) => {
      meet('sync', descriptor);
      real[name](descriptor);
    });
  }
  for (const name of ['unlinkSync', 'rmSync'] as const) {
    replace(name, (path: fs.PathLike, ...rest: []) => {
      resize(sizeOf(path), 0);
      real[name](path, ...rest);
    });
  }
  replace('truncateSync', (path: fs.PathLike, size: number) => {
    resize(sizeOf(path), size);
    real.truncateSync(path, size);
  });
  replace('ftruncateSync', (descriptor: number, size: number) => {
    if (paths.has(descriptor)) resize(fs.fstatSync(descriptor).size, size);
    real.ftruncateSync(descriptor, size);
  });
  syncBuiltinESMExports();

  return {
    fill(freeBytes = 0) {
      free = freeBytes;
    },
    fail(what, path, code) {
      failing = { what, path, code };
    },
    heal() {
      free = Infinity;
      failing = null;
    },
    count: () => failures,
    remove() {
      for (const name of NAMES) replace(name, real[name]);
      syncBuiltinESMExports();
    },
  };
}
