import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Random } from '../../../credits/test/support/random.ts';

/**
 * A disk that remembers what was never synced, for tests that cut the power.
 *
 * What the model says, of the files below one folder: a page that was written since its file was last synced is, after the
 * cut, as it was then or as it is now, or torn between the two at a sector; each page by itself, in no order. A change of
 * a folder (a file made, renamed, removed) or of a file's size is kept up to some point in their common order, as in
 * the journal of a file system; a sync of a file or folder keeps all changes before it.
 */
export interface UnsyncedDisk {
  /** Changes since the beginning: writes, syncs, and changes of folders. */
  count(): number;
  /** Builds what a cut at this instant leaves, in another folder. */
  cutInto(target: string, random: Random): void;
  /** Everything so far is on the disk. */
  settle(): void;
  /** Calls back before each change. */
  onChange: (() => void) | null;
  /** Gives Node its functions back. */
  remove(): void;
}

const PAGE_BYTES = 4096;
const SECTOR_BYTES = 512;

/** A page of a file, as it was when the file was last synced; null where the file was shorter. */
type Pages = Map<number, Buffer>;

/** How one change of a folder or of a size is taken back, in the folder that the cut leaves. */
interface Change {
  path: string;
  undo: (at: (path: string) => string) => void;
}

const NAMES = [
  'openSync',
  'closeSync',
  'writeSync',
  'fdatasyncSync',
  'fsyncSync',
  'unlinkSync',
  'renameSync',
  'mkdirSync',
  'rmdirSync',
  'writeFileSync',
  'truncateSync',
  'ftruncateSync',
] as const;
type Functions = Pick<typeof fs, (typeof NAMES)[number]>;

/**
 * @param root - Only what lies below it is remembered.
 * @param options.honest - Whether a sync does anything. False is the control: the same cuts must then find losses.
 */
export function installUnsyncedDisk(root: string, { honest }: { honest: boolean }): UnsyncedDisk {
  const real: Functions = { ...fs };
  const paths = new Map<number, string>();
  const dirty = new Map<string, Pages>();
  let journal: Change[] = [];
  let changes = 0;

  function replace(name: keyof Functions, replacement: unknown): void {
    Object.assign(fs, { [name]: replacement });
  }

  const isOurs = (path: unknown): path is string => typeof path === 'string' && path.startsWith(root);

  function change(): void {
    changes += 1;
    disk.onChange?.();
  }

  /** Remembers the pages that are about to change, unless an older state of them is remembered. */
  function remember(path: string, from: number, to: number): void {
    const pages = dirty.get(path) ?? new Map<number, Buffer>();
    dirty.set(path, pages);
    const descriptor = real.openSync(path, 'r');
    for (let page = Math.floor(from / PAGE_BYTES); page * PAGE_BYTES < to; page += 1) {
      if (pages.has(page)) continue;
      const before = Buffer.alloc(PAGE_BYTES);
      const length = fs.readSync(descriptor, before, 0, PAGE_BYTES, page * PAGE_BYTES);
      pages.set(page, before.subarray(0, length));
    }
    real.closeSync(descriptor);
  }

  function sync(path: string): void {
    change();
    if (!honest) return;
    dirty.delete(path);
    // The journal is kept in order: what this path needs of it brings everything before along.
    const last = journal.findLastIndex((entry) => entry.path === path || dirname(entry.path) === path);
    journal = journal.slice(last + 1);
  }

  function resize(path: string, size: number): void {
    change();
    const { size: before } = fs.statSync(path);
    if (size < before) remember(path, size, before);
    if (size !== before) journal.push({ path, undo: (at) => truncateIfThere(at(path), before) });
  }

  /** What it takes to bring back a file that is about to go. */
  function keep(path: string): (at: (path: string) => string) => void {
    const content = fs.readFileSync(path);
    const pages = dirty.get(path);
    dirty.delete(path);
    return (at) => {
      // Undone pages come back with it: what was not synced before the removal was not synced at all.
      for (const [page, before] of pages ?? []) before.copy(content, page * PAGE_BYTES);
      real.writeFileSync(at(path), content);
    };
  }

  replace('openSync', (path: unknown, flags: fs.OpenMode, ...rest: [fs.Mode?]) => {
    const made = isOurs(path) && !fs.existsSync(path);
    const descriptor = real.openSync(path as string, flags, ...rest);
    if (isOurs(path)) paths.set(descriptor, path);
    if (made && isOurs(path)) journalMade(path);
    return descriptor;
  });
  function journalMade(path: string): void {
    change();
    journal.push({ path, undo: (at) => fs.rmSync(at(path), { recursive: true, force: true }) });
  }
  replace('closeSync', (descriptor: number) => {
    paths.delete(descriptor);
    real.closeSync(descriptor);
  });
  replace('writeSync', (descriptor: number, bytes: Uint8Array, offset?: number, length?: number, position?: number) => {
    const path = paths.get(descriptor);
    if (path !== undefined && fs.existsSync(path)) {
      change();
      const { size } = fs.fstatSync(descriptor);
      const from = position ?? size;
      const to = from + (length ?? bytes.length);
      remember(path, from, to);
      if (to > size) journal.push({ path, undo: (at) => truncateIfThere(at(path), size) });
    }
    return real.writeSync(descriptor, bytes, offset, length, position);
  });
  for (const name of ['fdatasyncSync', 'fsyncSync'] as const) {
    replace(name, (descriptor: number) => {
      const path = paths.get(descriptor);
      if (path === undefined) real[name](descriptor);
      else sync(path);
    });
  }
  replace('unlinkSync', (path: unknown) => {
    if (isOurs(path)) {
      change();
      journal.push({ path, undo: keep(path) });
    }
    real.unlinkSync(path as string);
  });
  replace('renameSync', (from: unknown, to: unknown) => {
    if (isOurs(from) && isOurs(to)) {
      change();
      const bringBack = fs.existsSync(to) ? keep(to) : null;
      const pages = dirty.get(from);
      dirty.delete(from);
      if (pages !== undefined) dirty.set(to, pages);
      for (const [descriptor, path] of paths) if (path === from) paths.set(descriptor, to);
      journal.push({
        path: to,
        undo: (at) => {
          if (fs.existsSync(at(to))) real.renameSync(at(to), at(from));
          bringBack?.(at);
        },
      });
    }
    real.renameSync(from as string, to as string);
  });
  replace('mkdirSync', (path: unknown, ...rest: [fs.MakeDirectoryOptions?]) => {
    const made = isOurs(path) && !fs.existsSync(path);
    const first = real.mkdirSync(path as string, ...rest);
    if (made && isOurs(path)) journalMade(path);
    return first;
  });
  replace('rmdirSync', (path: unknown) => {
    if (isOurs(path)) {
      change();
      journal.push({ path, undo: (at) => fs.mkdirSync(at(path), { recursive: true }) });
    }
    real.rmdirSync(path as string);
  });
  replace('writeFileSync', (path: unknown, data: string, ...rest: [fs.WriteFileOptions?]) => {
    const made = isOurs(path) && !fs.existsSync(path);
    real.writeFileSync(path as string, data, ...rest);
    if (made && isOurs(path)) journalMade(path);
  });
  replace('truncateSync', (path: unknown, size: number) => {
    if (isOurs(path)) resize(path, size);
    real.truncateSync(path as string, size);
  });
  replace('ftruncateSync', (descriptor: number, size: number) => {
    const path = paths.get(descriptor);
    if (path !== undefined) resize(path, size);
    real.ftruncateSync(descriptor, size);
  });
  syncBuiltinESMExports();

  const disk: UnsyncedDisk = {
    onChange: null,
    count: () => changes,
    settle() {
      dirty.clear();
      journal = [];
    },
    cutInto(target, random) {
      fs.cpSync(root, target, { recursive: true, filter: (from) => !from.endsWith('.sock') }); // the lock's
      const at = (path: string) => join(target, relative(root, path));
      for (const [path, pages] of dirty) losePages(at(path), pages, random);
      const kept = random.between(0, journal.length);
      for (const lost of journal.slice(kept).toReversed()) lost.undo(at);
    },
    remove() {
      for (const name of NAMES) replace(name, real[name]);
      syncBuiltinESMExports();
    },
  };
  return disk;

  function losePages(path: string, pages: Pages, random: Random): void {
    if (!fs.existsSync(path)) return;
    const descriptor = real.openSync(path, 'r+');
    const { size } = fs.fstatSync(descriptor);
    const fate = random.pick(['all', 'none', 'each', 'each'] as const);
    for (const [page, before] of pages) {
      if (fate === 'none' || (fate === 'each' && random.chance(0.5))) continue;
      // What lay beyond the end of the file was never written: it reads as zeros if the new size is kept.
      const old = Buffer.alloc(PAGE_BYTES);
      before.copy(old);
      const sectors = fate === 'each' && random.chance(0.2) ? random.between(1, PAGE_BYTES / SECTOR_BYTES) : null;
      const bytes = sectors === null ? PAGE_BYTES : sectors * SECTOR_BYTES;
      const end = Math.min(page * PAGE_BYTES + bytes, size);
      if (end > page * PAGE_BYTES) real.writeSync(descriptor, old, 0, end - page * PAGE_BYTES, page * PAGE_BYTES);
    }
    real.closeSync(descriptor);
  }
}

function truncateIfThere(path: string, size: number): void {
  if (fs.existsSync(path)) fs.truncateSync(path, size);
}
