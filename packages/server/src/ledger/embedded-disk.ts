import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * The disk under an embedded database. It adds what PGlite's own file system lacks: a commit that reaches the disk before
 * it is acknowledged, a way to keep going when the disk is full, and news of the database's death.
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
  /** Whether Postgres gave up: it did not trust its own state any more, and nothing may be asked of it again. */
  isDead(): boolean;
  /** Closes what a dead database left open. */
  abandon(): void;
}

interface Stream {
  nfd?: number;
  node: unknown;
}

/** The part of Emscripten's Node file system that is touched. */
interface NodeFileSystem {
  realPath(node: unknown): string;
  /** The system's name of a failure, as the number that Postgres knows it by. */
  convertNodeCode(error: unknown): number | undefined;
  stream_ops: {
    fsync?: (stream: Stream) => number;
    open(stream: Stream): void;
    close(stream: Stream): void;
    write(...write: [Stream, ...unknown[]]): number;
  };
  node_ops: { mknod(...made: unknown[]): unknown };
}

/** What Postgres calls an error of input or output, where the system's own name says nothing to it. */
const EIO = 29;

/**
 * @param options.onFull - Called when the disk refuses a write for want of space. Says whether it made some: the write is
 *   then tried once more, because a Postgres that cannot write its log stops altogether.
 * @param options.isHeld - Whether the directory still belongs to this process. When it does not, writes and syncs fail, and
 *   with them every commit.
 */
export function createSyncedDisk(
  path: string,
  { onFull = () => false, isHeld = () => true }: { onFull?: () => boolean; isHeld?: () => boolean } = {},
): SyncedDisk {
  let syncs = 0;
  let dead = false;
  const descriptors = new Set<number>();

  function hook(files: NodeFileSystem): void {
    const { open: openFile, close: closeFile, write } = files.stream_ops;
    const { mknod } = files.node_ops;
    const fullErrors = new Set(['ENOSPC', 'EDQUOT'].map((code) => files.convertNodeCode({ code })));

    /** Does it again after space was made. */
    function withSpace<T>(work: () => T): T {
      try {
        return work();
      } catch (error) {
        if (!fullErrors.has((error as { errno?: number }).errno) || !onFull()) throw error;
        return work();
      }
    }

    files.stream_ops.write = (...args) => {
      // What Emscripten passes on to Postgres as a failed write.
      if (!isHeld())
        throw Object.assign(new Error('Another process has the directory.'), { name: 'ErrnoError', errno: EIO });
      return withSpace(() => write(...args));
    };
    files.node_ops.mknod = (...args) => withSpace(() => mknod(...args));
    files.stream_ops.open = (stream) => {
      withSpace(() => openFile(stream));
      if (stream.nfd !== undefined) descriptors.add(stream.nfd);
    };
    files.stream_ops.close = (stream) => {
      closeFile(stream);
      if (stream.nfd !== undefined) descriptors.delete(stream.nfd);
    };
    files.stream_ops.fsync = (stream) => {
      syncs += 1;
      try {
        // A directory is opened without a descriptor, and is what makes a renamed or new file findable after a power cut.
        if (stream.nfd === undefined) syncPathNow(files.realPath(stream.node));
        else fdatasyncSync(stream.nfd);
        // Afterwards: what was synced before somebody took over is there for them, and may be acknowledged.
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
      dead = true;
    };
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
    isDead: () => dead,
    abandon() {
      for (const descriptor of descriptors) closeSync(descriptor);
      descriptors.clear();
    },
  };
}

/** Files synced at a time: together they cost a sixth of one after the other, and too many exhaust descriptors. */
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

/** The same without waiting, for Postgres, which waits for nothing. */
function syncPathNow(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
