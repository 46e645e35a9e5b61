import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/**
 * HTTP as bytes: what no client library would send, and every response that comes back.
 */
export interface WireRequest {
  as: Actor;
  /**
   * What is written, a pause between two. One character per byte (`latin1`), and {@link Words} in braces, such as
   * `{cookie}`.
   */
  chunks: readonly string[];
  /** Disconnects without reading. */
  abort?: true;
}

/** Whose session is used. `victim` is a user whom the others ban, close and sign out. */
export const ACTORS = ['nobody', 'player', 'friend', 'admin', 'victim'] as const;
export type Actor = (typeof ACTORS)[number];

/** What is known only once a server runs. */
export interface Words {
  host: string;
  origin: string;
  cookie: string;
  /** A fresh idempotency key. */
  key: string;
  /** An address of its own: no limit is shared. */
  address: string;
  /** The user id of the victim. */
  victim: string;
}

export interface WireResponse {
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** What one request came back with. */
export interface Exchange {
  /** Several for pipelined requests; none when the server hung up. */
  responses: WireResponse[];
  /** The server neither responded nor hung up in time. */
  isStuck: boolean;
}

const PAUSE_MS = 15;
/** How long a connection may be quiet, with a response and without one, before we say that nothing more will be sent. */
const QUIET_MS = { after: 100, before: 2_000 };
/** A server that has neither responded nor closed by then never will. */
const CLOSED_MS_MAX = 20_000;

/** Writes the words into a chunk. */
export function fill(chunk: string, words: Words): string {
  return chunk.replaceAll(/\{(host|origin|cookie|key|address|victim)\}/g, (_, name: keyof Words) => words[name]);
}

/** Sends one request on a connection of its own, and reads until it is closed. */
export async function exchange(port: number, request: WireRequest, words: Words): Promise<Exchange> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const received: Buffer[] = [];
  let isStuck = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // An incomplete request: the server would wait for the rest of it for minutes.
      socket.end();
      timer = setTimeout(() => {
        isStuck = true;
        socket.destroy();
      }, CLOSED_MS_MAX);
    }, ms);
  };
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy()); // The server may hang up at any byte.
  socket.once('end', () => socket.destroy());
  socket.on('data', (piece: Buffer) => {
    received.push(piece);
    wait(QUIET_MS.after);
    // It has no end.
    if (received.length < 4 && /^content-type: text\/event-stream/im.test(piece.toString('latin1'))) socket.destroy();
  });
  for (const [index, chunk] of request.chunks.entries()) {
    if (index > 0) await pause();
    if (!socket.destroyed) socket.write(Buffer.from(fill(chunk, words), 'latin1'));
  }
  if (received.length === 0) wait(QUIET_MS.before);
  if (request.abort === true) await pause().then(() => socket.destroy());
  await closed;
  clearTimeout(timer);
  return { responses: readResponses(Buffer.concat(received)), isStuck };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** Reads the responses of a connection, one after the other. */
export function readResponses(bytes: Buffer): WireResponse[] {
  const responses: WireResponse[] = [];
  let text = bytes.toString('latin1');
  for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
    const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
    const status = Number(statusLine.split(' ')[1]);
    const headers = new Map(lines.map(toHeader));
    const { body, rest } = readBody(text.slice(end + 4), headers);
    if (status >= 200) responses.push({ status, headers, body: decode(body, headers.get('content-encoding')) });
    text = rest;
  }
  return responses;
}

function toHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** A response to HEAD names a length and has no body: another response, or nothing, follows. */
function readBody(text: string, headers: ReadonlyMap<string, string>): { body: string; rest: string } {
  if (text.startsWith('HTTP/1.1 ')) return { body: '', rest: text };
  const length = headers.get('content-length');
  if (length !== undefined) return { body: text.slice(0, Number(length)), rest: text.slice(Number(length)) };
  if (headers.get('transfer-encoding') !== 'chunked') return { body: text, rest: '' };
  let body = '';
  let rest = text;
  for (let match = /^([\da-f]+)\r\n/i.exec(rest); match !== null; match = /^([\da-f]+)\r\n/i.exec(rest)) {
    const size = Number.parseInt(match[1] ?? '0', 16);
    const start = match[0].length;
    body += rest.slice(start, start + size);
    rest = rest.slice(start + size + 2);
    if (size === 0) break;
  }
  return { body, rest };
}

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

function decode(body: string, encoding: string | undefined): string {
  const bytes = Buffer.from(body, 'latin1');
  const decoder = encoding === undefined ? undefined : DECODERS[encoding];
  if (decoder === undefined) return bytes.toString('utf8');
  try {
    return decoder(bytes).toString('utf8');
  } catch {
    return ''; // cut off
  }
}
