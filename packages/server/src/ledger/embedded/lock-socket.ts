import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { codeOf } from '../postgres/sql-error.ts';

/**
 * A unix socket inside the data directory that accepts connections while its process runs. The kernel finds it by
 * its inode: it is reachable from every container that mounts the directory, under any path, and refuses from the moment
 * its process is gone, even after `kill -9`. A frozen process still accepts.
 */
export interface LockSocket {
  name: string;
  device: number;
  inode: number;
  close(): Promise<void>;
}

/** Opens a socket under a new name. Null where the system or the file system has none that works. */
export async function openLockSocket(directory: string): Promise<LockSocket | null> {
  if (process.platform !== 'linux') return null;
  const name = `lock.${randomUUID()}.sock`;
  // The descriptor stays open: closing the server removes the socket through it.
  const folder = openSync(directory, 'r');
  const server = createServer((connection) => connection.destroy());
  server.unref();
  async function close(): Promise<void> {
    await new Promise((done) => server.close(done));
    closeSync(folder);
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // Exclusive: in a worker of `cluster` the primary process would own it, and outlive the worker.
      server.listen({ path: toShortPath(folder, name), exclusive: true }, resolve);
    });
    if ((await connectTo(directory, name)) === 'accepted') {
      const { dev, ino } = statSync(join(directory, name));
      return { name, device: dev, inode: ino, close };
    }
  } catch {
    // Some file systems have no sockets.
  }
  await close();
  rmSync(join(directory, name), { force: true });
  return null;
}

/** Tries to connect. `unreachable`: the socket is missing, not permitted, or on a system without sockets. */
export async function connectTo(directory: string, name: string): Promise<'accepted' | 'refused' | 'unreachable'> {
  if (process.platform !== 'linux') return 'unreachable';
  const folder = openSync(directory, 'r');
  try {
    return await new Promise((resolve) => {
      const connection = createConnection(toShortPath(folder, name));
      connection.once('connect', () => {
        connection.destroy();
        resolve('accepted');
      });
      connection.once('error', (error) => {
        const code = codeOf(error);
        // EAGAIN: a live socket whose queue of connections is full.
        resolve(code === 'ECONNREFUSED' ? 'refused' : code === 'EAGAIN' ? 'accepted' : 'unreachable');
      });
    });
  } finally {
    closeSync(folder);
  }
}

/** The path of a socket holds 107 bytes. This one is short for every directory. */
const toShortPath = (folder: number, name: string): string => `/proc/self/fd/${folder}/${name}`;
