/** Starts the processes of the stream benches, and waits for what they say. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ReaderAnswer, ReaderOrder, ServerAnswer, ServerOrder } from './streams-protocol.ts';

type Message = ServerAnswer | ReaderAnswer;

export interface Peer<Order, Answer extends Message> {
  tell(order: Order): void;
  /** The next answer of a kind. Waits 120 s at most. */
  hear<Kind extends Answer['is']>(kind: Kind): Promise<Extract<Answer, { is: Kind }>>;
  on(listener: (message: Answer) => void): void;
  stop(): Promise<void>;
}

const PATIENCE_MS = 120_000;

function toPeer<Order, Answer extends Message>(child: ChildProcess): Peer<Order, Answer> {
  const listeners = new Set<(message: Answer) => void>();
  child.once('exit', (code) => {
    if (code !== null && code !== 0) throw new Error(`A process of the bench ended with ${code}.`);
  });
  child.on('message', (message: Answer) => {
    if (message.is === 'failed') process.stderr.write(`${message.message}\n`);
    for (const listener of listeners) listener(message);
  });
  return {
    tell: (order) => void child.send(order as object),
    hear: (kind) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Nobody said "${kind}" in time.`)), PATIENCE_MS);
        const listener = (message: Answer): void => {
          if (message.is !== kind) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(message as Extract<Answer, { is: typeof kind }>);
        };
        listeners.add(listener);
      }),
    on: (listener) => void listeners.add(listener),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

export type Server = Peer<ServerOrder, ServerAnswer> & { port: number };

export async function startServer(kind: 'ours' | 'raw', url = ''): Promise<Server> {
  const execArgv = [...process.execArgv, '--expose-gc'];
  const peer = toPeer<ServerOrder, ServerAnswer>(
    fork(join(import.meta.dirname, 'streams-server.ts'), [kind, url], { execArgv }),
  );
  const { port } = await peer.hear('listening');
  return { ...peer, port };
}

export function startReader(): Peer<ReaderOrder, ReaderAnswer> {
  return toPeer(fork(join(import.meta.dirname, 'streams-reader.ts'), []));
}
