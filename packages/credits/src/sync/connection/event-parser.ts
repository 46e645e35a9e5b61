/** One dispatched event of a stream. @see WHATWG HTML, 9.2.6 "Interpreting an event stream" */
export interface StreamEvent {
  /** The `event:` field; `message` when absent. */
  name: string;
  /** The `data:` lines, joined by line feeds. */
  data: string;
  /** The last `id:` seen so far, in this event or an earlier one. */
  lastEventId: string;
}

/**
 * Longest line and longest data of one event, in characters. Our largest frame names 1,000 operations and stays below
 * half of this: more is not ours, and waiting for its end would fill the memory.
 */
export const EVENT_LENGTH_MAX = 262_144;

/**
 * Reads an event stream piece by piece, wherever the network happened to cut it: inside a line, a CRLF or a character.
 *
 * `retry` is ignored: back-off is the reader's, with jitter.
 *
 * @returns A function to feed bytes to. It throws `RangeError` for a line or an event above {@link EVENT_LENGTH_MAX}:
 *   the only way out is to drop the connection.
 */
export function createEventParser(onEvent: (event: StreamEvent) => void): (bytes: Uint8Array) => void {
  // The decoder strips one leading BOM and keeps the bytes of a character that was cut in two.
  const decoder = new TextDecoder();
  let rest = '';
  let endedWithReturn = false;
  let name = '';
  let data: string | null = null;
  let lastEventId = '';

  function readLine(line: string): void {
    assertBounded(line);
    if (line === '') {
      if (data !== null) onEvent({ name: name || 'message', data, lastEventId });
      name = '';
      data = null;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') assertBounded((data = data === null ? value : `${data}\n${value}`));
    else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) lastEventId = value;
    // An empty field name is a comment; any other is to be ignored.
  }

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    if (text === '') return;
    // A CR ends a line at once, without waiting for the LF that may follow in the next piece: that LF is skipped here.
    if (endedWithReturn && text.startsWith('\n')) text = text.slice(1);
    endedWithReturn = text.endsWith('\r');
    // Only what is new is searched: a long line that comes byte by byte must not be read again with each of them.
    const [first = '', ...lines] = text.split(/\r\n|\r|\n/);
    lines.unshift(rest + first);
    rest = lines.pop() ?? '';
    for (const line of lines) readLine(line);
    assertBounded(rest);
  };
}

function assertBounded(text: string): void {
  if (text.length > EVENT_LENGTH_MAX) {
    throw new RangeError(`The event stream sent more than ${EVENT_LENGTH_MAX} characters without an end.`);
  }
}
