import { ServerResponse, type IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { JsonResponse } from '../json-response.ts';
import { promiseSink, takeFrames } from '../streams/stream-body.ts';

/** A Node request listener, for `http.createServer` or for a part of a server. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/**
 * Serves the handler, or any application around it that takes a `Request`, from a Node server.
 *
 * Event streams are written here, frame by frame: the next one is taken when the last one has left the process, so
 * a slow reader's backlog is one frame, and a stream that is cut takes its socket along.
 */
export function toNodeListener(app: { fetch: (request: Request) => Response | Promise<Response> }): NodeListener {
  const listener = getRequestListener(
    async (request, { outgoing }) => {
      if (!isServerResponse(outgoing)) return app.fetch(request);
      promiseSink(request);
      const response = await app.fetch(request);
      const text = JsonResponse.textOf(response);
      if (text !== null) {
        writeHead(response, outgoing, Buffer.byteLength(text));
        outgoing.end(text);
        return RESPONSE_ALREADY_SENT;
      }
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      if (!isStream || response.body === null) return response;
      writeHead(response, outgoing, null);
      writeBody(response.body, outgoing);
      return RESPONSE_ALREADY_SENT;
    },
    {
      // Or every Request and Response of the process, the host's own included, would become the adapter's.
      overrideGlobalObjects: false,
      // HTTP/1.0 needs no Host, and health checks of HAProxy send none. Node refuses HTTP/1.1 without one (RFC 9112, 3.2).
      hostname: 'localhost',
    },
  );
  return (incoming, outgoing) => listener(incoming, outgoing);
}

/** HTTP/2 has another kind of response, which the adapter knows how to write. */
function isServerResponse(outgoing: object): outgoing is ServerResponse {
  return outgoing instanceof ServerResponse;
}

function writeHead(response: Response, outgoing: ServerResponse, length: number | null): void {
  const headers: Record<string, string | number> = length === null ? {} : { 'content-length': length };
  for (const [name, value] of response.headers) {
    if (name === 'set-cookie') outgoing.appendHeader(name, value);
    else headers[name] = value;
  }
  try {
    // All at once: Node keeps headers that are set one by one, and a stream stays open for minutes.
    outgoing.writeHead(response.status, headers);
    // Before the first frame: written together, Node keeps half a kilobyte more for as long as the stream is open.
    if (length === null) outgoing.flushHeaders();
  } catch {
    outgoing.destroy();
  }
}

/** Our own streams write to the response themselves; others are read. Neither keeps the `Response`. */
function writeBody(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): void {
  const onTaken = takeFrames(body, outgoing);
  if (onTaken === null) void pump(body.getReader(), outgoing);
  // A reader that left while its stream was opened is detected by the first frame, which cannot be written.
  else outgoing.on('close', () => onTaken(new Error('The reader disconnected.')));
}

async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  outgoing.once('close', cancel);
  // A stream that was cut has a reader that takes nothing: its socket would never drain by itself.
  reader.closed.catch(() => outgoing.destroy());
  try {
    for (let frame = await reader.read(); !frame.done; frame = await reader.read()) {
      const { value } = frame;
      await new Promise<void>((resolve, reject) => {
        outgoing.write(value, (error) => (error ? reject(error) : resolve()));
      });
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  } finally {
    cancel(); // The reader may have left before `close` was listened for.
  }
}
