import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Snapshot } from 'realtime-credits/contract';

/**
 * Reads a stream as a reader of the specification would, one event at a time and only when asked: a test that asks for
 * nothing is a reader that reads nothing.
 */
export function followEvents(body: ReadableStream<Uint8Array> | null) {
  if (body === null) throw new Error('There is no body to follow.');
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const read: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => read.push(event),
    onComment: (comment) => {
      throw new Error(`Our streams have no comments, but: ${comment}`);
    },
    onError: (error) => {
      throw error;
    },
  });

  /** The next event; null when the stream ended. Rejects when it was cut. */
  async function next(): Promise<EventSourceMessage | null> {
    while (read.length === 0) {
      const { done, value } = await reader.read();
      if (done) return null;
      parser.feed(decoder.decode(value, { stream: true }));
    }
    return read.shift() ?? null;
  }

  return {
    next,
    /** The next event, which must be a snapshot. */
    async snapshot(): Promise<Snapshot> {
      const event = await next();
      if (event?.event !== 'snapshot') throw new Error(`Expected a snapshot: ${JSON.stringify(event)}`);
      return JSON.parse(event.data) as Snapshot;
    },
    leave: () => reader.cancel(),
  };
}
