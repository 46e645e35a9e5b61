import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CreditsHandler } from './handler.ts';

/**
 * Prepares the graceful stop of a Node server that has streams open; call it before the server listens. The returned
 * function stops: no new connections, goodbye on every stream, each connection closed as soon as it has nothing under
 * way, and what is left after the grace. Close the ledger and the database afterwards.
 *
 * Connections are watched from the start because a server cannot tell later which of them never sent a request, and
 * browsers open such ones ahead of need: `closeIdleConnections` leaves them, and the stop would wait for them in vain.
 *
 * @param options.graceMs - Milliseconds that requests under way may still take. @default 2_000
 */
export function createServerStop(
  server: Server,
  handler: Pick<CreditsHandler, 'drain'>,
  options: { graceMs?: number } = {},
): () => Promise<void> {
  const { graceMs = 2_000 } = options;
  const requests = new Map<Socket, number>();
  let stopped: Promise<void> | null = null;

  server.on('connection', (socket: Socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    outgoing.once('close', () => {
      const left = (requests.get(socket) ?? 1) - 1;
      if (!socket.destroyed) requests.set(socket, left);
      // What was written still leaves; only then is the socket closed.
      if (left === 0 && stopped !== null) socket.destroySoon();
    });
  });

  async function stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const lastResort = setTimeout(() => server.closeAllConnections(), graceMs);
    for (const [socket, count] of requests) if (count === 0) socket.destroySoon();
    await handler.drain();
    await closed;
    clearTimeout(lastResort);
  }

  return () => (stopped ??= stop());
}
