import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { toNodeListener } from '../../src/http/to-node-listener.ts';

interface Written {
  bytes: Uint8Array;
  /** Says that the peer has it: until then nothing more is written. */
  taken: () => void;
}

/** One end of a connection without a network: what is written waits until the other end takes it. */
function createWire() {
  const waiting: Written[] = []; // one at most: a stream writes on when that was taken
  let isEnded = false;
  let wake: (() => void) | null = null;
  const move = (written: Written): void => {
    waiting.push(written);
    wake?.();
  };
  const server = new Duplex({
    read: () => undefined,
    write: (bytes: Uint8Array, _encoding, taken) => move({ bytes, taken }),
    writev: (chunks, taken) =>
      move({ bytes: Buffer.concat(chunks.map(({ chunk, encoding }) => Buffer.from(chunk, encoding))), taken }),
    final: (done) => {
      isEnded = true;
      wake?.();
      done();
    },
  });
  server.on('error', () => undefined);
  server.on('close', () => wake?.());

  /** The next bytes; null at the end. Rejects when the server destroyed the connection, which loses what was not read. */
  async function take(): Promise<Uint8Array | null> {
    for (;;) {
      if (server.destroyed && !isEnded) throw new Error('The connection was cut.');
      const written = waiting.shift();
      if (written !== undefined) {
        written.taken();
        return written.bytes;
      }
      if (isEnded) return null;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return { server, take, send: (text: string) => server.push(text), hangUp: () => void server.destroy() };
}

/**
 * Asks an application as a browser would ask its Node server, by HTTP/1.1 over a connection that moves no byte before the
 * test reads: a test that reads nothing is a reader that reads nothing.
 */
export function askOverNode(app: Parameters<typeof toNodeListener>[0]): (request: Request) => Promise<Response> {
  const listener = toNodeListener(app);
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  return async (request) => {
    const { server: end, take, send, hangUp } = createWire();
    request.signal.addEventListener('abort', hangUp);
    server.emit('connection', end);
    const { pathname, search, host } = new URL(request.url);
    const body = request.body === null ? '' : await request.text();
    const headers = [...request.headers, ['host', host], ['content-length', String(Buffer.byteLength(body))]];
    const lines = headers.map(([name, value]) => `${name}: ${value}`);
    send(`${request.method} ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);

    let text = Buffer.alloc(0);
    async function readUntil(mark: string): Promise<string> {
      let at = text.indexOf(mark);
      for (; at < 0; at = text.indexOf(mark)) text = Buffer.concat([text, (await take()) ?? fail()]);
      const found = text.subarray(0, at).toString();
      text = text.subarray(at + mark.length);
      return found;
    }
    async function readBytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
      while (text.length < count) text = Buffer.concat([text, (await take()) ?? fail()]);
      const bytes = Uint8Array.from(text.subarray(0, count));
      text = text.subarray(count);
      return bytes;
    }

    const [status = '', ...fields] = (await readUntil('\r\n\r\n')).split('\r\n');
    const answered = new Headers(fields.map((field): [string, string] => split(field)));
    const length = answered.get('content-length');
    if (length !== null) return toResponse(status, answered, await readBytes(Number(length)));
    const chunks = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const size = Number.parseInt(await readUntil('\r\n'), 16);
          const chunk = await readBytes(size);
          await readUntil('\r\n');
          if (size === 0) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: hangUp,
      },
      { highWaterMark: 0 },
    );
    return toResponse(status, answered, chunks);
  };
}

function toResponse(statusLine: string, headers: Headers, body: BodyInit): Response {
  const status = Number(statusLine.split(' ')[1]);
  return new Response(status === 204 || status === 304 ? null : body, { status, headers });
}

function split(field: string): [string, string] {
  const at = field.indexOf(':');
  return [field.slice(0, at), field.slice(at + 1).trim()];
}

function fail(): never {
  throw new Error('The connection ended in the middle of an answer.');
}
