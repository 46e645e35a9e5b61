import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * The file system of an embedded database, with what PGlite's own lacks: a commit reaches the disk before it is
 * acknowledged.
 *
 * Left alone, PGlite switches syncing off, and its file system would ignore a sync anyway: after a power cut the directory
 * may not even open. This adds the missing operation and starts Postgres with syncing on. It relies on how the pinned
 * version of the package is built, so opening checks that a commit syncs.
 */
export interface SyncedDisk {
  fs: NodeFS;
  startParams: string[];
  /** Syncs so far. */
  count(): number;
  /** Whether Postgres stopped because it no longer trusts its own state. It must not be used any more. */
  isDead(): boolean;
}

/**
 * Postgres reserves this at once, and clears it. What a bigger database reads comes from the system's cache, almost as fast:
 * figures in bench/README.md.
 */
export const BUFFERS = ['-c', 'shared_buffers=32MB'];

interface Stream {
  nfd?: number;
  node: unknown;
}

/** The part of Emscripten's Node file system that is changed. */
interface NodeFileSystem {
  realPath(node: unknown): string;
  /** The number that Postgres knows a failure by. */
  convertNodeCode(error: unknown): number | undefined;
  stream_ops: {
    fsync?: (stream: Stream) => number;
    write(...write: [Stream, ...unknown[]]): number;
  };
}

/** An error of input or output, as Postgres numbers it. */
const EIO = 29;

/** @param isHeld - Whether the directory still belongs to this process. If not, every write and every commit fails. */
export function createSyncedDisk(path: string, isHeld: () => boolean = () => true): SyncedDisk {
  let syncs = 0;
  let isDead = false;

  function hook(files: NodeFileSystem): void {
    const { write } = files.stream_ops;
    files.stream_ops.write = (...args) => {
      if (isHeld()) return write(...args);
      throw Object.assign(new Error('Another process has the directory.'), { name: 'ErrnoError', errno: EIO });
    };
    files.stream_ops.fsync = (stream) => {
      syncs += 1;
      try {
        // A directory has no descriptor. Syncing it makes a new or renamed file findable after a power cut.
        if (stream.nfd === undefined) syncPathNow(files.realPath(stream.node));
        else fdatasyncSync(stream.nfd);
        // Checked afterwards: what was synced before another process took over is there for it.
        return isHeld() ? 0 : EIO;
      } catch (error) {
        return files.convertNodeCode(error) ?? EIO;
      }
    };
  }

  const fs = new NodeFS(path);
  const init = fs.init.bind(fs);
  fs.init = async (pglite, options) => {
    const prepared = await init(pglite, options);
    const { emscriptenOpts } = prepared;
    const before = typeof emscriptenOpts.preRun === 'function' ? [emscriptenOpts.preRun] : emscriptenOpts.preRun;
    emscriptenOpts.preRun = [
      ...(before ?? []),
      (module: unknown) => hook((module as { NODEFS: NodeFileSystem }).NODEFS),
    ];
    emscriptenOpts.onAbort = () => {
      isDead = true;
    };
    return prepared;
  };
  return {
    fs,
    startParams: [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
      ...BUFFERS,
      '-c',
      'fsync=on',
      '-c',
      'wal_sync_method=fsync',
    ],
    count: () => syncs,
    isDead: () => isDead,
  };
}

/** Files synced at a time. Together they take a sixth of the time; too many exhaust the descriptors. */
const SYNCS_AT_ONCE = 32;

/** Syncs every file and folder below a path, and the path itself. */
export async function syncTree(path: string): Promise<void> {
  const found = await readdir(path, { withFileTypes: true, recursive: true });
  const paths = [path, ...found.map((entry) => join(entry.parentPath, entry.name))];
  async function work(): Promise<void> {
    for (let next = paths.pop(); next !== undefined; next = paths.pop()) await syncPath(next);
  }
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, work));
}

/** Syncs one file or folder. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The same synchronously, for Postgres. */
function syncPathNow(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
