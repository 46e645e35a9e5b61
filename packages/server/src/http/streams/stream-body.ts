/**
 * The body of a stream's response: a web stream, with a shortcut for a server that writes to a socket. A web stream with its
 * reader takes more memory than the socket itself, and most streams are idle.
 *
 * The shortcut belongs to the body, not to the response, so a host may wrap the response to add headers. Code that pipes or
 * reads the body gets the web stream.
 */
import type { EventStream, EventStreams, FrameSink } from './event-stream.ts';

const TAKE = Symbol('realtime-credits: attach a sink to this body');
const PROMISE = Symbol('realtime-credits: the sender attaches a sink');

type Take = (sink: FrameSink) => EventStream<unknown>['onTaken'];

/** Makes the body of a stream. It has no queue, so it asks for a frame only when a reader waits for one. */
export function createStreamBody<Owner>(
  streams: EventStreams<Owner>,
  stream: EventStream<Owner>,
): ReadableStream<Uint8Array> {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const sink: FrameSink = {
    write: (frame) => controller?.enqueue(frame),
    end: () => controller?.close(),
    destroy: () => controller?.error(new Error('The event stream was cut.')),
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(created) {
        controller = created;
      },
      pull() {
        // The first pull attaches the sink; each later one means that the frame before was taken.
        if (stream.sink === sink) stream.onTaken();
        else streams.attach(stream, sink);
      },
      cancel() {
        controller = undefined;
        streams.leave(stream);
      },
    },
    { highWaterMark: 0 },
  );
  const take: Take = (other) => {
    streams.attach(stream, other);
    return stream.onTaken;
  };
  return Object.assign(body, { [TAKE]: take });
}

/**
 * Attaches a sink to a body, in place of a reader.
 *
 * @returns The callback that tells the stream, with an error, that the reader left; null when the body is not one of our
 *   streams, or is being read.
 */
export function takeFrames(body: ReadableStream<Uint8Array>, sink: FrameSink): EventStream<unknown>['onTaken'] | null {
  const { [TAKE]: take } = body as { [TAKE]?: Take };
  if (take === undefined || body.locked) return null;
  body.getReader(); // locks it for everyone else
  return take(sink);
}

/**
 * Marks a request whose sender attaches a sink to the response and reports when the reader leaves. Its signal, which costs a
 * kilobyte, is then not needed.
 */
export function promiseSink(request: Request): void {
  Object.assign(request, { [PROMISE]: true });
}

/** Whether {@link promiseSink} marked this very request. A copy that a host made has its signal. */
export function hasPromisedSink(request: Request): boolean {
  return PROMISE in request;
}
