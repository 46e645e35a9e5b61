/**
 * The body of a stream's answer: a web stream for whoever reads one, and a way past it for a server that has a socket at
 * hand. A web stream with its reader takes more memory than the socket itself, and most streams wait.
 *
 * The body carries the way with it, and not the answer, so that a host may wrap the answer to add headers. Whoever pipes
 * the body, or reads it, gets the web stream.
 */
import type { EventStream, EventStreams, FrameSink } from './event-stream.ts';

const TAKE = Symbol('realtime-credits: takes the frames of this body');
const PROMISE = Symbol('realtime-credits: whoever asks takes frames');

type Take = (sink: FrameSink) => EventStream<unknown>['onTaken'];

/** Makes the body of a stream. With no queue of its own it asks for a frame only when a reader waits for one. */
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
        // The first frame is asked for by being there, later ones by taking the one before.
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
 * Has a sink take the frames of a body, in place of whoever would read it.
 *
 * @returns What tells the stream that the reader went, by an error; null where it is no stream of ours, or is being read.
 */
export function takeFrames(body: ReadableStream<Uint8Array>, sink: FrameSink): EventStream<unknown>['onTaken'] | null {
  const { [TAKE]: take } = body as { [TAKE]?: Take };
  if (take === undefined || body.locked) return null;
  body.getReader(); // From now on nobody else can.
  return take(sink);
}

/**
 * Says of a request that whoever sent it will take the frames of the answer, and say when the reader went: its signal,
 * which costs a kilobyte to make, need not be listened to.
 */
export function promiseSink(request: Request): void {
  Object.assign(request, { [PROMISE]: true });
}

/** Whether {@link promiseSink} was said of this very request. A copy that a host made has its signal. */
export function hasPromisedSink(request: Request): boolean {
  return PROMISE in request;
}
