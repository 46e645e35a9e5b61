/**
 * The readers of `streams.ts`, in one process: raw sockets, which make reading as cheap as possible, from source
 * addresses 127.0.0.1 to 127.0.0.8, because one address has too few ports. Reports when the frame of each operation was
 * there, stream by stream.
 */
import { connect } from 'node:net';
import { nowMs, type ReaderAnswer, type ReaderOrder } from './streams-protocol.ts';

/** Connections that are being made at a time. */
const AT_ONCE = 200;

/** Milliseconds without another frame of the same operation before they are reported together. */
const REPORT_AFTER_MS = 15;

function answer(message: ReaderAnswer): void {
  process.send?.(message);
}

const reports = new Map<string, number[]>();
let reporting: NodeJS.Timeout | undefined;

function note(operation: string, atMs: number): void {
  const times = reports.get(operation) ?? [];
  times.push(atMs);
  reports.set(operation, times);
  reporting ??= setTimeout(() => {
    reporting = undefined;
    for (const [name, all] of reports) answer({ is: 'frames', operation: name, atMs: all });
    reports.clear();
  }, REPORT_AFTER_MS);
}

const OPERATION = /"applied":\["([^"]+)"\]/;

/** Opens one stream; resolves with what it took until the first state was there. */
function follow(port: number, account: string, source: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = nowMs();
    const socket = connect({ port, host: '127.0.0.1', localAddress: source, noDelay: true });
    let isOpen = false;
    socket.on('connect', () =>
      socket.write(`GET /api/credits/stream HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${account}\r\n\r\n`),
    );
    socket.on('data', (chunk) => {
      const atMs = nowMs();
      const text = chunk.toString('latin1');
      if (!isOpen && text.includes('event: snapshot')) {
        isOpen = true;
        resolve(atMs - startedAt);
      }
      const operation = OPERATION.exec(text)?.[1];
      if (operation !== undefined) note(operation, atMs);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`A stream of ${account} was closed.`)));
  });
}

async function openAll({ port, accounts }: ReaderOrder): Promise<void> {
  const connectMs: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < accounts.length) {
        const index = next;
        next += 1;
        connectMs.push(await follow(port, accounts[index] ?? '', `127.0.0.${1 + (index % 8)}`));
      }
    }),
  );
  answer({ is: 'open', connectMs });
}

process.on('message', (order: ReaderOrder) => {
  openAll(order).catch((error: unknown) => answer({ is: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit(0));
