import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { BUFFERS, createSyncedDisk, syncPath, syncTree, type SyncedDisk } from './synced-disk.ts';

/** A complete response ends with this, and one byte that says whether a transaction is open. */
const READY = Buffer.from('Z\0\0\0\x05', 'latin1');

/** Messages that are answered with {@link READY}: Sync and Query. */
const AWAITS_READY = new Set(['S', 'Q'].map((type) => type.charCodeAt(0)));

export interface EngineOptions {
  /** Null: in memory. */
  directory: string | null;
  /** Whether the directory still belongs to this process. */
  isHeld: () => boolean;
  onWarning: (message: string, cause: unknown) => void;
}

/**
 * Postgres in this process.
 *
 * Postgres stops (PANIC) when it cannot write or sync its log, because it can no longer tell what a crash would leave. The
 * engine then refuses everything. What was acknowledged is on the disk: the next process that opens the directory has it.
 */
export class EmbeddedEngine {
  readonly #options: EngineOptions;
  readonly #disk: SyncedDisk | null;
  #pglite: PGlite | null;

  private constructor(options: EngineOptions, disk: SyncedDisk | null, pglite: PGlite) {
    this.#options = options;
    this.#disk = disk;
    this.#pglite = pglite;
  }

  static async open(options: EngineOptions): Promise<EmbeddedEngine> {
    const { directory, isHeld, onWarning } = options;
    if (directory === null) {
      const pglite = await PGlite.create({ startParams: [...PGlite.defaultStartParams, ...BUFFERS] });
      return new EmbeddedEngine(options, null, pglite);
    }
    const path = join(directory, 'postgres');
    if (existsSync(toUnfinished(path))) await rm(path, { recursive: true, force: true });
    const disk = createSyncedDisk(path, isHeld);
    const pglite = await openDirectory(path, disk);
    const before = disk.count();
    await pglite.query(`SELECT pg_logical_emit_message(true, 'realtime-credits', 'Does a commit sync?')`);
    if (disk.count() === before) {
      onWarning('Commits of the embedded database do not reach the disk: a power cut may lose them.', undefined);
    }
    return new EmbeddedEngine(options, disk, pglite);
  }

  get isAlive(): boolean {
    return this.#pglite !== null;
  }

  /**
   * Carries out a whole statement, synchronously.
   * @returns whether Postgres survived it
   */
  run(message: Uint8Array, onResponse: (bytes: Buffer) => void): boolean {
    if (this.#pglite === null) return false;
    if (!this.#options.isHeld()) {
      return this.#stop(`another process took over ${this.#options.directory} while this one did not respond`);
    }
    let tail = Buffer.alloc(0);
    // The promise only reports a failure of the virtual machine; the work is done when the call returns.
    this.#pglite
      .execProtocolRawStream(message, {
        syncToFs: false,
        onRawData: (bytes) => {
          const response = Buffer.from(bytes);
          tail = Buffer.concat([tail, response]).subarray(-READY.length - 1);
          onResponse(response);
        },
      })
      .catch(() => undefined);
    const isComplete = tail.subarray(0, READY.length).equals(READY) || !AWAITS_READY.has(lastTypeOf(message));
    if (isComplete && this.#disk?.isDead() !== true) return true;
    return this.#stop(
      'its disk is full or failed. Nothing that was acknowledged is lost. Make room, then restart this process',
    );
  }

  /** Ends what a client left: its transaction, its prepared statements, its settings. */
  reset(): boolean {
    // A failed transaction cannot discard anything, so it is ended first.
    return this.run(toQuery('ROLLBACK'), () => undefined) && this.run(toQuery('DISCARD ALL'), () => undefined);
  }

  async close(): Promise<void> {
    if (this.#options.isHeld()) await this.#pglite?.close();
    this.#pglite = null;
  }

  #stop(reason: string): false {
    this.#pglite = null;
    this.#options.onWarning(`The embedded database stopped: ${reason}.`, undefined);
    return false;
  }
}

/** Exists beside a database while it is being created. */
const toUnfinished = (path: string): string => `${path}.making`;

async function openDirectory(path: string, disk: SyncedDisk): Promise<PGlite> {
  const isNew = !existsSync(join(path, 'PG_VERSION'));
  if (isNew) {
    await writeFile(toUnfinished(path), '');
    await syncPath(dirname(path));
  }
  const pglite = await PGlite.create({ fs: disk.fs, startParams: disk.startParams });
  if (isNew) {
    // Postgres syncs what it changes, and never what initdb wrote.
    await syncTree(path);
    await rm(toUnfinished(path));
    await syncPath(dirname(path));
  }
  return pglite;
}

/** The type of the last message in a statement. */
function lastTypeOf(message: Uint8Array): number {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  for (let next = 0; next < bytes.length; next += 1 + bytes.readUInt32BE(next + 1)) at = next;
  return bytes[at] ?? 0;
}

function toQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
