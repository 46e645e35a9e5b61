import { formatEventId, type Snapshot, type StreamEventName, type StreamEvents } from 'realtime-credits/contract';

/**
 * Writes one event of the stream. Only snapshots carry an `id`: an event without one leaves the reader's last event id
 * as it is, so that a heartbeat never makes a reader forget where to resume.
 *
 * JSON has no raw line breaks, so one `data:` line is always enough.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function formatEvent<Name extends StreamEventName>(name: Name, data: StreamEvents[Name]): string {
  const id = name === 'snapshot' ? `id: ${formatEventId(data as Snapshot)}\n` : '';
  return `event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Makes what turns states into bytes for many streams: all streams of an account are told the same state, which is
 * written once for all of them.
 */
export function createSnapshotWriter(): (snapshot: Snapshot) => Uint8Array {
  const encoder = new TextEncoder();
  let last: Snapshot | null = null;
  let bytes = new Uint8Array();
  return (snapshot) => {
    if (snapshot !== last) bytes = encoder.encode(formatEvent('snapshot', snapshot));
    last = snapshot;
    return bytes;
  };
}
