import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createDiskReserve } from './disk-reserve.ts';
import { createSyncedDisk, syncPath, syncTree, type SyncedDisk } from './embedded-disk.ts';

/**
 * Postgres in this process, and what a server's operating system and supervisor would do for it: it is opened on its
 * directory, told when the disk is full, and opened again when it has given up.
 *
 * A Postgres gives up (PANIC) when it cannot write or sync its log, because it can no longer say what a crash would leave.
 * A server's postmaster then starts it again from the log; here this does. Nothing is asked of the old one any more: the
 * machine would go on where it was cut off.
 */
export interface EmbeddedEngine {
  /**
   * Passes a whole statement on, and waits for its end.
   * @returns whether Postgres survived it; when not, the answer is not to be had.
   */
  run(message: Uint8Array, onAnswer: (bytes: Buffer) => void): boolean;
  /** Ends whatever a client left behind: its transaction, its prepared statements, its settings. */
  reset(): boolean;
  isAlive(): boolean;
  /** Opens the directory again. Throws when that fails, and within a second of that at once. */
  revive(): Promise<void>;
  /** Whether changes are refused until there is room on the disk. */
  isFull(): boolean;
  /** Looks whether there is room again, and if so allows changes. */
  recover(): boolean;
  close(): Promise<void>;
}

export type OnWarning = (message: string, cause: unknown) => void;

/** Milliseconds between two attempts to open a directory that does not open. */
const REVIVAL_PAUSE_MS = 1_000;

/** An answer that is complete ends with this, and one byte more: whether a transaction is open. */
const READY = Buffer.from('Z\0\0\0\x05', 'latin1');

/** A client's statement is not followed by "ready" when it only asks for what is there so far. */
const AWAITS_READY = new Set(['S', 'Q'].map((type) => type.charCodeAt(0)));

/**
 * Opens the database in a directory, or in memory for null.
 *
 * @param isHeld - Whether the directory still belongs to this process. When it does not, nothing is written or answered
 *   any more.
 */
export async function openEngine(
  directory: string | null,
  onWarning: OnWarning,
  isHeld: () => boolean = () => true,
): Promise<EmbeddedEngine> {
  const reserve = directory === null ? null : createDiskReserve(join(directory, 'reserve'));
  let full = false;
  let refuses = false;
  let failedAtMs = -REVIVAL_PAUSE_MS;
  let failure: unknown;
  let disk: SyncedDisk | null = null;
  let pglite: PGlite | null = await create();
  if (reserve?.take() === false) onFull();
  applyFull();

  function onFull(): boolean {
    const released = reserve?.release() === true;
    if (!full)
      onWarning('The disk of the embedded database is full: changes are refused until there is room.', undefined);
    full = true;
    return released;
  }

  async function create(): Promise<PGlite> {
    if (directory === null) return PGlite.create();
    if (!isHeld()) throw new Error(`Another process took over ${directory} while this one did not respond.`);
    const path = join(directory, 'postgres');
    await removeHalfMade(path);
    disk = createSyncedDisk(path, { onFull, isHeld });
    return openOnDisk(path, disk, onWarning);
  }

  /** Refuses or allows changes, in every transaction from the next one on. */
  function applyFull(): void {
    if (pglite === null || refuses === full || pglite.isInTransaction()) return;
    refuses = full;
    execute(toQuery(`SET default_transaction_read_only = ${full ? 'on' : 'off'}`), () => undefined);
  }

  function execute(message: Uint8Array, onAnswer: (bytes: Buffer) => void): boolean {
    if (pglite === null) return false;
    let tail = Buffer.alloc(0);
    let failed = false;
    // Synchronous up to its end; the promise only tells of a failure of the machine itself.
    pglite
      .execProtocolRawStream(message, {
        syncToFs: false,
        onRawData: (bytes) => {
          const answer = Buffer.from(bytes);
          tail = Buffer.concat([tail, answer]).subarray(-READY.length - 1);
          onAnswer(answer);
        },
      })
      .catch(() => {
        failed = true;
      });
    const complete = tail.subarray(0, READY.length).equals(READY) || !AWAITS_READY.has(endOf(message));
    if (complete && disk?.isDead() !== true) return true;
    stop('The embedded database stopped: it is opened again from its log.', failed);
    return false;
  }

  function stop(message: string, cause: unknown): void {
    pglite = null;
    disk?.abandon();
    onWarning(message, cause);
  }

  function stopWhenLost(): boolean {
    if (pglite === null || isHeld()) return false;
    stop(`The embedded database stopped: another process took over ${directory}.`, undefined);
    return true;
  }

  return Object.freeze({
    run(message: Uint8Array, onAnswer: (bytes: Buffer) => void): boolean {
      if (stopWhenLost()) return false;
      const survived = execute(message, onAnswer);
      if (survived) applyFull();
      return survived;
    },
    reset(): boolean {
      if (stopWhenLost()) return false;
      // A failed transaction cannot discard anything, so that it is ended first; outside of one, ending it is a notice.
      if (!execute(toQuery('ROLLBACK'), () => undefined)) return false;
      if (!execute(toQuery('DISCARD ALL'), () => undefined)) return false;
      refuses = false;
      applyFull();
      return true;
    },
    isAlive: () => pglite !== null,
    async revive(): Promise<void> {
      if (pglite !== null) return;
      if (directory === null) throw new Error('What was in memory is gone.');
      if (performance.now() - failedAtMs < REVIVAL_PAUSE_MS) throw failure;
      try {
        pglite = await create();
      } catch (error) {
        failedAtMs = performance.now();
        failure = error;
        disk?.abandon();
        throw error;
      }
      refuses = false;
      applyFull();
    },
    isFull: () => full,
    recover(): boolean {
      if (full && reserve?.take() === true) {
        full = false;
        onWarning('There is room on the disk of the embedded database again: changes are accepted.', undefined);
        applyFull();
      }
      return !full;
    },
    async close(): Promise<void> {
      stopWhenLost();
      await pglite?.close();
      pglite = null;
    },
  });
}

/** Stands beside a database for as long as it is being made. */
const toMaking = (path: string): string => `${path}.making`;

/** A database that was left half made has acknowledged nothing: it is made again. */
async function removeHalfMade(path: string): Promise<void> {
  if (existsSync(toMaking(path))) await rm(path, { recursive: true, force: true });
}

async function openOnDisk(path: string, disk: SyncedDisk, onWarning: OnWarning): Promise<PGlite> {
  const isNew = !existsSync(join(path, 'PG_VERSION'));
  if (isNew) {
    await writeFile(toMaking(path), '');
    await syncPath(dirname(path));
  }
  const pglite = await PGlite.create({ fs: disk.fs, startParams: disk.startParams });
  if (isNew) {
    // What initdb wrote was never synced, and Postgres only syncs what it changes.
    await syncTree(path);
    await rm(toMaking(path));
    await syncPath(dirname(path));
  }
  const before = disk.count();
  await pglite.query(`SELECT pg_logical_emit_message(true, 'realtime-credits', 'Does a commit sync?')`);
  if (disk.isDead()) throw new Error('Postgres gave up while opening.');
  if (disk.count() === before) {
    onWarning('Commits of the embedded database do not reach the disk: a power cut may lose them.', undefined);
  }
  return pglite;
}

/** The type of the message that a statement ends with. */
function endOf(message: Uint8Array): number {
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
