/** Starts the processes of the stream benches, and waits for their messages. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ReaderAnswer, ReaderOrder, ServerAnswer, ServerOrder } from './streams-protocol.ts';

type Message = ServerAnswer | ReaderAnswer;

export interface Peer<Order, Answer extends Message> {
  send(order: Order): void;
  /** The next answer of a kind. Waits 120 s at most. */
  receive<Kind extends Answer['is']>(kind: Kind): Promise<Extract<Answer, { is: Kind }>>;
  on(listener: (message: Answer) => void): void;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 120_000;

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
    send: (order) => void child.send(order as object),
    receive: (kind) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`No "${kind}" message arrived in time.`)), TIMEOUT_MS);
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
  const { port } = await peer.receive('listening');
  return { ...peer, port };
}

export function startReader(): Peer<ReaderOrder, ReaderAnswer> {
  return toPeer(fork(join(import.meta.dirname, 'streams-reader.ts'), []));
}
