import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * Makes a commit of the embedded database reach the disk before it is acknowledged, as on a server.
 *
 * Left alone, the embedded database runs with syncing switched off, and its file system would ignore a sync anyway: after
 * a power cut the directory may not even open. This gives the file system the missing operation and starts Postgres with
 * syncing on. It leans on how the pinned version of the package is built, which is why opening counts whether a commit
 * really synced.
 */
export interface SyncedDisk {
  fs: NodeFS;
  startParams: string[];
  /** Syncs so far. */
  count(): number;
}

/** The part of Emscripten's Node file system that is touched. */
interface NodeFileSystem {
  realPath(node: unknown): string;
  stream_ops: { fsync?: (stream: { nfd?: number; node: unknown }) => number };
}

export function createSyncedDisk(path: string): SyncedDisk {
  let syncs = 0;

  function sync(files: NodeFileSystem, stream: { nfd?: number; node: unknown }): number {
    syncs += 1;
    if (stream.nfd !== undefined) {
      fdatasyncSync(stream.nfd);
      return 0;
    }
    // A directory is opened without a descriptor, and is what makes a renamed or new file findable after a power cut.
    syncPath(files.realPath(stream.node));
    return 0;
  }

  const fs = new NodeFS(path);
  const init = fs.init.bind(fs);
  fs.init = async (pglite, options) => {
    const prepared = await init(pglite, options);
    const preRun = prepared.emscriptenOpts.preRun;
    const before = typeof preRun === 'function' ? [preRun] : (preRun ?? []);
    prepared.emscriptenOpts.preRun = [
      ...before,
      (module: unknown) => {
        const files = (module as { NODEFS: NodeFileSystem }).NODEFS;
        files.stream_ops.fsync = (stream) => sync(files, stream);
      },
    ];
    return prepared;
  };
  return {
    fs,
    startParams: [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
      '-c',
      'fsync=on',
      '-c',
      'wal_sync_method=fsync',
    ],
    count: () => syncs,
  };
}

/** Files synced at a time: together they cost a sixth of one after the other, and too many exhaust descriptors. */
const SYNCS_AT_ONCE = 32;

/** Syncs every file and folder below a path, and the path itself. */
export async function syncTree(path: string): Promise<void> {
  const found = await readdir(path, { withFileTypes: true, recursive: true });
  const paths = [path, ...found.map((entry) => join(entry.parentPath, entry.name))];
  async function work(): Promise<void> {
    for (let next = paths.pop(); next !== undefined; next = paths.pop()) {
      const file = await open(next);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  }
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, work));
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
