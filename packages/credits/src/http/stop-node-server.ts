import type { Server } from 'node:http';
import type { CreditsHandler } from './handler.ts';

/** How often connections that fell idle are looked for: an ended stream leaves its keep-alive socket behind. */
const IDLE_CHECK_MS = 50;

/**
 * Stops a Node server that has streams open: no new connections, goodbye on every stream, then each connection as it
 * falls idle, and what is left after the grace. Close the ledger and the database afterwards.
 *
 * @param options.graceMs - Milliseconds that requests under way may still take. @default 2_500
 */
export async function stopNodeServer(
  server: Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>,
  handler: Pick<CreditsHandler, 'drain'>,
  options: { graceMs?: number } = {},
): Promise<void> {
  const { graceMs = 2_500 } = options;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const lastResort = setTimeout(() => server.closeAllConnections(), graceMs);
  const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await handler.drain();
  await closed;
  clearTimeout(lastResort);
  clearInterval(idleCheck);
}
